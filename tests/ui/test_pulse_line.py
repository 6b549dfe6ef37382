"""The line that tells whether a run is alive, and the strip that tells how long its trace should take."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from neuron_studio.core.estimate import Estimate
from neuron_studio.runs.follower import read_state
from neuron_studio.ui import theme
from neuron_studio.ui.widgets import pulse_line
from neuron_studio.ui.widgets.pulse_line import PulseLine
from neuron_studio.ui.widgets.stage_strip import StageStrip
from neuron_studio.wire import events
from tests.support.scripted_run import ScriptedRun, a_beat, finished_run, new_run
from tests.ui.conftest import Desk, Run, until

WORKING = "working · 3.2 GB, peak 4.1 GB of 16.4 GB · 4 processes · 1.9 cores"


class Paints(QObject):
    """Counts how often a widget is painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


@pytest.fixture
def line(qtbot: QtBot) -> PulseLine:
    line = PulseLine()
    qtbot.addWidget(line)
    return line


@pytest.fixture
def tracing(tmp_path: Path) -> ScriptedRun:
    return new_run(tmp_path).take_lock().begin(so_far_s=42)


def colour(widget: QWidget) -> QColor:
    return widget.palette().color(QPalette.ColorRole.WindowText)


def test_that_without_a_beat_nothing_is_said_and_the_room_is_kept(line: PulseLine, tracing: ScriptedRun) -> None:
    line.show_state(read_state(tracing.folder))
    assert (line.text(), line.isHidden()) == ("", False)
    line.show_state(None)
    assert line.isHidden()


def test_that_a_beat_is_said_quietly(line: PulseLine, tracing: ScriptedRun) -> None:
    line.show_state(read_state(tracing.write(a_beat(silent_s=2.0)).folder))
    assert (line.text(), line.isHidden()) == (WORKING, False)
    assert colour(line) == QColor(theme.tones(QApplication.palette()).quiet)


def test_that_a_run_that_is_likely_stuck_is_a_warning_with_what_to_do(line: PulseLine, tracing: ScriptedRun) -> None:
    line.show_state(read_state(tracing.write(a_beat(silent_s=310.0, idle_s=305.0)).folder))
    assert line.text().startswith("⚠ idle for 5 minutes: likely stuck. Look at the end of the log; Stop ends the run.")
    assert colour(line) == QColor(theme.tones(QApplication.palette()).warning)
    line.show_state(read_state(tracing.write(a_beat(silent_s=0.0)).folder))
    assert line.text() == WORKING


def test_that_beats_that_no_longer_come_are_missed(
    line: PulseLine, tracing: ScriptedRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    line.show_state(read_state(tracing.write(a_beat(silent_s=2.0)).folder))
    began = pulse_line.time.monotonic()
    monkeypatch.setattr(pulse_line.time, "monotonic", lambda: began + 61)
    line._looking.timeout.emit()
    assert line.text().startswith("⚠ no word from the worker for 1 minute. ")


def test_that_a_run_that_is_over_tells_what_it_took_and_looks_no_more(line: PulseLine, tmp_path: Path) -> None:
    run = new_run(tmp_path).begin(so_far_s=46).write(a_beat()).judge().finish()
    line.show_state(read_state(run.folder))
    assert line.text() == "peak memory 4.1 GB (4.1 GB in trace) of 16.4 GB · 2:51 of processor time"
    assert not line._looking.isActive()
    line.show_state(read_state(finished_run(tmp_path, name="without a beat").folder))
    assert line.isHidden()


def test_that_an_equal_line_is_not_painted_again(line: PulseLine, tracing: ScriptedRun, qtbot: QtBot) -> None:
    state = read_state(tracing.write(a_beat()).folder)
    line.show_state(state)
    with qtbot.waitExposed(line):
        line.show()
    qtbot.wait(50)
    paints = Paints(line)
    line.show_state(read_state(tracing.write(a_beat(seconds=104.0)).folder))
    line._looking.timeout.emit()
    qtbot.wait(50)
    assert paints.count == 0


def test_that_the_running_trace_tells_what_is_expected_and_what_is_done(qtbot: QtBot, tracing: ScriptedRun) -> None:
    strip = StageStrip()
    qtbot.addWidget(strip)
    strip.show_state(read_state(tracing.write(a_beat()).folder))
    strip.show_estimate(Estimate(70.2, 3))
    time = strip.cells["trace"].time
    assert time.text() in [f"{second} s of about 1:10 · compiling sub-graph 2 (_NeuronGraph$12)" for second in (42, 43)]
    assert time.tip.endswith("Estimated 1:10 from 3 earlier runs of this shape")
    strip.show_estimate(None)
    assert " of about " not in time.text()
    assert time.toolTip() == ""


def test_that_another_stage_does_not_speak_of_the_compiler(qtbot: QtBot, tracing: ScriptedRun) -> None:
    strip = StageStrip()
    qtbot.addWidget(strip)
    tracing.write(a_beat(), events.StageFinished("trace", 42.0), events.StageStarted("infer"))
    strip.show_estimate(Estimate(70.2, 3))
    strip.show_state(read_state(tracing.folder))
    assert strip.cells["infer"].time.text() in ("0 s", "1 s")
    assert strip.cells["trace"].time.text() == "42 s"


def test_that_the_window_expects_what_earlier_runs_took(desk: Desk, run: Run) -> None:
    async def scene() -> None:
        studio = desk.open()
        new_run(desk.store.root, name="20261122-200000-mrpc").begin().judge((), trace_s=70.2).finish()
        going = new_run(desk.store.root, name="20261122-210000-mrpc").take_lock().begin(so_far_s=42).write(a_beat())
        studio.controller.attach(going.folder)
        await until(lambda: " of about 1:10 · " in studio.place.strip.cells["trace"].time.text())
        assert studio.view.pulse.text().startswith("silent but working · last output 42 s ago · ")
        going.release_lock()
        studio.controller.attach(finished_run(desk.store.root, name="20261122-190000-mrpc").folder)
        await until(lambda: studio.view.phase.text().startswith("finished"))
        assert studio.place.strip.cells["trace"].time.toolTip() == ""

    run(scene())
