"""What is measured by the desktop's font, or made from it, goes along when the desktop changes it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget


class _Follower(QObject):
    def __init__(self, widget: QWidget, measure: Callable[[], None]) -> None:
        super().__init__(widget)
        self._measure = measure
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FontChange:
            self._measure()
        return False


def follow_font(widget: QWidget, measure: Callable[[], None]) -> None:
    """Measure now, and whenever the font of this widget is another one.

    A font with a size of its own hears of no change: who gives one to a label follows the label's parent.
    """
    measure()
    _Follower(widget, measure)
