"""The operators of a traced graph as a table, and an order for it by any column."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from neuron_studio.core.operator_words import COLUMNS, modules_text, reason_text, rows
from neuron_studio.core.run_state import RunState
from neuron_studio.wire.operators import JudgedOperator, Support

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()

# By what the table is ordered, apart from what its cells show.
SORT_ROLE = Qt.ItemDataRole.UserRole


class OperatorsColumn(IntEnum):
    """The columns, in order."""

    OPERATOR = 0
    COUNT = 1
    SHARE = 2
    SUPPORT = 3
    PLACED = 4
    MODULES = 5


_NUMBERS = (OperatorsColumn.COUNT, OperatorsColumn.SHARE)

# What needs a look comes first.
_GRAVITY = (Support.FAILS, Support.UNSUPPORTED, Support.NOT_LISTED, Support.LIMITED, Support.IN_EXAMPLES,
            Support.LISTED, Support.SUPPORTED)  # fmt: skip


class OperatorsModel(QAbstractTableModel):
    """One row for each kind of operator, the most frequent first."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._operators: tuple[JudgedOperator, ...] = ()
        self._cells: list[tuple[str, ...]] = []

    def show_state(self, state: RunState | None) -> None:
        """Show the operators that a state knows, and repaint only where they are others."""
        operators = state.preflight.operators if state is not None and state.preflight is not None else ()
        cells = rows(operators, state.placed if state is not None else None)
        if cells == self._cells and operators == self._operators:
            return
        self.beginResetModel()
        self._operators, self._cells = operators, cells
        self.endResetModel()

    def operator(self, row: int) -> JudgedOperator | None:
        """The operator of a row."""
        return self._operators[row] if 0 <= row < len(self._operators) else None

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._operators)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(OperatorsColumn)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        operator = self.operator(index.row()) if index.isValid() else None
        if operator is None:
            return None
        column = OperatorsColumn(index.column())
        text = self._cells[index.row()][column]
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        if role == SORT_ROLE:
            return _sort_key(operator, column, text)
        if role == Qt.ItemDataRole.ToolTipRole:
            return modules_text(operator, 24) if column is OperatorsColumn.MODULES else reason_text(operator) or None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{operator.use.kind}, {COLUMNS[column]}: {text}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(column)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(OperatorsColumn):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        return _side(section) if role == Qt.ItemDataRole.TextAlignmentRole else None


def _side(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in _NUMBERS else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _sort_key(operator: JudgedOperator, column: OperatorsColumn, text: str) -> int | str:
    if column in _NUMBERS:
        return operator.use.count
    return _GRAVITY.index(operator.support) if column is OperatorsColumn.SUPPORT else text
