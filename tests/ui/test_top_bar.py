"""Start, stop, the reason why not, and the environment."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from neuron_studio.core.problem import Problem
from neuron_studio.ui.panels.top_bar import TopBar
from tests.ui.conftest import an_environment

INF1 = an_environment(
    "/opt/aws_neuron_venv_pytorch_inf1/bin/python",
    python_version="3.8.16",
    versions={"torch": "1.13.1", "transformers": "4.30.0", "torch-neuron": "1.13.1.2.11"},
)


@pytest.fixture
def bar(qtbot: QtBot) -> TopBar:
    bar = TopBar()
    qtbot.addWidget(bar)
    bar.resize(1000, 60)
    bar.show()
    qtbot.waitExposed(bar)
    return bar


def test_that_each_environment_says_what_a_run_in_it_is(bar: TopBar) -> None:
    assert bar.environment.currentText() == "Looking for Python environments …"
    bar.offer(an_environment())
    bar.offer(INF1)
    bar.show_environment(INF1)
    assert bar.environment.currentText() == (
        "aws_neuron_venv_pytorch_inf1 · torch-neuron 1.13.1.2.11 · compiles only, no Neuron device · "
        "Python 3.8.16, torch 1.13.1"
    )
    bar.show_family("inf2")
    assert bar.environment.itemText(0) == "This Python · emulates Inf2 · Python 3.11.7, torch 2.13.0"
    assert bar.environment.itemText(1).split(" · ")[1] == "emulates Inf2"


def test_that_an_environment_is_offered_once_however_often_it_is_found(bar: TopBar) -> None:
    bar.offer(an_environment())
    bar.offer(an_environment(python_version="3.12.1"))
    assert [environment.python_version for environment in bar.environments] == ["3.12.1"]


def test_that_choosing_an_environment_tells_which(bar: TopBar) -> None:
    chosen = QSignalSpy(bar.environment_chosen)
    bar.offer(an_environment())
    bar.offer(INF1)
    bar.environment.activated.emit(1)
    assert chosen.at(0) == [INF1]
    assert bar.environment.itemData(0).python == sys.executable


def test_that_a_start_that_is_refused_says_why(bar: TopBar, qtbot: QtBot) -> None:
    asked = QSignalSpy(bar.start_asked)
    problem = Problem("environment", "no-torch", "/usr/bin/python3 has no torch.", "Choose another.")
    bar.show_readiness(False, problem.message, (problem,))
    qtbot.mouseClick(bar.start, Qt.MouseButton.LeftButton)
    assert asked.count() == 0
    assert bar.reason.text() == "/usr/bin/python3 has no torch."
    assert bar.start.accessibleDescription() == bar.reason.text()
    assert bar.problem.text() == "⚠ /usr/bin/python3 has no torch. Choose another."


def test_that_control_return_starts_and_escape_stops(bar: TopBar, qtbot: QtBot) -> None:
    started, stopped = QSignalSpy(bar.start_asked), QSignalSpy(bar.stop_asked)
    bar.show_readiness(True, "", ())
    bar.show_running(True)
    bar.activateWindow()
    qtbot.waitUntil(bar.isActiveWindow)
    qtbot.keyClick(bar, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(bar, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: (started.count(), stopped.count()) == (1, 1))


def test_that_finding_nothing_is_said(bar: TopBar) -> None:
    bar.show_none_found()
    assert bar.environment.currentText() == "No Python with torch and transformers was found"
