"""neuron-studio environments: the interpreters that can trace, and what each can do."""

from __future__ import annotations

import sys

import click

from neuron_studio.cli.render import say
from neuron_studio.core.doctor import environment_json
from neuron_studio.core.environment import Environment
from neuron_studio.core.environment_findings import environment_findings
from neuron_studio.core.finding_words import findings_text
from neuron_studio.core.wording import environment_title
from neuron_studio.runs import added_environments, environments
from neuron_studio.wire.codec import dumps
from neuron_studio.wire.errors import Blame, StudioError


@click.group("environments", invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
@click.pass_context
def environments_command(context: click.Context, as_json: bool) -> None:
    """The Python environments that can trace; without a command, their list."""
    if context.invoked_subcommand is None:
        _list(as_json)


@environments_command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def list_environments(as_json: bool) -> None:
    """Every environment with what it can do, likeliest first."""
    _list(as_json)


@environments_command.command("add")
@click.argument("python")
def add_environment(python: str) -> None:
    """Keep PYTHON, an interpreter or its environment's folder, among those that are looked at."""
    path = added_environments.interpreter(python)
    environment = environments.probe(path)
    if environment.problem:
        raise StudioError(
            "environment-broken", environment.problem, "Give the path of a Python 3.8 or newer, or of its environment.",
            Blame.ENVIRONMENT,
        )  # fmt: skip
    added_environments.add(path)
    _show(environments.examine(environment))


@environments_command.command("remove")
@click.argument("python")
def remove_environment(python: str) -> None:
    """Forget PYTHON; the environment itself stays as it is."""
    kept = added_environments.added()
    path = python if python in kept else added_environments.interpreter(python)
    added_environments.remove(path)
    say(f"neuron-studio: {path} is forgotten.")


def _list(as_json: bool) -> None:
    examined = (environments.examine(environment) for environment in environments.find())
    if not as_json:
        for environment in examined:
            _show(environment)
        return
    kept = added_environments.added()
    rows = [{**environment_json(environment), "added": environment.python in kept} for environment in examined]
    click.echo(dumps(rows, indent=2))


def _show(environment: Environment) -> None:
    click.echo(f"{environment_title(environment, sys.executable)}   {environment.python}")
    for line in findings_text(environment_findings(environment)).splitlines():
        click.echo(f"  {line}")
