"""What a run draws on a display that is slow to take it in."""

from __future__ import annotations

from collections.abc import Callable

from pytestqt.qtbot import QtBot

from neuron_studio.ui.display_pace import DisplayPace


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
