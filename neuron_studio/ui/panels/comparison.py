"""The answer: the verdict, every pair with both sides' logits, and the chart of the one that is selected."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QModelIndex, Qt
from PySide6.QtGui import QFontMetrics, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from neuron_studio.core.battery_words import behaviour_findings, behaviour_headline
from neuron_studio.core.comparison import Decisions
from neuron_studio.core.run_state import Phase, RunState
from neuron_studio.core.verdict_words import goal_line, verdict_count, verdict_numbers, verdict_title, yardstick_meaning
from neuron_studio.core.wording import PHASES, logit_lines
from neuron_studio.ui import theme
from neuron_studio.ui.models.comparison_model import Column, ComparisonModel, pair_text
from neuron_studio.ui.widgets import keys
from neuron_studio.ui.widgets.elided_label import ElidedLabel
from neuron_studio.ui.widgets.empty_page import EmptyPage
from neuron_studio.ui.widgets.finding_list import FindingList
from neuron_studio.ui.widgets.logit_bars import LogitBars
from neuron_studio.ui.widgets.row_table import dress_rows
from neuron_studio.ui.widgets.tone_label import ToneLabel

_NOTHING_YET = (
    "Compile & Save (Ctrl+Return) loads the model, traces it for the target, runs every pair on the CPU and on "
    "Neuron, and shows both here, side by side."
)
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


class ComparisonPanel(QWidget):
    """Draws a run's judged pairs and its verdict."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state: RunState | None = None
        self.model = ComparisonModel(self)
        self.verdict = ToneLabel()
        self.verdict.setObjectName("verdict")
        self.verdict.setFont(theme.headline_font(self.font()))
        self.count, self.numbers = ElidedLabel(), ElidedLabel()
        self.reason, self.proof = ElidedLabel("", "quiet"), ElidedLabel("", "quiet")
        self.proof.setObjectName("device-proof")
        for label in (self.count, self.numbers, self.reason, self.proof):
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.behaviour = ElidedLabel("", "quiet")
        self.behaviour.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.defects = FindingList("What the traced module does and the model does not")
        self.table = QTableView()
        self.table.setModel(self.model)
        # After the table's own, so that it knows the new rows when their width is asked for.
        self.model.rowsInserted.connect(self._on_model_rows_inserted)
        self.bars = LogitBars()
        self._dress_table()
        self._arrange()
        self.show_state(None)

    def _dress_table(self) -> None:
        table = self.table
        dress_rows(table, "Judged sentence pairs", "comparison-table")
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._set_lines(2)
        header = table.horizontalHeader()
        header.setResizeContentsPrecision(50)
        header.setMinimumSectionSize(48)
        header.setSectionResizeMode(Column.PAIR, QHeaderView.ResizeMode.Stretch)
        self._fit_columns()
        table.selectionModel().selectionChanged.connect(self._on_selection_changed)
        keys.in_widget(table, QKeySequence.StandardKey.Copy, self.copy)

    def _arrange(self) -> None:
        copy = QPushButton("Copy as text")
        copy.setToolTip("Copy the selected rows, or all of them, with every digit")
        copy.clicked.connect(self.copy)
        first = QHBoxLayout()
        first.setSpacing(2 * theme.WIDE)
        first.addWidget(self.verdict)
        first.addWidget(self.count, stretch=1)
        first.addWidget(copy)
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.defects)
        self._split.addWidget(self.table)
        self._split.addWidget(self.bars)
        self._split.setStretchFactor(0, 1)
        self._split.setStretchFactor(1, 3)
        self._split.setStretchFactor(2, 2)
        self.bars.setMinimumHeight(130)
        answer = QWidget()
        layout = QVBoxLayout(answer)
        layout.setContentsMargins(theme.SPACE, theme.SPACE, theme.SPACE, theme.SPACE)
        layout.setSpacing(theme.TIGHT)
        layout.addLayout(first)
        layout.addWidget(self.numbers)
        layout.addWidget(self.reason)
        layout.addWidget(self.proof)
        layout.addWidget(self.behaviour)
        layout.addSpacing(theme.TIGHT)
        layout.addWidget(self._split, stretch=1)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(EmptyPage("Nothing compared yet", _NOTHING_YET))
        self._pages.addWidget(answer)

    def show_state(self, state: RunState | None) -> None:
        """Show where a run's comparison stands."""
        is_other_run = state is None or self._state is None or state.spec is not self._state.spec
        self._state = state
        self.model.show_state(state)
        self._pages.setCurrentIndex(0 if state is None else 1)
        if state is None:
            return
        self._show_verdict(state)
        self._show_behaviour(state)
        self.bars.setVisible(bool(state.judged))
        if is_other_run and state.judged:
            self._on_model_rows_inserted(QModelIndex(), 0, len(state.judged) - 1)
        if is_other_run or self.table.currentIndex().row() <= 0:
            self._select_most_telling(state)

    def copy(self) -> None:
        """Copy the selected rows, or all of them, as tab-separated text."""
        rows = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        if len(rows) < 2:
            rows = list(range(self.model.rowCount()))
        QApplication.clipboard().setText("\n".join(map(self.model.row_text, rows)))

    def _show_verdict(self, state: RunState) -> None:
        comparison = state.comparison
        self.proof.say(state.proof_in_words)
        self.proof.setVisible(bool(state.proof_in_words))
        if comparison is not None:
            self.verdict.say(verdict_title(comparison), _TONES[comparison.decisions])
            self.count.say(verdict_count(comparison))
            self.numbers.say(verdict_numbers(comparison))
            self.numbers.setVisible(bool(self.numbers.text()))
            self.reason.say("   ".join((comparison.reason, *map(goal_line, comparison.goals))))
            self.numbers.setToolTip(yardstick_meaning(comparison, state.model.saved_as if state.model else None))
            return
        stage = state.stage
        waiting = {Phase.STARTING: "Starting", Phase.RUNNING: f"Running: {stage.name}" if stage else "Running"}
        self.verdict.say(waiting.get(state.phase, f"No verdict: {PHASES[state.phase]}"), "")
        self.count.say(f"{len(state.judged)} of {len(state.spec.pairs)} pairs judged")
        self.numbers.hide()
        self.reason.say("" if state.is_over else "The verdict comes after every pair has run on both sides.")

    def _show_behaviour(self, state: RunState) -> None:
        checks = state.behaviour.checks if state.behaviour is not None else ()
        self.behaviour.say(behaviour_headline(checks) if checks else "")
        self.behaviour.setVisible(bool(checks))
        self.defects.show_findings(behaviour_findings(checks))
        self.defects.setVisible(any(check.passed is False for check in checks))

    def _select_most_telling(self, state: RunState) -> None:
        suspects = set(state.comparison.telling) if state.comparison else set()
        rows = (row for row, judged in enumerate(state.judged) if judged.outcome.index in suspects)
        telling = next(rows, 0) if suspects else 0
        if state.judged and self.table.currentIndex().row() != telling:
            self.table.selectRow(telling)

    def _set_lines(self, count: int) -> None:
        # Two sentences, or as many logits as are written one beneath the other.
        height = count * QFontMetrics(theme.number_font()).lineSpacing() + theme.TIGHT
        self.table.verticalHeader().setDefaultSectionSize(height)

    def _on_model_rows_inserted(self, parent: QModelIndex, first: int, last: int) -> None:
        if first == 0 and self.model.judged(0) is not None:
            self._set_lines(max(2, logit_lines(self.model.judged(0).outcome.cpu).count("\n") + 1))
        if first < 50:
            self._fit_columns()

    def _fit_columns(self) -> None:
        for column in Column:
            if column is not Column.PAIR:
                self.table.resizeColumnToContents(column)

    def _on_selection_changed(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        judged = self.model.judged(self.table.currentIndex().row())
        if judged is None or self._state is None:
            return
        pair = self._state.spec.pairs[judged.outcome.index]
        labels = self._state.model.labels if self._state.model else ()
        named = labels or tuple(f"logit {number}" for number in range(len(judged.outcome.cpu)))
        title = f"Pair {judged.outcome.index + 1}:  " + pair_text(pair).replace("\n", "  |  ")
        self.bars.show_pair(title, named, judged.outcome.cpu, judged.outcome.neuron)
