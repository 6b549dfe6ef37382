"""The judged pairs of a run as a table: CPU beside Neuron."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from neuron_studio.core.decision import JudgedPair
from neuron_studio.core.run_state import RunState
from neuron_studio.core.verdict_words import agreement_text, decisions_text
from neuron_studio.core.wording import error_text, logit_lines
from neuron_studio.ui import theme
from neuron_studio.wire.spec import SentencePair

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class Column(IntEnum):
    """The columns, in order."""

    PAIR = 0
    CPU = 1
    NEURON = 2
    DIFFERENCE = 3
    MARGIN = 4
    DECISION = 5


TITLES = {
    Column.PAIR: "Sentence pair",
    Column.CPU: "CPU",
    Column.NEURON: "Neuron",
    Column.DIFFERENCE: "max |Δ|",
    Column.MARGIN: "Margin",
    Column.DECISION: "Decision",
}
_HINTS = {
    Column.CPU: "The model's own float32 logits on the CPU, in the order of its labels",
    Column.NEURON: "The traced model's logits, in the order of its labels",
    Column.DIFFERENCE: "The largest absolute difference between the two rows of logits",
    Column.MARGIN: "How far the CPU's decision is from another one; below half of it an error cannot flip it",
    Column.DECISION: "The label that each side decides for, and whether both agree",
}
_NUMBERS = (Column.CPU, Column.NEURON, Column.DIFFERENCE, Column.MARGIN)


def pair_text(pair: SentencePair) -> str:
    """Both sentences, one a line."""
    return f"{_one_line(pair.first)}\n{_one_line(pair.second)}"


def _one_line(sentence: str) -> str:
    return " ".join(sentence[:500].split())


CELL_TEXTS: dict[Column, Callable[[JudgedPair, SentencePair], str]] = {
    Column.PAIR: lambda judged, pair: pair_text(pair),
    Column.CPU: lambda judged, pair: logit_lines(judged.outcome.cpu),
    Column.NEURON: lambda judged, pair: logit_lines(judged.outcome.neuron),
    Column.DIFFERENCE: lambda judged, pair: error_text(judged.max_abs_error),
    Column.MARGIN: lambda judged, pair: error_text(judged.margin),
    Column.DECISION: lambda judged, pair: decisions_text(judged),
}


class ComparisonModel(QAbstractTableModel):
    """Rows appear as the run judges them; rows that are there never change."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._state: RunState | None = None
        self._shown = 0

    def show_state(self, state: RunState | None) -> None:
        """Show a run's judged pairs; of the same run only the new ones are added."""
        judged = state.judged if state else ()
        if state is None or self._state is None or not self._continues(state):
            self.beginResetModel()
            self._state, self._shown = state, len(judged)
            self.endResetModel()
            return
        if len(judged) == self._shown:
            self._state = state
            return
        self.beginInsertRows(_ROOT, self._shown, len(judged) - 1)
        self._state, self._shown = state, len(judged)
        self.endInsertRows()

    def _continues(self, state: RunState) -> bool:
        last = self._state
        if last is None or state.spec is not last.spec or len(state.judged) < self._shown:
            return False
        return self._shown == 0 or state.judged[self._shown - 1] is last.judged[self._shown - 1]

    def judged(self, row: int) -> JudgedPair | None:
        """The judged pair of a row."""
        return self._state.judged[row] if self._state is not None and 0 <= row < self._shown else None

    def row_text(self, row: int) -> str:
        """A row as tab-separated text."""
        judged = self.judged(row)
        if judged is None or self._state is None:
            return ""
        pair = self._state.spec.pairs[judged.outcome.index]
        logits = ("\t".join(map(repr, side)) for side in (judged.outcome.cpu, judged.outcome.neuron))
        sentences = f"{_one_line(pair.first)}\t{_one_line(pair.second)}"
        return "\t".join((sentences, *logits, judged.cpu_label, judged.neuron_label or "", agreement_text(judged)))

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else self._shown

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(Column)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        judged = self.judged(index.row()) if index.isValid() else None
        if judged is None or self._state is None:
            return None
        column, pair = Column(index.column()), self._state.spec.pairs[judged.outcome.index]
        if role == Qt.ItemDataRole.DisplayRole:
            return CELL_TEXTS[column](judged, pair)
        if role == Qt.ItemDataRole.ToolTipRole and column is Column.PAIR:
            return f"{pair.first[:2000]}\n{pair.second[:2000]}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"Pair {judged.outcome.index + 1}, {TITLES[column]}: {CELL_TEXTS[column](judged, pair)}"
        if role == Qt.ItemDataRole.FontRole and column in _NUMBERS:
            return theme.number_font()
        if role == Qt.ItemDataRole.ForegroundRole and column is Column.DECISION:
            return QColor(_agreement_colour(judged))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column in _NUMBERS else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Vertical:
            judged = self.judged(section)
            return str(judged.outcome.index + 1) if judged and role == Qt.ItemDataRole.DisplayRole else None
        if not 0 <= section < len(Column):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return TITLES[Column(section)]
        if role == Qt.ItemDataRole.ToolTipRole:
            return _HINTS.get(Column(section))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if Column(section) in _NUMBERS else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None


def _agreement_colour(judged: JudgedPair) -> str:
    tones = theme.tones(QApplication.palette())
    if judged.agrees is None:
        return tones.quiet
    if not judged.agrees:
        return tones.danger
    return tones.good if judged.is_safe else tones.warning
