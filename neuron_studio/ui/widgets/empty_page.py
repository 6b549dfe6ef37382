"""What an empty pane says: what will be here, and what brings it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from neuron_studio.ui import theme
from neuron_studio.ui.widgets.following import follow_font
from neuron_studio.ui.widgets.tone_label import ToneLabel

_MARGIN = 8 * theme.WIDE


class EmptyPage(QWidget):
    """A headline and a few quiet lines in the middle of the pane."""

    def __init__(self, headline: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title, lines = ToneLabel(headline), ToneLabel(text, "quiet")
        follow_font(self, lambda: title.setFont(theme.headline_font(self.font())))
        for label in (title, lines):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, 0, _MARGIN, 0)
        layout.setSpacing(theme.SPACE)
        layout.addStretch(2)
        layout.addWidget(title)
        layout.addWidget(lines)
        layout.addStretch(3)
