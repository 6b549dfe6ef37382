"""The runs of the past, to be looked at again or deleted."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from neuron_studio.runs.store import RunStore
from neuron_studio.ui.panels.history import HistoryPanel
from tests.support.scripted_run import failed_run, finished_run, new_run
from tests.ui.conftest import Run, until


@pytest.fixture
def panel(qtbot: QtBot, tmp_path: Path) -> HistoryPanel:
    panel = HistoryPanel(RunStore(tmp_path))
    qtbot.addWidget(panel)
    panel.resize(720, 400)
    return panel


async def shown(panel: HistoryPanel, count: int) -> None:
    panel.show()
    panel.refresh()
    await until(lambda: panel.model.rowCount() == count and not panel._is_reading)


def test_that_runs_are_read_when_the_pane_comes_into_view(panel: HistoryPanel, tmp_path: Path, run: Run) -> None:
    for number in range(50):
        finished_run(tmp_path, name=f"20261122-2055{number:02}-mrpc")
    run(shown(panel, 50))
    assert panel.model.run(0).folder.name == "20261122-205549-mrpc"


def test_that_a_double_click_opens_a_run(panel: HistoryPanel, tmp_path: Path, run: Run, qtbot: QtBot) -> None:
    finished_run(tmp_path, name="20261122-205501-a")
    failed_run(tmp_path, "20261122-205502-b")
    run(shown(panel, 2))
    chosen = QSignalSpy(panel.run_chosen)
    place = panel.table.visualRect(panel.model.index(1, 1)).center()
    qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen.at(0)[0].name == "20261122-205501-a"


def test_that_deleting_asks_first_and_then_leaves_nothing(
    panel: HistoryPanel, tmp_path: Path, run: Run, qtbot: QtBot
) -> None:
    done = finished_run(tmp_path)
    run(shown(panel, 1))
    for text, left in (("Keep", 1), ("Delete", 0)):
        panel.table.selectRow(0)
        qtbot.mouseClick(panel._delete, Qt.MouseButton.LeftButton)
        question = panel.findChild(QMessageBox)
        assert done.folder.path.exists()
        answer = next(button for button in question.findChildren(QPushButton) if button.text() == text)
        run(click_and_wait(qtbot, answer, panel, left))
    assert not done.folder.path.exists()


async def click_and_wait(qtbot: QtBot, answer: QPushButton, panel: HistoryPanel, left: int) -> None:
    qtbot.mouseClick(answer, Qt.MouseButton.LeftButton)
    await until(lambda: panel.findChild(QMessageBox) is None)
    await until(lambda: panel.model.rowCount() == left)


def test_that_a_run_that_goes_on_cannot_be_deleted(panel: HistoryPanel, tmp_path: Path, run: Run) -> None:
    new_run(tmp_path).take_lock().begin()
    run(shown(panel, 1))
    assert panel._open.isEnabled()
    assert not panel._delete.isEnabled()


def test_that_without_runs_the_pane_says_so(panel: HistoryPanel, run: Run) -> None:
    run(shown(panel, 0))
    assert not panel.table.isVisible()


def test_that_two_finished_runs_are_compared_and_nothing_else_is(
    panel: HistoryPanel, tmp_path: Path, run: Run, qtbot: QtBot
) -> None:
    failed_run(tmp_path, "20261122-205503-c")
    for name in ("20261122-205501-a", "20261122-205502-b"):
        finished_run(tmp_path, name=name)
    run(shown(panel, 3))
    asked = QSignalSpy(panel.compare_asked)
    panel.table.selectRow(0)
    panel.table.setFocus()
    for rows, is_enabled in ((2, False), (3, False)):
        qtbot.keyClick(panel.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
        assert len(panel.table.selectionModel().selectedRows()) == rows
        assert panel._compare.isEnabled() is is_enabled
    for row, held in ((1, Qt.KeyboardModifier.NoModifier), (2, Qt.KeyboardModifier.ControlModifier)):
        place = panel.table.visualRect(panel.model.index(row, 1)).center()
        qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, held, place)
    assert panel._compare.isEnabled()
    assert not panel._open.isEnabled()
    qtbot.mouseClick(panel._compare, Qt.MouseButton.LeftButton)
    assert [folder.name for folder in asked.at(0)] == ["20261122-205502-b", "20261122-205501-a"]
