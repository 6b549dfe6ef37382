"""neuron-studio models: what can be chosen, as the window offers it, and what one model is before it is fetched."""

from __future__ import annotations

import sys
from dataclasses import replace

import click

from neuron_studio.cli.render import say
from neuron_studio.cli.request_options import refuse
from neuron_studio.core.fact_words import fact_lines
from neuron_studio.core.fitness import Fit, Verdict, verdict, verdict_line
from neuron_studio.core.model_facts import ModelFacts
from neuron_studio.core.model_offers import Offer, listed
from neuron_studio.core.offer_words import search_state, table
from neuron_studio.core.request import Request
from neuron_studio.core.validation import problems
from neuron_studio.runs import environments, hub
from neuron_studio.runs.local_models import on_this_machine
from neuron_studio.runs.models import choice_of, describe
from neuron_studio.runs.resources import instances
from neuron_studio.wire.codec import dumps
from neuron_studio.wire.errors import EXIT_CODES, Blame, StudioError


class _ListUnlessNamed(click.Group):
    """A group whose first word is a text to look for, where it is none of its commands."""

    def parse_args(self, context: click.Context, arguments: list[str]) -> list[str]:
        is_named = bool(arguments) and arguments[0] in (*self.commands, "-h", "--help")
        return super().parse_args(context, arguments if is_named else ["list", *arguments])


@click.group("models", cls=_ListUnlessNamed)
def models_command() -> None:
    """The models to choose from; without a command, their list: `models [TEXT] [--json]`."""


@models_command.command("list")
@click.argument("text", default="")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def list_models(text: str, as_json: bool) -> None:
    """The models on this machine and the well-known ones; with TEXT those that fit, and what the hub has for it."""
    found, state = _search(text) if text else ((), "")
    offers = listed(text, here=on_this_machine(), found=found)
    if as_json:
        click.echo(dumps({"schema": 1, "text": text, "hub": state, "models": offers}, indent=2))
        return
    if offers:
        click.echo(table(offers))
    if state:
        say(f"neuron-studio: {state}")


def _search(text: str) -> tuple[tuple[Offer, ...], str]:
    try:
        found = hub.search(text)
    except StudioError as error:
        return (), search_state(text, 0, error)
    return found, search_state(text, len(found), None)


@models_command.command("show")
@click.argument("model")
@click.option("--revision", help="Branch, tag or commit of a hub model.")
@click.option("--target", "family", default="auto", help="auto, inf1, inf2, trn1, trn1n or trn2.")
@click.option("--instance", help="Instance type, such as inf1.xlarge.")
@click.option("--python", help="Interpreter of the environment that is to trace; found where not given.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def show_model(
    model: str, revision: str | None, family: str, instance: str | None, python: str | None, as_json: bool
) -> None:
    """What MODEL is and whether it will do on the target, before its weights are fetched; exit 2 where it will not."""
    choice = choice_of(model)
    request = Request(replace(choice, revision=revision or choice.revision), family=family, instance=instance)
    try:
        environment = environments.probe(python) if python else environments.best()
        for problem in problems(request, environment, instances()):
            if problem.field == "target":
                raise problem.as_error()
        facts = describe(request.model)
        found = verdict(request, facts, environment, instances())
    except StudioError as error:
        refuse(error, as_json)
    if as_json:
        click.echo(dumps(_plain(facts, found), indent=2))
    else:
        click.echo("\n".join((facts.id, *fact_lines(facts), verdict_line(found))))
    sys.exit(EXIT_CODES[Blame.INPUT] if found.fit is Fit.NOT else 0)


def _plain(facts: ModelFacts, found: Verdict) -> dict[str, object]:
    return {
        "schema": 1,
        "model": facts.id,
        "revision": facts.revision,
        "licence": facts.licence,
        "facts": fact_lines(facts),
        "parameters": facts.parameters,
        "size": facts.size,
        "to_fetch": facts.to_fetch,
        "fit": found.fit,
        "target": found.target,
        "reasons": found.reasons,
    }
