"""The end of a run is told once, to those who waited for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from neuron_studio.runs.follower import read_state
from neuron_studio.ui.end_of_run import EndOfRun
from neuron_studio.ui.settings import load
from tests.support.scripted_run import finished_run, new_run
from tests.ui.conftest import Desk, Run, until


class Listener:
    """A window nobody looks at, and what was told of its runs."""

    def __init__(self, qtbot: QtBot) -> None:
        self.told: list[str] = []
        self.wants_bell = True
        window = QWidget()
        qtbot.addWidget(window)
        self.end = EndOfRun(
            window, lambda: self.wants_bell, lambda window: self.told.append("hint"), lambda: self.told.append("bell")
        )


@pytest.fixture
def listener(qtbot: QtBot) -> Listener:
    return Listener(qtbot)


def test_that_the_end_is_told_once(listener: Listener, tmp_path: Path) -> None:
    run = new_run(tmp_path).take_lock().begin()
    listener.end.show_folder(run.folder)
    listener.end.show_state(read_state(run.folder))
    assert listener.told == []
    over = read_state(finished_run(tmp_path, name="over").folder)
    listener.end.show_state(over)
    listener.end.show_state(over)
    assert listener.told == ["hint", "bell"]
    run.release_lock()


def test_that_the_bell_rings_only_where_it_is_wanted(listener: Listener, tmp_path: Path) -> None:
    listener.wants_bell = False
    run = new_run(tmp_path).take_lock().begin()
    listener.end.show_state(read_state(run.folder))
    listener.end.show_state(read_state(finished_run(tmp_path, name="over").folder))
    assert listener.told == ["hint"]
    run.release_lock()


def test_that_a_run_that_is_opened_from_the_history_is_no_news(listener: Listener, tmp_path: Path) -> None:
    going_on = new_run(tmp_path).take_lock().begin()
    listener.end.show_state(read_state(going_on.folder))
    over = finished_run(tmp_path, name="over")
    listener.end.show_folder(over.folder)
    listener.end.show_state(read_state(over.folder))
    assert listener.told == []
    going_on.release_lock()


def test_that_the_bell_is_offered_while_a_run_goes_on_and_remembered(desk: Desk, run: Run) -> None:
    async def scene() -> None:
        studio = desk.open()
        await until(studio.bar.start.isEnabled)
        assert not studio.view.bell.isVisible()
        going_on = new_run(desk.store.root).take_lock().begin()
        studio.controller.attach(going_on.folder)
        await until(studio.view.bell.isVisible)
        studio.view.bell.click()
        going_on.release_lock()
        await desk.close()
        assert load().bell
        again = desk.open()
        await until(again.bar.start.isEnabled)
        assert again.view.bell.isChecked()

    run(scene())
