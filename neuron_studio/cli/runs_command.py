"""neuron-studio runs: list the runs, show one, follow one that goes on, stop one."""

from __future__ import annotations

import sys
from functools import partial

import click

from neuron_studio.cli.render import TICK_S, StageLines, exit_code, say, say_end, say_failure
from neuron_studio.core.pairs_csv import pairs_csv
from neuron_studio.core.run_state import RunState
from neuron_studio.core.verdict_words import outcome_word
from neuron_studio.core.wording import duration_text, run_duration, subject_text
from neuron_studio.runs.follower import follow, read_state
from neuron_studio.runs.history import History
from neuron_studio.runs.store import RunStore
from neuron_studio.runs.worker_lock import stop
from neuron_studio.wire.codec import dumps
from neuron_studio.wire.errors import ProtocolError


@click.group("runs", invoke_without_command=True)
@click.pass_context
def runs_command(context: click.Context) -> None:
    """The runs on this machine; without a command, their list."""
    if context.invoked_subcommand is None:
        context.invoke(list_runs)


@runs_command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def list_runs(as_json: bool) -> None:
    """Every run, newest first."""
    rows = []
    for folder in RunStore().folders():
        try:
            rows.append(_row(folder.name, read_state(folder)))
        except ProtocolError as error:
            rows.append({"name": folder.name, "outcome": "unreadable", "model": error.message})
    if as_json:
        click.echo(dumps(rows, indent=2))
        return
    for row in rows:
        click.echo(f"{row['name']:<60} {row['outcome']:<16} {row.get('duration', ''):>8}  {row['model']}")
    if not rows:
        say("No runs yet: neuron-studio compile makes one.")


def _row(name: str, state: RunState) -> dict[str, str]:
    seconds = run_duration(state)
    mark = " (EMULATED)" if state.emulated else ""
    return {
        "name": name,
        "outcome": outcome_word(state),
        "duration": duration_text(seconds) if seconds is not None else "",
        "model": f"{subject_text(state.spec)}, {state.spec.target.family}{mark}",
    }


@runs_command.command("show")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
@click.option("--csv", "as_csv", is_flag=True, help="Print the pairs as CSV (RFC 4180, text as it is).")
def show_run(name: str, as_json: bool, as_csv: bool) -> None:
    """What became of a run; NAME may be its beginning, or "last"."""
    if as_json and as_csv:
        raise click.UsageError("--json and --csv are two reports; choose one.")
    folder = RunStore().find(name)
    state = read_state(folder)
    if not state.is_over:
        say(f"{folder.name} goes on: neuron-studio runs attach {folder.name}")
        StageLines(partial(History(RunStore()).estimate, folder)).show_once(state)
        return
    if as_csv:
        say_failure(state)
        click.echo(pairs_csv(state).encode("utf-8", "backslashreplace"), nl=False)
        sys.exit(exit_code(state))
    sys.exit(say_end(state, as_json))


@runs_command.command("attach")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
def attach_run(name: str, as_json: bool) -> None:
    """Follow a run to its end; Ctrl-C leaves it running."""
    folder = RunStore().find(name)
    lines = StageLines(partial(History(RunStore()).estimate, folder))
    try:
        for state in follow(folder, tick_s=TICK_S):
            lines.show(state)
    except KeyboardInterrupt:
        lines.close()
        say("neuron-studio: the run goes on.")
        sys.exit(0)
    lines.close()
    sys.exit(say_end(state, as_json))


@runs_command.command("stop")
@click.argument("name")
def stop_run(name: str) -> None:
    """End a run that goes on; nothing half-made remains."""
    folder = RunStore().find(name)
    stop(folder)
    state = read_state(folder)
    say(f"{folder.name}: {outcome_word(state)}")
    sys.exit(0 if state.is_over else exit_code(state))
