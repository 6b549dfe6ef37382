"""What a terminal, or a file where nobody watches, gets to read of a run that goes on."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from neuron_studio.cli.render import StageLines
from neuron_studio.core.estimate import Estimate
from neuron_studio.core.run_state import RunState
from neuron_studio.runs.follower import read_state
from neuron_studio.wire.events import Beat
from tests.support.scripted_run import ScriptedRun, a_beat, new_run

NOW = "  trace      42 s of about 1:10 · "
LINE = f"{NOW}compiling sub-graph 2 (_NeuronGraph$12) · silent but working · last output 42 s ago · 3.2 GB, peak 4.1 GB"


@pytest.fixture
def tracing(tmp_path: Path) -> ScriptedRun:
    return new_run(tmp_path).take_lock().begin(so_far_s=42)


def expects(state: RunState) -> Estimate:
    return Estimate(70.2, 3)


def said(lines: StageLines, run: ScriptedRun, capsys: pytest.CaptureFixture[str], *beats: Beat) -> list[str]:
    """The lines of the running stage after each of these beats."""
    shown = []
    for beat in beats:
        lines.show(read_state(run.write(beat).folder))
        shown += [line for line in capsys.readouterr().err.splitlines() if " ok " not in line]
    return shown


def lines_of(run: ScriptedRun) -> StageLines:
    started = read_state(run.folder).stages[4].started
    assert started is not None
    return StageLines(expects, clock=lambda: started + 42.5)


def test_that_without_a_terminal_each_phase_is_a_line_and_a_beat_alone_is_none(
    tracing: ScriptedRun, capsys: pytest.CaptureFixture[str]
) -> None:
    first, last = a_beat(), a_beat(phase="sub-graph 2 compiled", silent_s=0.0)
    shown = said(lines_of(tracing), tracing, capsys, first, a_beat(seconds=104.0), a_beat(seconds=114.0), last, last)
    assert len(shown) == 2
    assert shown[0].startswith(LINE)
    assert shown[1].startswith(f"{NOW}sub-graph 2 compiled · working · ")


def test_that_without_a_terminal_each_minute_of_silence_is_a_line(
    tracing: ScriptedRun, capsys: pytest.CaptureFixture[str]
) -> None:
    beats = [a_beat(phase="", silent_s=10.0 * number, seconds=10.0 * number) for number in range(19)]
    shown = said(lines_of(tracing), tracing, capsys, *beats)
    assert [line.split("last output ")[1].split(" ago")[0] for line in shown] == ["1 minute", "2 minutes", "3 minutes"]


def test_that_a_worry_is_a_line_at_once(tracing: ScriptedRun, capsys: pytest.CaptureFixture[str]) -> None:
    shown = said(lines_of(tracing), tracing, capsys, a_beat(phase="", silent_s=305.0, idle_s=302.0))
    assert len(shown) == 1
    assert "⚠ idle for 5 minutes: likely stuck" in shown[0]


def test_that_who_looks_once_reads_where_the_run_stands(
    tracing: ScriptedRun, capsys: pytest.CaptureFixture[str]
) -> None:
    lines_of(tracing).show_once(read_state(tracing.write(a_beat()).folder))
    *before, last = capsys.readouterr().err.splitlines()
    assert [line.split()[0] for line in before] == ["prepare", "load", "preflight", "reference"]
    assert last.startswith(LINE)


def test_that_a_terminals_line_never_wraps(
    tracing: ScriptedRun, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    lines_of(tracing).show(read_state(tracing.write(a_beat()).folder))
    drawn = capsys.readouterr().err.rpartition("\x1b[K")[2]
    assert len(drawn) == 59
    assert drawn.endswith("…")


def test_that_the_end_of_the_trace_is_held_against_the_estimate(
    tracing: ScriptedRun, capsys: pytest.CaptureFixture[str]
) -> None:
    lines_of(tracing).show(read_state(tracing.judge().finish().folder))
    told = capsys.readouterr().err.splitlines()
    assert "  trace      ok       41 s   Estimated 1:10 from 3 earlier runs of this shape" in told
