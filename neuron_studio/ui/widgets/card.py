"""The ground on which notices and failures stand out from the window without a dialog."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QFrame, QWidget

from neuron_studio.ui import theme


class Card(QFrame):
    """A framed, tinted panel."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self._tint()

    def _tint(self) -> None:
        palette = QApplication.palette()
        palette.setColor(QPalette.ColorRole.Window, QColor(theme.tones(palette).card))
        self.setPalette(palette)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()
        super().changeEvent(event)
