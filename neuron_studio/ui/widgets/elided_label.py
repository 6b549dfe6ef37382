"""A line of text that gives way: what does not fit is left out, and told on hovering."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from neuron_studio.ui.widgets.tip import shows_tip, tip_with
from neuron_studio.ui.widgets.tone_label import ToneLabel

_LEAST_LETTERS = 6


class ElidedLabel(ToneLabel):
    """One line that may be shorter than its text; copies and screen readers get the whole."""

    def __init__(
        self,
        text: str = "",
        tone: str = "",
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, tone, parent)
        self._mode = mode

    def _shown(self) -> str:
        return self.fontMetrics().elidedText(self.text(), self._mode, self.contentsRect().width())

    def minimumSizeHint(self) -> QSize:
        return QSize(_LEAST_LETTERS * self.fontMetrics().averageCharWidth(), super().minimumSizeHint().height())

    @property
    def tip(self) -> str:
        """What hovering tells: the whole text where some of it is left out, and whatever else was to be told."""
        return tip_with(self.text(), self._shown(), self.toolTip())

    def event(self, event: QEvent) -> bool:
        return shows_tip(event, self, lambda place: self.tip) or super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.style().drawItemText(
            painter, self.contentsRect(), int(self.alignment() | Qt.TextFlag.TextSingleLine), self.palette(),
            self.isEnabled(), self._shown(), self.foregroundRole(),
        )  # fmt: skip
        painter.end()
