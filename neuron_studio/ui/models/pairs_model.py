"""The sentence pairs that will be judged, as a table that can be edited, and every change taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from neuron_studio.core.counting import counted
from neuron_studio.core.shapes import PairTokens
from neuron_studio.core.token_words import cell_hint, cell_text
from neuron_studio.ui.models.pair_changes import Change, PairList, Steps
from neuron_studio.ui.models.shown_text import in_cell, in_tip, whole
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
# A column of sentences is narrow beside a scroll bar, and stands under "Sentence pairs".
_SHORT_TITLES = {**_TITLES, PairColumn.FIRST: "First", PairColumn.SECOND: "Second"}
_FIELDS: dict[int, str] = {PairColumn.FIRST: "first", PairColumn.SECOND: "second", PairColumn.EXPECTED: "expected"}
_HINTS = {
    PairColumn.FIRST: "The sentence that comes first",
    PairColumn.SECOND: "The sentence it is judged with",
    PairColumn.EXPECTED: "The label that a person expects, if known; accuracy is counted over these pairs",
    PairColumn.TOKENS: "How many tokens the pair has, special ones included, and how many of them are cut",
}

# The columns that a user fills, in order.
FILLED = tuple(_FIELDS)


# A count that is not known, or not any more.
EMPTY = SentencePair("", "")
_UNCOUNTED = "…"


class PairsModel(QAbstractTableModel):
    """Sentence pairs in their order; one of them is the trace example.

    Signals:
        pairs_changed: the tuple of all SentencePairs, after it or the choice of the trace example has changed.
    """

    pairs_changed = Signal(object)

    def __init__(self, pairs: Iterable[SentencePair] = (), parent: Any = None) -> None:
        super().__init__(parent)
        self._list = PairList(tuple(pairs))
        self.steps = Steps()
        self._counts: Mapping[tuple[str, str], PairTokens] = {}
        self._cut_at: tuple[int, str] = (0, "")

    @property
    def pairs(self) -> tuple[SentencePair, ...]:
        """All pairs, in order."""
        return self._list.pairs

    @property
    def written_pairs(self) -> tuple[SentencePair, ...]:
        """All pairs but the empty rows at the end, which wait to be written into; the trace example stays."""
        end = len(self.pairs)
        while end > self.trace_pair + 1 and self.pairs[end - 1] == EMPTY:
            end -= 1
        return self.pairs[:end]

    @property
    def trace_pair(self) -> int:
        """The row of the pair to trace with."""
        return self._list.trace

    def text(self, row: int, column: int) -> str:
        """The whole text of a cell."""
        return whole(getattr(self.pairs[row], _FIELDS[column]) or "")

    def texts(self, rows: Iterable[int], columns: Sequence[int]) -> list[list[str]]:
        """The whole texts of many cells, row by row."""
        pairs, fields = self.pairs, [_FIELDS[column] for column in columns]
        return [[whole(getattr(pairs[row], field) or "") for field in fields] for row in rows]

    def begin_with(self, pairs: Sequence[SentencePair], trace_pair: int = 0) -> None:
        """Show pairs that nobody changed yet: there is nothing to take back."""
        self.beginResetModel()
        self._list = PairList(tuple(pairs), max(0, min(trace_pair, len(pairs) - 1)))
        self.steps = Steps()
        self.endResetModel()
        self.pairs_changed.emit(self.pairs)

    def replace_all(self, pairs: Sequence[SentencePair], name: str = "replace all pairs") -> None:
        """Show other pairs."""
        self._do(self._list.replacing_all(pairs, name))

    def insert(self, row: int, pairs: Sequence[SentencePair], name: str = "") -> None:
        """Put pairs before a row."""
        if pairs:
            self._do(self._list.inserting(row, pairs, name or f"add {counted(len(pairs), 'pair')}"))

    def remove(self, rows: Iterable[int], name: str = "") -> None:
        """Take pairs out."""
        gone = set(rows)
        if gone:
            self._do(self._list.removing(gone, name or f"remove {counted(len(gone), 'pair')}"))

    def show_counts(self, counts: Mapping[tuple[str, str], PairTokens], length: int, truncation: str) -> None:
        """Show the tokens of the pairs that were counted, and what is cut of them; the others await their count."""
        self._counts, self._cut_at = counts, (length, truncation)
        if self.pairs:
            last = self.index(len(self.pairs) - 1, PairColumn.TOKENS)
            self.dataChanged.emit(self.index(0, PairColumn.TOKENS), last)

    def _count_data(self, row: int, role: int) -> Any:
        pair = self.pairs[row]
        count, (length, truncation) = self._counts.get((pair.first, pair.second)), self._cut_at
        if role == Qt.ItemDataRole.DisplayRole:
            uncounted = _UNCOUNTED if pair != EMPTY else ""
            return uncounted if count is None else cell_text(count, length)
        if role == Qt.ItemDataRole.ToolTipRole:
            return cell_hint(count, length, truncation)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"Pair {row + 1}, tokens: {cell_hint(count, length, truncation)}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def move(self, rows: Iterable[int], to: int) -> None:
        """Put these rows before another one."""
        moved = set(rows)
        if moved:
            self._do(self._list.moving(moved, to, f"move {counted(len(moved), 'pair')}"))

    def fill(self, cells: Mapping[tuple[int, int], str], name: str) -> None:
        """Write texts into cells, by row and column; rows past the end are added."""
        changed: dict[int, dict[str, str | None]] = {}
        for (row, column), text in cells.items():
            given = (text.strip() or None) if column == PairColumn.EXPECTED else text
            changed.setdefault(row, {})[_FIELDS[PairColumn(column)]] = given
        if changed:
            present = self.pairs
            pairs = {
                row: replace(present[row] if row < len(present) else EMPTY, **fields) for row, fields in changed.items()
            }
            self._do(self._list.putting(pairs, name))

    def trace_with(self, row: int) -> None:
        """Choose the trace example."""
        self._do(self._list.tracing(row, f"trace with pair {row + 1}"))

    def undo(self) -> Change:
        """Take the latest step back; there must be one."""
        return self._make(self.steps.back())

    def redo(self) -> Change:
        """Do again what was last taken back; there must be something."""
        return self._make(self.steps.forth())

    def _do(self, change: Change) -> None:
        if change.old != change.new or change.trace_before != change.trace_after:
            self.steps.add(change)
            self._make(change)

    def _make(self, change: Change) -> Change:
        # Qt has no word for other rows in place of these: as many as both are, are other data; the rest come or go.
        common = min(len(change.old), len(change.new))
        first, added, gone = change.first + common, len(change.new) - common, len(change.old) - common
        if common:
            self._list = self._list.after(replace(change, old=change.old[:common], new=change.new[:common]))
            self.dataChanged.emit(self.index(change.first, 0), self.index(first - 1, len(PairColumn) - 1))
        now = self._list.after(replace(change, first=first, old=change.old[common:], new=change.new[common:]))
        if added:
            self.beginInsertRows(_ROOT, first, first + added - 1)
        elif gone:
            self.beginRemoveRows(_ROOT, first, first + gone - 1)
        self._list = now
        if added:
            self.endInsertRows()
        elif gone:
            self.endRemoveRows()
        if self.pairs:
            # The numbers and the trace sign belong to places, not to pairs.
            self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, len(self.pairs) - 1)
        self.pairs_changed.emit(self.pairs)
        return change

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._list.pairs)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(PairColumn)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        column = PairColumn(index.column())
        if column is PairColumn.TOKENS:
            return self._count_data(index.row(), role)
        text = self.text(index.row(), column)
        if role == Qt.ItemDataRole.DisplayRole:
            return in_cell(text)
        if role == Qt.ItemDataRole.EditRole:
            return text
        if role == Qt.ItemDataRole.ToolTipRole:
            return in_tip(text)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"Pair {index.row() + 1}, {_TITLES[column].lower()}: {in_cell(text) or 'empty'}"
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or not index.isValid():
            return False
        if index.column() not in FILLED:
            return False
        self.fill({(index.row(), index.column()): str(value)}, f"edit pair {index.row() + 1}")
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        is_filled = index.isValid() and index.column() in FILLED
        return super().flags(index) | (Qt.ItemFlag.ItemIsEditable if is_filled else Qt.ItemFlag.NoItemFlags)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal:
            texts = {Qt.ItemDataRole.DisplayRole: _SHORT_TITLES, Qt.ItemDataRole.ToolTipRole: _HINTS}
            return texts[role][PairColumn(section)] if role in texts and section < len(PairColumn) else None
        is_trace = section == self.trace_pair
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{section + 1} {TRACE_SIGN}" if is_trace else str(section + 1)
        if role == Qt.ItemDataRole.ToolTipRole:
            return "The trace example: the model is compiled with this pair" if is_trace else "Drag it to move the pair"
        return None
