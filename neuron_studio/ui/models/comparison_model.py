"""The compared pairs as a table: one side beside the other, sorted and filtered where they lie."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from neuron_studio.core.compared import SIDES, Compared
from neuron_studio.core.decision import JudgedPair
from neuron_studio.core.pair_filter import PairFilter, Show, error_rank, rows_of
from neuron_studio.core.verdict_words import agreement_text, decisions_text
from neuron_studio.core.wording import error_text, logit_lines, ratio_text
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
    YARDSTICK = 4
    MARGIN = 5
    DECISION = 6


_HINTS = {
    Column.CPU: "This side's logits, in the order of the labels; sorted by the first one",
    Column.NEURON: "This side's logits, in the order of the labels; sorted by the first one",
    Column.DIFFERENCE: "The largest absolute difference between the two rows of logits",
    Column.YARDSTICK: "Both rows' distance in units of what bfloat16 changes on the CPU; 1 is rounding, 10 a defect",
    Column.MARGIN: "How far the first side's decision is from another one; below half of it an error cannot flip it",
    Column.DECISION: "The label that each side decides for, and whether both agree",
}
_NUMBERS = (Column.CPU, Column.NEURON, Column.DIFFERENCE, Column.YARDSTICK, Column.MARGIN)


def titles(names: tuple[str, str] = SIDES) -> dict[Column, str]:
    """The columns' titles; two of them are the names of both sides."""
    return {
        Column.PAIR: "Sentence pair", Column.CPU: names[0], Column.NEURON: names[1], Column.DIFFERENCE: "max |Δ|",
        Column.YARDSTICK: "R", Column.MARGIN: "Margin", Column.DECISION: "Decision",
    }  # fmt: skip


def pair_text(pair: SentencePair) -> str:
    """Both sentences, one a line."""
    return f"{_one_line(pair.first)}\n{_one_line(pair.second)}"


def _one_line(sentence: str) -> str:
    return " ".join(sentence[:500].split())


_CELL_TEXTS: dict[Column, Callable[[JudgedPair, Compared], str]] = {
    Column.PAIR: lambda judged, compared: pair_text(compared.pair(judged)),
    Column.CPU: lambda judged, compared: logit_lines(judged.outcome.cpu),
    Column.NEURON: lambda judged, compared: logit_lines(judged.outcome.neuron),
    Column.DIFFERENCE: lambda judged, compared: error_text(judged.max_abs_error),
    Column.YARDSTICK: lambda judged, compared: ratio_text(judged.yardstick),
    Column.MARGIN: lambda judged, compared: error_text(judged.margin),
    Column.DECISION: lambda judged, compared: decisions_text(judged, compared.names),
}
_SORT_KEYS: dict[Column, Callable[[JudgedPair, SentencePair], Any]] = {
    Column.PAIR: lambda judged, pair: (pair.first.casefold(), pair.second.casefold()),
    Column.CPU: lambda judged, pair: _sortable(judged.outcome.cpu),
    Column.NEURON: lambda judged, pair: _sortable(judged.outcome.neuron),
    Column.DIFFERENCE: lambda judged, pair: error_rank(judged),
    Column.YARDSTICK: lambda judged, pair: _sortable_number(judged.yardstick),
    Column.MARGIN: lambda judged, pair: _sortable_number(judged.margin),
    Column.DECISION: lambda judged, pair: (_gravity(judged), judged.cpu_label),
}


class ComparisonModel(QAbstractTableModel):
    """Rows appear as pairs are judged; a filter and an order that the user chose apply to them as well."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._compared: Compared | None = None
        self._filter = PairFilter()
        self._sorted: tuple[Column, Qt.SortOrder] | None = None
        self._rows: list[int] = []

    @property
    def filter(self) -> PairFilter:
        """What is shown."""
        return self._filter

    @property
    def total(self) -> int:
        """How many pairs there are, shown or not."""
        return len(self._compared.judged) if self._compared else 0

    def show_compared(self, compared: Compared | None) -> None:
        """Show these pairs; of the same comparison only the new ones are added, where they all come last."""
        last = self._compared
        is_rearranged = self._sorted is not None or self._filter.show is Show.WORST
        if compared is None or last is None or not compared.continues(last):
            self._arrange(compared)
        elif len(compared.judged) == len(last.judged):
            self._compared = compared
        elif is_rearranged:
            self._arrange(compared)
        else:
            self._add(compared, rows_of(compared, self._filter, len(last.judged)))

    def _add(self, compared: Compared, new: list[int]) -> None:
        if not new:
            self._compared = compared
            return
        self.beginInsertRows(_ROOT, len(self._rows), len(self._rows) + len(new) - 1)
        self._compared = compared
        self._rows += new
        self.endInsertRows()

    def show_filtered(self, wanted: PairFilter) -> None:
        """Show only what a filter lets through."""
        if wanted != self._filter:
            self._arrange(self._compared, wanted)

    def _sign(self, section: int) -> str:
        # In the title itself: Qt's own arrow would take room in every column.
        if self._sorted is None or self._sorted[0] != section:
            return ""
        return " ▼" if self._sorted[1] is Qt.SortOrder.DescendingOrder else " ▲"

    def _arrange(self, compared: Compared | None, wanted: PairFilter | None = None) -> None:
        # Whoever hears that a reset begins still asks for the old rows.
        self.beginResetModel()
        self._compared, self._filter = compared, wanted or self._filter
        self._rows = rows_of(compared, self._filter) if compared else []
        if compared is not None and self._sorted is not None:
            column, order = self._sorted
            judged, key, pair = compared.judged, _SORT_KEYS[column], compared.pair
            is_down = order is Qt.SortOrder.DescendingOrder
            self._rows.sort(key=lambda row: key(judged[row], pair(judged[row])), reverse=is_down)
        self.endResetModel()

    def judged(self, row: int) -> JudgedPair | None:
        """The judged pair of a row."""
        return self._compared.judged[self._rows[row]] if self._compared and 0 <= row < len(self._rows) else None

    def row_of(self, index: int) -> int:
        """The row of the pair with this index; -1 where it is not shown."""
        judged = self._compared.judged if self._compared else ()
        return next((place for place, row in enumerate(self._rows) if judged[row].outcome.index == index), -1)

    def text(self, rows: Sequence[int]) -> str:
        """Rows as tab-separated text with every digit, under the columns' names."""
        if self._compared is None:
            return ""
        shown = (judged for row in rows if (judged := self.judged(row)) is not None)
        return "\n".join([_header(self._compared), *(_row_text(judged, self._compared) for judged in shown)])

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(Column)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        wanted = (Column(column), order) if 0 <= column < len(Column) else None
        if wanted != self._sorted:
            self._sorted = wanted
            self._arrange(self._compared)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        judged = self.judged(index.row()) if index.isValid() else None
        if judged is None or self._compared is None:
            return None
        column, pair = Column(index.column()), self._compared.pair(judged)
        if role == Qt.ItemDataRole.DisplayRole:
            return _CELL_TEXTS[column](judged, self._compared)
        if role == Qt.ItemDataRole.ToolTipRole and column is Column.PAIR:
            return f"{pair.first[:2000]}\n{pair.second[:2000]}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            title = titles(self._compared.names)[column]
            return f"Pair {judged.outcome.index + 1}, {title}: {_CELL_TEXTS[column](judged, self._compared)}"
        if role == Qt.ItemDataRole.FontRole and column in _NUMBERS:
            return theme.number_font()
        if role == Qt.ItemDataRole.ForegroundRole and column is Column.DECISION:
            return QColor(_agreement_colour(judged))
        return _alignment(column) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Vertical:
            judged = self.judged(section)
            return str(judged.outcome.index + 1) if judged and role == Qt.ItemDataRole.DisplayRole else None
        if not 0 <= section < len(Column):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return titles(self._compared.names if self._compared else SIDES)[Column(section)] + self._sign(section)
        if role == Qt.ItemDataRole.ToolTipRole:
            return _HINTS.get(Column(section))
        return _alignment(Column(section)) if role == Qt.ItemDataRole.TextAlignmentRole else None


def _alignment(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in _NUMBERS else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _header(compared: Compared) -> str:
    labels = compared.labels or tuple(str(place) for place in range(len(compared.judged[0].outcome.cpu)))
    first, second = compared.names
    logits = [f"{side} {label}" for side in (first, second) for label in labels]
    decided = (f"{first} decides", f"{second} decides", "verdict")
    names = ("pair", "first", "second", *logits, "max |Δ|", "R", "margin", *decided)
    return "\t".join(map(_one_line, names))


def _row_text(judged: JudgedPair, compared: Compared) -> str:
    pair, outcome = compared.pair(judged), judged.outcome
    neuron = outcome.neuron or ("",) * len(outcome.cpu)
    logits = [repr(value) if value != "" else "" for value in (*outcome.cpu, *neuron)]
    measured = (judged.max_abs_error, judged.yardstick, judged.margin)
    numbers = ("" if value is None else repr(value) for value in measured)
    sentences = (_one_line(pair.first), _one_line(pair.second))
    decided = (judged.cpu_label, judged.neuron_label or "", agreement_text(judged))
    return "\t".join((str(outcome.index + 1), *sentences, *logits, *numbers, *decided))


def _sortable_number(value: float | None) -> tuple[float, ...]:
    return _sortable((-1.0 if value is None else value,))


def _sortable(values: Sequence[float]) -> tuple[float, ...]:
    # NaN is neither above nor below anything: a list that holds it cannot be sorted.
    return tuple(math.inf if math.isnan(value) else value for value in values)


def _gravity(judged: JudgedPair) -> int:
    if not judged.is_finite:
        return 4
    if judged.agrees is None:
        return 0
    return 3 if not judged.agrees else 1 if judged.is_safe else 2


def _agreement_colour(judged: JudgedPair) -> str:
    tones = theme.tones(QApplication.palette())
    if judged.agrees is None:
        return tones.quiet
    if not judged.agrees:
        return tones.danger
    return tones.good if judged.is_safe else tones.warning
