"""neuron-studio compile: the whole run, from a model to a proven bundle."""

from __future__ import annotations

import sys
from functools import partial
from typing import Any

import click

from neuron_studio.cli.render import TICK_S, StageLines, say, say_end
from neuron_studio.cli.request_options import asks_for_a_request, refuse, spec_asked
from neuron_studio.core.goals import FORMS
from neuron_studio.core.neuron_cores import runtime_variables, variables_text
from neuron_studio.core.run_state import RunState
from neuron_studio.runs.engine import Begun, begin
from neuron_studio.runs.follower import Follower, follow
from neuron_studio.runs.history import History
from neuron_studio.runs.store import RunStore
from neuron_studio.runs.worker_lock import stop
from neuron_studio.wire.errors import StudioError


@click.command("compile")
@asks_for_a_request
@click.option("--compiler-arg", "compiler_args", multiple=True, help="Handed to the compiler as it is; repeatable.")
@click.option("--compile-timeout", type=int, metavar="SECONDS", help="Give up a compile after this long.")
@click.option("--goal", "goals", multiple=True, metavar="GOAL",
              help=f"What decides the exit code: {FORMS}; repeatable.")  # fmt: skip
@click.option("--output", type=click.Path(), help="Where the bundle goes; the run folder where not given.")
@click.option("--force", is_flag=True, help="Replace an older bundle at --output once the new one is proven.")
@click.option("--deep", is_flag=True, help="Compare after every layer too; costs a second compile.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
def compile_command(as_json: bool, **options: Any) -> None:
    """Trace MODEL, a hub id or a folder, and judge it against the CPU; without MODEL, the shipped starter model."""
    spec, environment = spec_asked(as_json)
    try:
        begun = begin(spec, RunStore())
    except StudioError as error:
        refuse(error, as_json)
    say(f"neuron-studio: {environment.in_words(spec.target.family)}")
    variables = runtime_variables(spec.target)
    if variables:
        say(f"neuron-studio: sets {variables_text(variables)}")
    say(f"neuron-studio: run {begun.folder.name}")
    sys.exit(watch(begun, as_json))


def watch(begun: Begun, as_json: bool) -> int:
    """Follow a run to its end on the terminal and print its report; returns the exit code."""
    return say_end(watched(begun), as_json)


def watched(begun: Begun) -> RunState:
    """The end of a run that is followed on the terminal; Ctrl-C stops it, a lost terminal leaves it running."""
    lines = StageLines(partial(History(RunStore()).estimate, begun.folder))
    try:
        for state in follow(begun.folder, begun.process, tick_s=TICK_S):
            lines.show(state)
    except KeyboardInterrupt:
        lines.close()
        say("neuron-studio: stopping …")
        stop(begun.folder, process=begun.process)
        state = Follower(begun.folder, begun.process).refresh()
    lines.close()
    return state
