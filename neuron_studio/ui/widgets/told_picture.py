"""A painted picture that tells in words what the pointer is on, and follows the desktop from light to dark."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint
from PySide6.QtWidgets import QWidget

from neuron_studio.ui.widgets.tip import shows_tip


class ToldPicture(QWidget):
    """What is common to pictures; each paints itself and says what lies where."""

    def text_at(self, place: QPoint) -> str:
        """What is at a place, in words; empty where nothing is."""
        raise NotImplementedError

    def event(self, event: QEvent) -> bool:
        return shows_tip(event, self, self.text_at) or super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)
