"""A failure as people need it: what happened, what to do, and the rest for whoever mends it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from neuron_studio.ui import theme
from neuron_studio.ui.widgets.card import Card
from neuron_studio.ui.widgets.following import follow_font
from neuron_studio.ui.widgets.tone_label import ToneLabel

_DETAIL_LINES = 9


class ErrorCard(Card):
    """Title, message, remedy, and a detail that opens on demand; all of it can be copied.

    Signals:
        dismissed: the title of the card that the user put away.
    """

    dismissed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Failure")
        self._title = ToneLabel(tone="danger")
        self._title.setFont(theme.bold_font())
        self._message, self._remedy = ToneLabel(), ToneLabel()
        for label in (self._title, self._message, self._remedy):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._detail = QPlainTextEdit(readOnly=True)
        self._detail.setAccessibleName("Details of the failure")
        self._detail.setTabChangesFocus(True)
        self._detail.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._detail.setFont(theme.number_font())
        follow_font(self._detail, self._measure)
        self._toggle = QPushButton("Show details", checkable=True)
        self._toggle.toggled.connect(self._on_toggle_toggled)
        copy = QPushButton("Copy")
        copy.setAccessibleName("Copy the failure")
        copy.clicked.connect(self._on_copy_clicked)
        dismiss = QPushButton("Dismiss")
        dismiss.setAccessibleName("Dismiss the failure")
        dismiss.clicked.connect(self._on_dismiss_clicked)
        self._arrange(copy, dismiss)
        self.hide()

    def _measure(self) -> None:
        self._detail.setFixedHeight(self._detail.fontMetrics().lineSpacing() * _DETAIL_LINES + 2 * theme.SPACE)

    def _arrange(self, copy: QPushButton, dismiss: QPushButton) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.SPACE)
        for button in (copy, self._toggle):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(dismiss)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.WIDE, theme.SPACE, theme.WIDE, theme.SPACE)
        layout.setSpacing(theme.TIGHT)
        for widget in (self._title, self._message, self._remedy, self._detail):
            layout.addWidget(widget)
        layout.addLayout(buttons)

    def show_failure(self, title: str, message: str, remedy: str, detail: str = "") -> None:
        """Show a failure, its detail folded away."""
        self._title.say(f"✗ {title}")
        self._message.say(message)
        self._remedy.say(f"What to do: {remedy}" if remedy else "")
        self._remedy.setVisible(bool(remedy))
        if detail != self._detail.toPlainText():
            self._detail.setPlainText(detail)
        self._toggle.setChecked(False)
        self._toggle.setVisible(bool(detail))
        self._detail.setVisible(False)
        self.show()

    def as_text(self) -> str:
        """The whole card, to be sent to somebody."""
        parts = [self._title.text(), self._message.text(), self._remedy.text(), self._detail.toPlainText()]
        return "\n".join(part for part in parts if part)

    def _on_toggle_toggled(self, shown: bool) -> None:
        self._detail.setVisible(shown)
        self._toggle.setText("Hide details" if shown else "Show details")
        if shown:
            bar = self._detail.verticalScrollBar()
            bar.setValue(bar.maximum())

    def _on_copy_clicked(self) -> None:
        QApplication.clipboard().setText(self.as_text())

    def _on_dismiss_clicked(self) -> None:
        self.hide()
        self.dismissed.emit(self._title.text())
