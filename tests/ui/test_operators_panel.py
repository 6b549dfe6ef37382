"""The Operators tab: a run's operators and findings, and a look without a run that can be stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from neuron_studio.core.run_state import RunState, fold
from neuron_studio.runs.follower import read_state
from neuron_studio.ui.models.operators_model import OperatorsColumn
from neuron_studio.ui.panels.operators import OperatorsPanel
from neuron_studio.ui.preflight import Preflight
from neuron_studio.ui.studio import Studio
from neuron_studio.wire.errors import StudioError
from neuron_studio.wire.events import Placed, RunFailed, StageStarted
from neuron_studio.wire.journal import Entry
from neuron_studio.wire.spec import RunSpec
from tests.support.scripted_run import PREFLIGHT, a_spec, finished_run
from tests.ui.conftest import Desk, Run, until

STATE = RunState(a_spec(), preflight=PREFLIGHT)
Wanted = Callable[[], bool]


@pytest.fixture
def panel(qtbot: QtBot) -> OperatorsPanel:
    panel = OperatorsPanel()
    qtbot.addWidget(panel)
    panel.resize(720, 500)
    panel.show()
    return panel


def test_that_an_empty_pane_says_what_will_be_here(panel: OperatorsPanel) -> None:
    assert not panel.table.isVisible()
    assert panel.preflight.isVisible()
    assert not panel.copy.isEnabled()


def test_that_a_run_s_operators_are_shown_the_gravest_first(panel: OperatorsPanel) -> None:
    panel.show_state(STATE)
    assert panel.headline.text() == "1 warning"
    assert panel.summary.text().startswith("244 of 247 operators (98.8 %) can run on Neuron; 3 stay on the CPU")
    assert "Nothing was compiled" in panel.summary.text()
    assert panel.table.model().index(0, 0).data() == "aten::embedding"
    assert panel.reason.text().startswith("aten::embedding (withdrawn from the compiler for its speed) in bert.")


def test_that_the_compiler_s_column_is_there_once_it_has_spoken(panel: OperatorsPanel) -> None:
    panel.show_state(STATE)
    assert panel.table.isColumnHidden(OperatorsColumn.PLACED)
    panel.show_state(replace(STATE, placed=Placed(247, 244, 244, 1, 1, {"aten::linear": 74}, ())))
    assert not panel.table.isColumnHidden(OperatorsColumn.PLACED)


def test_that_everything_can_be_copied_as_text(panel: OperatorsPanel) -> None:
    panel.show_state(STATE)
    panel.copy.click()
    text = QApplication.clipboard().text()
    assert "244 of 247 operators" in text
    assert "aten::softmax" in text


def test_that_a_check_stays_in_sight_while_a_run_goes_on_and_gives_way_to_another_run(panel: OperatorsPanel) -> None:
    fewer = replace(PREFLIGHT, operators=PREFLIGHT.operators[:2], findings=())
    panel.show_state(STATE)
    panel.show_looking(STATE)
    assert panel.stop.isVisible()
    panel.show_found(replace(STATE, preflight=fewer))
    panel.show_state(STATE)
    assert panel.model.rowCount() == 2
    assert panel.status.text().startswith("Preflight without a run: bert-base-cased-finetuned-mrpc")
    panel.show_state(None)
    panel.show_state(STATE)
    assert (panel.model.rowCount(), panel.status.text()) == (len(PREFLIGHT.operators), "")


def test_that_a_request_with_a_problem_cannot_be_found_and_says_why(panel: OperatorsPanel) -> None:
    panel.show_readiness("Write both sentences.")
    assert not panel.preflight.isEnabled()
    assert panel.preflight.toolTip() == "Write both sentences."


class Look:
    """A look that a test leads: it goes on until it is let go, or is not wanted any more."""

    def __init__(self, *states: RunState, error: StudioError | None = None) -> None:
        self.states, self.error = states, error
        self.go_on = threading.Event()
        self.ended = threading.Event()

    def __call__(self, spec: RunSpec, is_wanted: Wanted) -> Iterator[RunState]:
        try:
            yield fold(RunState(spec), Entry(0.0, StageStarted("load")))
            while is_wanted() and not self.go_on.wait(0.01):
                pass
            if self.error is not None:
                raise self.error
            if is_wanted():
                yield from self.states
        finally:
            self.ended.set()


async def checking(desk: Desk, look: Look) -> Studio:
    """The window with its Operators tab, and a check begun."""
    studio = desk.open(preflight=Preflight(look))
    await until(studio.bar.start.isEnabled)
    studio.view.tabs.setCurrentWidget(studio.view.operators)
    studio.view.operators.preflight.click()
    await until(lambda: "load" in studio.view.operators.status.text())
    return studio


def test_that_check_now_shows_what_was_found_without_a_run(desk: Desk, run: Run) -> None:
    async def scene() -> None:
        look = Look(STATE)
        studio = await checking(desk, look)
        assert not studio.controller.is_running
        look.go_on.set()
        await until(lambda: studio.view.operators.model.rowCount())
        assert studio.view.operators.preflight.isVisible()
        assert list(desk.store.folders()) == []

    run(scene())


def test_that_a_check_can_be_stopped(desk: Desk, run: Run) -> None:
    async def scene() -> None:
        look = Look(STATE)
        studio = await checking(desk, look)
        studio.view.operators.stop.click()
        assert studio.view.operators.preflight.isVisible()
        await until(look.ended.is_set)
        assert studio.view.operators.model.rowCount() == 0

    run(scene())


def test_that_closing_the_window_ends_a_check(desk: Desk, run: Run) -> None:
    async def scene() -> None:
        look = Look(STATE)
        await checking(desk, look)
        await desk.close()
        await until(look.ended.is_set)

    run(scene())


def test_that_a_check_that_fails_says_why(desk: Desk, run: Run) -> None:
    async def scene() -> None:
        failed = fold(RunState(a_spec()), Entry(0.0, RunFailed("model-unreadable", "It is torn.", "Mend it.", "load",
                                                                "input")))  # fmt: skip
        look = Look(failed)
        studio = await checking(desk, look)
        look.go_on.set()
        await until(studio.place.card.isVisible)
        assert studio.view.operators.preflight.isVisible()

    run(scene())


def test_that_an_interpreter_that_cannot_be_started_is_told(desk: Desk, run: Run) -> None:
    async def scene() -> None:
        look = Look(error=StudioError("no-interpreter", "It is gone.", "Choose another."))
        studio = await checking(desk, look)
        look.go_on.set()
        await until(studio.place.card.isVisible)
        assert studio.view.operators.preflight.isVisible()

    run(scene())


def test_that_the_tab_of_a_run_from_the_history_is_filled(desk: Desk, run: Run) -> None:
    async def scene() -> None:
        done = finished_run(desk.store.root)
        studio = desk.open()
        studio.controller.attach(done.folder)
        await until(lambda: studio.view.operators.model.rowCount())
        assert studio.view.operators.model.rowCount() == len(read_state(done.folder).preflight.operators)  # type: ignore[union-attr]
        assert studio.view.tabs.tabToolTip(studio.view.tabs.indexOf(studio.view.operators)) == "Ctrl+3"

    run(scene())


def test_that_the_table_is_worked_by_keys(panel: OperatorsPanel, qtbot: QtBot) -> None:
    panel.show_state(STATE)
    panel.table.setFocus()
    qtbot.keyClick(panel.table, Qt.Key.Key_Down)
    assert panel.reason.text().startswith("aten::where (only with three arguments) in bert")
    moved = QSignalSpy(panel.preflight_asked)
    panel.preflight.setFocus()
    qtbot.keyClick(panel.preflight, Qt.Key.Key_Space)
    assert moved.count() == 1
