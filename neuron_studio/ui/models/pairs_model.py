"""The sentence pairs that will be judged, as a table that can be edited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from neuron_studio.core.shapes import PairTokens
from neuron_studio.core.token_words import cell_hint, cell_text
from neuron_studio.wire.spec import SentencePair

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()

# Which pair the model is traced with; the others only have to fit its shape.
TRACE_SIGN = "◆"


class PairColumn(IntEnum):
    """The columns, in order."""

    FIRST = 0
    SECOND = 1
    EXPECTED = 2
    TOKENS = 3


_TITLES = {
    PairColumn.FIRST: "First sentence",
    PairColumn.SECOND: "Second sentence",
    PairColumn.EXPECTED: "Expected",
    PairColumn.TOKENS: "Tokens",
}
_FIELDS = {PairColumn.FIRST: "first", PairColumn.SECOND: "second", PairColumn.EXPECTED: "expected"}
_HINTS = {
    PairColumn.FIRST: "The sentence that comes first",
    PairColumn.SECOND: "The sentence it is judged with",
    PairColumn.EXPECTED: "The label that a person expects, if known; accuracy is counted over these pairs",
    PairColumn.TOKENS: "How many tokens the pair has, special ones included, and how many of them are cut",
}

# A count that is not known, or not any more.
_UNCOUNTED = "…"


class PairsModel(QAbstractTableModel):
    """Sentence pairs in their order; the first one is the trace example.

    Signals:
        pairs_changed: the tuple of all SentencePairs.
    """

    pairs_changed = Signal(object)

    def __init__(self, pairs: Iterable[SentencePair] = (), parent: Any = None) -> None:
        super().__init__(parent)
        self._pairs = list(pairs)
        self._counts: Mapping[tuple[str, str], PairTokens] = {}
        self._cut_at: tuple[int, str] = (0, "")

    @property
    def pairs(self) -> tuple[SentencePair, ...]:
        """All pairs, in order."""
        return tuple(self._pairs)

    def replace_all(self, pairs: Sequence[SentencePair]) -> None:
        """Show other pairs."""
        self.beginResetModel()
        self._pairs = list(pairs)
        self.endResetModel()
        self.pairs_changed.emit(self.pairs)

    def insert(self, row: int, pairs: Sequence[SentencePair]) -> None:
        """Put pairs before a row."""
        if not pairs:
            return
        self.beginInsertRows(_ROOT, row, row + len(pairs) - 1)
        self._pairs[row:row] = pairs
        self.endInsertRows()
        self._tell(row)

    def remove(self, rows: Iterable[int]) -> None:
        """Take pairs out."""
        gone = sorted(set(rows), reverse=True)
        for row in gone:
            self.beginRemoveRows(_ROOT, row, row)
            del self._pairs[row]
            self.endRemoveRows()
        if gone:
            self._tell(gone[-1])

    def show_counts(self, counts: Mapping[tuple[str, str], PairTokens], length: int, truncation: str) -> None:
        """Show the tokens of the pairs that were counted, and what is cut of them; the others await their count."""
        self._counts, self._cut_at = counts, (length, truncation)
        if self._pairs:
            last = self.index(len(self._pairs) - 1, PairColumn.TOKENS)
            self.dataChanged.emit(self.index(0, PairColumn.TOKENS), last)

    def _count_data(self, row: int, role: int) -> Any:
        pair = self._pairs[row]
        count, (length, truncation) = self._counts.get((pair.first, pair.second)), self._cut_at
        if role == Qt.ItemDataRole.DisplayRole:
            return _UNCOUNTED if count is None else cell_text(count, length)
        if role == Qt.ItemDataRole.ToolTipRole:
            return cell_hint(count, length, truncation)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"Pair {row + 1}, tokens: {cell_hint(count, length, truncation)}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def _tell(self, row: int) -> None:
        # The numbers and the trace sign belong to places, not to pairs.
        if self._pairs:
            self.headerDataChanged.emit(Qt.Orientation.Vertical, min(row, len(self._pairs) - 1), len(self._pairs) - 1)
        self.pairs_changed.emit(self.pairs)

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._pairs)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(PairColumn)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        pair, column = self._pairs[index.row()], PairColumn(index.column())
        if column is PairColumn.TOKENS:
            return self._count_data(index.row(), role)
        text = getattr(pair, _FIELDS[column]) or ""
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return text
        if role == Qt.ItemDataRole.ToolTipRole and text:
            return text[:2000]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"Pair {index.row() + 1}, {_TITLES[column].lower()}: {text or 'empty'}"
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or not index.isValid():
            return False
        column, text = PairColumn(index.column()), str(value)
        if column is PairColumn.TOKENS:
            return False
        given = (text.strip() or None) if column is PairColumn.EXPECTED else text
        changed = replace(self._pairs[index.row()], **{_FIELDS[column]: given})
        if changed != self._pairs[index.row()]:
            self._pairs[index.row()] = changed
            self.dataChanged.emit(index, index)
            self.pairs_changed.emit(self.pairs)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        can_edit = index.isValid() and index.column() != PairColumn.TOKENS
        return super().flags(index) | (Qt.ItemFlag.ItemIsEditable if can_edit else Qt.ItemFlag.NoItemFlags)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal:
            texts = {Qt.ItemDataRole.DisplayRole: _TITLES, Qt.ItemDataRole.ToolTipRole: _HINTS}
            return texts[role][PairColumn(section)] if role in texts and section < len(PairColumn) else None
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{section + 1} {TRACE_SIGN}" if section == 0 else str(section + 1)
        if role == Qt.ItemDataRole.ToolTipRole and section == 0:
            return "The trace example: the model is compiled with this pair"
        return None
