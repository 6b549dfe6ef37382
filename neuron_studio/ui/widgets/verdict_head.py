"""A verdict: its sign, how many pairs it speaks of, its numbers, and its reason."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from neuron_studio.core.comparison import Comparison, Decisions
from neuron_studio.core.verdict_words import goal_line, verdict_count, verdict_numbers, verdict_title, yardstick_meaning
from neuron_studio.ui import theme
from neuron_studio.ui.widgets.elided_label import ElidedLabel
from neuron_studio.ui.widgets.following import follow_font
from neuron_studio.ui.widgets.tone_label import ToneLabel

_TONES = {
    Decisions.SAME: "good",
    Decisions.CLOSE: "warning",
    Decisions.FLIPPED: "danger",
    Decisions.REORDERED: "danger",
    Decisions.INVALID: "danger",
    Decisions.DEFECTIVE: "danger",
    Decisions.NOT_RUN: "warning",
    Decisions.UNPROVEN: "warning",
}


class VerdictHead(QWidget):
    """Four lines at most; each gives way where the window is narrow."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.verdict = ToneLabel()
        self.verdict.setObjectName("verdict")
        follow_font(self, lambda: self.verdict.setFont(theme.headline_font(self.font())))
        self.count, self.numbers = ElidedLabel(), ElidedLabel()
        self.reason, self.proof = ElidedLabel("", "quiet"), ElidedLabel("", "quiet")
        self.proof.setObjectName("device-proof")
        for label in (self.count, self.numbers, self.reason, self.proof):
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        first = QHBoxLayout()
        first.setSpacing(2 * theme.WIDE)
        first.addWidget(self.verdict)
        first.addWidget(self.count, stretch=1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.TIGHT)
        layout.addLayout(first)
        for label in (self.numbers, self.reason, self.proof):
            layout.addWidget(label)

    def show_comparison(self, comparison: Comparison, proof: str = "", saved_as: str | None = None) -> None:
        """Show a verdict, and what proves that a device took part."""
        self.verdict.say(verdict_title(comparison), _TONES[comparison.decisions])
        self.count.say(verdict_count(comparison))
        self.numbers.say(verdict_numbers(comparison))
        self.numbers.setToolTip(yardstick_meaning(comparison, saved_as))
        self._show_rest("   ".join((comparison.reason, *map(goal_line, comparison.goals))), proof)

    def show_waiting(self, title: str, count: str, reason: str, proof: str = "") -> None:
        """Show that there is no verdict, and why."""
        self.verdict.say(title, "")
        self.count.say(count)
        self.numbers.say("")
        self._show_rest(reason, proof)

    def _show_rest(self, reason: str, proof: str) -> None:
        self.reason.say(reason)
        self.proof.say(proof)
        for label in (self.numbers, self.proof):
            label.setVisible(bool(label.text()))
