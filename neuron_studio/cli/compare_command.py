"""neuron-studio compare: judge a saved bundle again, or two bundles or runs against each other."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from neuron_studio.cli.compile_command import watch, watched
from neuron_studio.cli.render import exit_code, say, say_failure, verdict_code
from neuron_studio.cli.request_options import asks_for_pairs, pairs_asked, refuse
from neuron_studio.core.environment import Environment
from neuron_studio.core.sides import side_of_run
from neuron_studio.core.versus import Side, versus
from neuron_studio.core.versus_words import versus_report, versus_text
from neuron_studio.runs import environments
from neuron_studio.runs.engine import Begun, begin
from neuron_studio.runs.saved_bundles import bundle_named, side_named, spec_of_bundle
from neuron_studio.runs.store import RunStore
from neuron_studio.wire.codec import dumps
from neuron_studio.wire.errors import StudioError
from neuron_studio.wire.spec import ModelChoice, SentencePair


@click.command("compare")
@click.argument("bundle")
@asks_for_pairs
@click.option("--against", metavar="OTHER", help="Another bundle or run, held to BUNDLE pair by pair.")
@click.option("--model", default="", help="The CPU's model, a hub id or a folder; the compiled one where not given.")
@click.option("--revision", help="Branch, tag or commit of a hub model.")
@click.option("--allow-pickle", is_flag=True, help="Read weights that exist only as a pickle.")
@click.option("--trust-remote-code", is_flag=True, help="Run Python code from the model's own repository.")
@click.option("--python", help="Interpreter of the environment that loads the bundle; found where not given.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
def compare_command(bundle: str, against: str | None, as_json: bool, **options: Any) -> None:
    """Judge BUNDLE, a bundle's folder or a run's name, again: by its golden values and against the CPU's model.

    With --against, hold OTHER to it pair by pair: by what both have on record, or with --pairs by running each.
    """
    try:
        pairs = pairs_asked(**options)
        if against is None:
            sys.exit(watch(_begin(bundle, pairs, options), as_json))
        found = versus(*(_side(name, pairs, options) for name in (bundle, against)))
    except StudioError as error:
        refuse(error, as_json)
    if as_json:
        click.echo(dumps(versus_report(found), indent=2))
    else:
        click.echo(versus_text(found))
    sys.exit(verdict_code(found.comparison))


def _begin(name: str, pairs: tuple[SentencePair, ...], options: dict[str, Any]) -> Begun:
    saved = bundle_named(name, RunStore())
    environment = _environment(options["python"])
    asked = ModelChoice(options["model"], options["revision"], options["allow_pickle"], options["trust_remote_code"])
    spec = spec_of_bundle(saved, environment, pairs, asked)
    begun = begin(spec, RunStore())
    say(f"neuron-studio: {environment.in_words(spec.target.family)}")
    say(f"neuron-studio: compares {saved.folder}")
    say(f"neuron-studio: run {begun.folder.name}")
    return begun


def _environment(python: str | None) -> Environment:
    return environments.probe(python) if python else environments.best()


def _side(name: str, pairs: tuple[SentencePair, ...], options: dict[str, Any]) -> Side:
    """What one of the two has on record, or says of the pairs at hand; a run that fails ends the program."""
    if not pairs:
        return side_named(name, RunStore())
    state = watched(_begin(name, pairs, options))
    if state.failure is not None or state.comparison is None:
        say_failure(state)
        sys.exit(exit_code(state))
    return side_of_run(name if Path(name).is_dir() else RunStore().find(name).name, state)
