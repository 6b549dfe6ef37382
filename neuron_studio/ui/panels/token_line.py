"""What the sequence length does to the pairs: a line, a histogram, and a length that suits them better."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from neuron_studio.core.finding_words import LEVEL_SIGNS
from neuron_studio.core.model_facts import ModelFacts, labels, usable_length
from neuron_studio.core.request import Request
from neuron_studio.core.token_counts import TokenCounts, cut_findings, suggested
from neuron_studio.core.token_words import counts_line, counts_text
from neuron_studio.ui import theme
from neuron_studio.ui.widgets.elided_label import ElidedLabel
from neuron_studio.ui.widgets.token_bars import TokenBars
from neuron_studio.ui.widgets.tone_label import ToneLabel


class TokenLine(QWidget):
    """Hidden where nothing is known; without counts it says why there are none.

    Signals:
        length_chosen: the sequence length that the user took over.
    """

    length_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._length = 0
        self.line = ElidedLabel("", "quiet")
        self.line.setObjectName("tokens")
        self.line.setAccessibleName("Tokens of the pairs")
        self.line.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.use = QPushButton()
        self.use.setObjectName("use-length")
        self.use.setAccessibleName("Use the suggested sequence length")
        self.use.clicked.connect(lambda: self.length_chosen.emit(self._length))
        self.bars = TokenBars()
        self.finding = ToneLabel("", "warning")
        self.finding.setWordWrap(True)
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE)
        row.addWidget(self.line, stretch=1)
        row.addWidget(self.use)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.TIGHT)
        layout.addLayout(row)
        layout.addWidget(self.bars)
        layout.addWidget(self.finding)
        self.show_note("")

    def show_note(self, note: str, is_under_way: bool = False) -> None:
        """Say why there are no counts; of those under way the bars keep the place."""
        self.line.say(note, "quiet")
        self.line.setToolTip("")
        self.bars.show_nothing()
        self.bars.setVisible(is_under_way)
        self.use.hide()
        self.finding.hide()
        self.setVisible(bool(note))

    def show_counts(self, counts: TokenCounts, request: Request, facts: ModelFacts) -> None:
        """Show the pairs' tokens against the request's length."""
        length, truncation = request.sequence_length, request.truncation
        is_cut = counts.longest > length
        self.line.say(counts_line(counts, length, truncation), "warning" if is_cut else "quiet")
        self.line.setToolTip(counts_text(counts, length, truncation))
        self.bars.show_counts(counts, length, truncation)
        self.bars.show()
        better = suggested(counts, usable_length(facts.config))
        self._length = better.length
        self.use.setText(f"Use {better.length}")
        self.use.setToolTip(f"{better.length}: {better.reason}")
        self.use.setAccessibleDescription(f"{better.length}: {better.reason}")
        self.use.setVisible(better.length != length)
        found = tuple(cut_findings(counts, length, truncation, len(labels(facts.config))))
        self.finding.say("\n".join(f"{LEVEL_SIGNS[one.level]} {one.message} {one.remedy}" for one in found))
        self.finding.setVisible(bool(found))
        self.show()
