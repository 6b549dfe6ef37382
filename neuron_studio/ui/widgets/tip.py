"""What hovering tells, asked for at the moment of hovering."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QToolTip, QWidget


def tip_with(whole: str, shown: str, rest: str) -> str:
    """A text that is not shown as a whole, and whatever else is to be told."""
    return "\n".join(filter(None, (whole if shown != whole else "", rest)))


def shows_tip(event: QEvent, widget: QWidget, text_at: Callable[[QPoint], str]) -> bool:
    """Tell what is at the pointer if this event asks for it; whether it did."""
    if event.type() != QEvent.Type.ToolTip or not isinstance(event, QHelpEvent):
        return False
    QToolTip.showText(event.globalPos(), text_at(event.pos()), widget)
    return True
