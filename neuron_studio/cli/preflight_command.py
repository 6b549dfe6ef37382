"""neuron-studio preflight: what would stop or slow a model on its target, without a run and without a device."""

from __future__ import annotations

import sys
from contextlib import closing
from typing import Any

import click

from neuron_studio.cli.render import STOPPED, StageLines, say, say_failure
from neuron_studio.cli.request_options import asks_for_a_request, refuse, spec_asked
from neuron_studio.core.operator_words import headline, operators_text
from neuron_studio.core.report import preflight_report
from neuron_studio.core.run_state import RunState
from neuron_studio.runs.preflight import preflight
from neuron_studio.wire.codec import dumps
from neuron_studio.wire.errors import EXIT_CODES, Blame, StudioError
from neuron_studio.wire.findings import Level
from neuron_studio.wire.spec import RunSpec


@click.command("preflight")
@asks_for_a_request
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
def preflight_command(as_json: bool, **options: Any) -> None:
    """Look at MODEL before a run: its operators on the target, its shapes, its memory, and the known traps."""
    spec, environment = spec_asked(as_json, takes_cores=False)
    say(f"neuron-studio: {environment.in_words(spec.target.family)}")
    try:
        state = _watch(spec)
    except KeyboardInterrupt:
        say("neuron-studio: stopped; nothing was left.")
        sys.exit(STOPPED)
    except StudioError as error:
        refuse(error, as_json)
    say_failure(state)
    if as_json:
        click.echo(dumps(preflight_report(state), indent=2))
    elif state.preflight is not None:
        click.echo(f"{headline(state)[:1].upper()}{headline(state)[1:]}.\n{operators_text(state)}")
    sys.exit(_exit_code(state))


def _watch(spec: RunSpec) -> RunState:
    state, lines = RunState(spec), StageLines()
    # Closing it ends what it started, however this ends.
    with closing(preflight(spec)) as states:
        try:
            for state in states:
                lines.show(state)
        finally:
            lines.close()
    return state


def _exit_code(state: RunState) -> int:
    """0 nothing stands in the way, 4 a problem would stop the run or the look failed, 2 and 3 by blame."""
    if state.failure is not None:
        return EXIT_CODES[Blame(state.failure.blame)]
    found = state.preflight.findings if state.preflight else ()
    return EXIT_CODES[Blame.RUN] if any(finding.level is Level.PROBLEM for finding in found) else 0
