"""How fast a run may draw: as fast as the display takes it in, so that keys and clicks never wait behind it."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer

from neuron_studio.ui.display_question import Question

# Qt paints what was asked of it when its events come round again; the question must come after that.
_PAINTED_AFTER_MS = 20
_LOOK_AGAIN_MS = 20
# So much of the link is left to the user: after each turn the run rests this many times as long as it took.
_REST = 3
# A key that is pressed in the middle of a turn waits for its end.
_LONGEST_TURN_MS = 200


class DisplayPace(QObject):
    """Holds back what a run would draw until the display has taken what was drawn before, and has rested.

    Without a question everything is drawn at once: a display on this machine is always as fast.
    """

    def __init__(self, question: Question | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._question = question
        self._waiting: dict[str, Callable[[], None]] = {}
        self._is_held = False
        self._asked = 0.0
        self._took_ms = 0.0
        self._is_answered: Callable[[], bool] = lambda: True

    @property
    def is_frugal(self) -> bool:
        """Whether every pixel crosses a network."""
        return self._question is not None

    @property
    def is_held(self) -> bool:
        """Whether the display is still busy with the turn before, or rests from it."""
        return self._is_held

    def share(self, amount: int, drawn: int) -> int:
        """How much of an amount to draw in a turn, after so much of it in the last: as much as a key may wait for."""
        if not self.is_frugal:
            return amount
        return max(1, min(amount, round(drawn * _LONGEST_TURN_MS / max(self._took_ms, 1.0))))

    def draw(self, name: str, draw: Callable[[], None]) -> None:
        """Draw at the next turn, which may be now; of two of the same name the later alone is drawn."""
        self._waiting[name] = draw
        if not self._is_held:
            self._take_turn()

    def _take_turn(self) -> None:
        waiting, self._waiting = self._waiting, {}
        self._is_held = bool(waiting) and self.is_frugal
        for draw in waiting.values():
            draw()
        # What is put in its place before it is painted is painted once.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        if self._is_held:
            QTimer.singleShot(_PAINTED_AFTER_MS, self, self._ask)

    def _ask(self) -> None:
        assert self._question is not None
        self._asked, self._is_answered = time.monotonic(), self._question()
        self._look()

    def _look(self) -> None:
        if self._is_answered():
            self._took_ms = (time.monotonic() - self._asked) * 1000
            QTimer.singleShot(round(_REST * self._took_ms), self, self._take_turn)
        else:
            QTimer.singleShot(_LOOK_AGAIN_MS, self, self._look)
