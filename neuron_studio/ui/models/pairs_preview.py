"""The first pairs of a file as they would come in, to be looked at only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from neuron_studio.wire.spec import SentencePair

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()

_TITLES = ("First sentence", "Second sentence", "Expected")
_LONGEST_SHOWN = 2000


class PairsPreview(QAbstractTableModel):
    """One row for each pair."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._pairs: tuple[SentencePair, ...] = ()

    def show_pairs(self, pairs: Sequence[SentencePair]) -> None:
        """Show these pairs, and repaint only where they are others."""
        if tuple(pairs) != self._pairs:
            self.beginResetModel()
            self._pairs = tuple(pairs)
            self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._pairs)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(_TITLES)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        pair = self._pairs[index.row()]
        text = (pair.first, pair.second, pair.expected or "")[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return text[:_LONGEST_SHOWN]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"Pair {index.row() + 1}, {_TITLES[index.column()].lower()}: {text[:_LONGEST_SHOWN] or 'empty'}"
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return _TITLES[section] if orientation is Qt.Orientation.Horizontal else str(section + 1)
