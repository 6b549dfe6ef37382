"""A sentence inside the window, with at most one thing to do about it; never a dialog."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from neuron_studio.ui import theme
from neuron_studio.ui.widgets.card import Card
from neuron_studio.ui.widgets.tone_label import ToneLabel


class Notice(Card):
    """Shows one message at a time; the newest replaces the one before.

    Signals:
        dismissed: the message that the user put away.
    """

    dismissed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._act: Callable[[], None] | None = None
        self._message = ToneLabel()
        self._message.setWordWrap(True)
        self._message.setObjectName("notice-message")
        self._action = QPushButton("Show")
        self._action.setObjectName("notice-action")
        self._action.clicked.connect(self._on_action_clicked)
        dismiss = QPushButton("Dismiss")
        dismiss.setAccessibleName("Dismiss this notice")
        dismiss.clicked.connect(self._on_dismiss_clicked)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.WIDE, theme.TIGHT, theme.SPACE, theme.TIGHT)
        layout.setSpacing(theme.SPACE)
        layout.addWidget(self._message, stretch=1)
        layout.addWidget(self._action)
        layout.addWidget(dismiss)
        self.hide()

    def say(self, message: str, action: str = "", act: Callable[[], None] | None = None) -> None:
        """Show a message, with a button where something can be done."""
        self._message.say(message)
        self._act = act
        self._action.setText(action)
        self._action.setVisible(act is not None)
        self.show()

    def _on_action_clicked(self) -> None:
        act, self._act = self._act, None
        self.hide()
        if act is not None:
            act()

    def _on_dismiss_clicked(self) -> None:
        self.hide()
        self.dismissed.emit(self._message.text())
