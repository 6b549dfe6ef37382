"""A label whose colour has a meaning and follows the desktop from light to dark."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from neuron_studio.ui import theme


class ToneLabel(QLabel):
    """Plain text in one of theme's tones; no tone is the desktop's own text colour."""

    def __init__(self, text: str = "", tone: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._tone = tone
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._colour()

    def set_tone(self, tone: str) -> None:
        """Change what the colour means."""
        if tone != self._tone:
            self._tone = tone
            self._colour()

    def say(self, text: str, tone: str | None = None) -> None:
        """Show a text, and paint only where it is another one."""
        if tone is not None:
            self.set_tone(tone)
        if text != self.text():
            self.setText(text)

    def _colour(self) -> None:
        palette = QApplication.palette()
        if self._tone:
            palette.setColor(QPalette.ColorRole.WindowText, QColor(getattr(theme.tones(palette), self._tone)))
        self.setPalette(palette)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._colour()
        super().changeEvent(event)
