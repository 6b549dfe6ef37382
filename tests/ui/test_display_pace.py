"""What a run draws on a display that is slow to take it in."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from neuron_studio.ui.display_pace import DisplayPace
from neuron_studio.ui.display_question import x11_question
from tests.support import x_display

NOT_HERE = x_display.missing("Xvfb", "xauth")


class SlowDisplay:
    """Answers each question when it is told to."""

    def __init__(self) -> None:
        self.questions = 0
        self.answered = 0

    def ask(self) -> Callable[[], bool]:
        self.questions += 1
        number = self.questions
        return lambda: self.answered >= number


def test_that_without_a_question_everything_is_drawn_at_once(qtbot: QtBot) -> None:
    drawn: list[str] = []
    pace = DisplayPace()
    for name in ("log", "state", "log"):
        pace.draw(name, lambda name=name: drawn.append(name))
    assert drawn == ["log", "state", "log"]
    assert not pace.is_held


def test_that_the_next_turn_waits_until_the_display_has_taken_the_one_before(qtbot: QtBot) -> None:
    display, drawn = SlowDisplay(), []
    pace = DisplayPace(display.ask)
    pace.draw("log", lambda: drawn.append("first"))
    assert drawn == ["first"], "the first turn is at once"
    pace.draw("log", lambda: drawn.append("second"))
    qtbot.waitUntil(lambda: display.questions == 1)
    assert drawn == ["first"]
    display.answered = 1
    qtbot.waitUntil(lambda: drawn == ["first", "second"])


def test_that_of_what_waits_under_one_name_the_latest_alone_is_drawn(qtbot: QtBot) -> None:
    display, drawn = SlowDisplay(), []
    pace = DisplayPace(display.ask)
    pace.draw("state", lambda: drawn.append("prepare"))
    for stage in ("load", "trace"):
        pace.draw("state", lambda stage=stage: drawn.append(stage))
    pace.draw("log", lambda: drawn.append("log"))
    qtbot.waitUntil(lambda: display.questions == 1)
    display.answered = 1
    qtbot.waitUntil(lambda: len(drawn) == 3)
    assert drawn == ["prepare", "trace", "log"]


def test_that_an_idle_display_is_asked_nothing(qtbot: QtBot) -> None:
    display = SlowDisplay()
    pace = DisplayPace(display.ask)
    pace.draw("log", lambda: None)
    qtbot.waitUntil(lambda: display.questions == 1)
    display.answered = 1
    qtbot.waitUntil(lambda: not pace.is_held)
    assert display.questions == 1


_ASKING = """
import sys
from PySide6.QtWidgets import QApplication
from neuron_studio.ui.display_question import x11_question
app = QApplication([])
ask = x11_question()
for line in sys.stdin:
    is_answered = ask()
    for _ in range(100):
        if is_answered():
            break
        app.thread().msleep(5)
    else:
        print("no answer", flush=True)
        continue
    print("answered", flush=True)
"""


@pytest.mark.skipif(bool(NOT_HERE), reason=f"{NOT_HERE} not installed")
def test_that_a_real_display_answers_and_one_that_stands_still_does_not_hold_the_window(tmp_path: Path) -> None:
    with x_display.x_display(tmp_path) as display:
        environment = {**os.environ, **display.environment, "QT_QPA_PLATFORM": "xcb"}
        with subprocess.Popen(
            [sys.executable, "-c", _ASKING], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as window:
            assert window.stdin is not None
            assert window.stdout is not None
            answers = []
            for what in (signal.SIGCONT, signal.SIGSTOP, signal.SIGCONT):
                display.server.send_signal(what)
                window.stdin.write("ask\n")
                window.stdin.flush()
                answers.append(window.stdout.readline().strip())
            window.stdin.close()
    assert answers == ["answered", "no answer", "answered"]


def test_that_a_platform_without_x11_is_never_asked(qtbot: QtBot) -> None:
    assert x11_question() is None
