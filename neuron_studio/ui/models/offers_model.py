"""The models to choose from as a list with a heading for each place they come from."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from neuron_studio.core.model_offers import Offer, Place
from neuron_studio.core.offer_words import COLUMNS, cells, told
from neuron_studio.ui import theme

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class OffersColumn(IntEnum):
    """The columns, in order."""

    MODEL = 0
    JUDGES = 1
    DOWNLOADS = 2
    LIKES = 3
    SIZE = 4


NUMBERS = (OffersColumn.DOWNLOADS, OffersColumn.LIKES, OffersColumn.SIZE)


class OffersModel(QAbstractTableModel):
    """Headings and offers; a heading can be neither selected nor chosen."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._rows: list[Place | Offer] = []

    def show_offers(self, offers: Sequence[Offer]) -> None:
        """Show these, in their order; what is shown already is left alone."""
        rows: list[Place | Offer] = []
        place: Place | None = None
        for offer in offers:
            if offer.place is not place:
                place = offer.place
                rows.append(place)
            rows.append(offer)
        if rows != self._rows:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()

    def offer(self, row: int) -> Offer | None:
        """The offer of a row; None for a heading."""
        found = self._rows[row] if 0 <= row < len(self._rows) else None
        return found if isinstance(found, Offer) else None

    def row_of(self, model_id: str) -> int | None:
        """The row of a model."""
        offers = ((row, found) for row, found in enumerate(self._rows) if isinstance(found, Offer))
        return next((row for row, offer in offers if offer.id == model_id), None)

    @property
    def headings(self) -> tuple[int, ...]:
        """The rows that are headings."""
        return tuple(row for row, found in enumerate(self._rows) if isinstance(found, Place))

    def knows(self, column: OffersColumn) -> bool:
        """Whether any offer has something to say in a column."""
        return any(cells(found)[column] for found in self._rows if isinstance(found, Offer))

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(OffersColumn)

    def flags(self, index: Index) -> Qt.ItemFlag:
        is_offer = index.isValid() and self.offer(index.row()) is not None
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable if is_offer else Qt.ItemFlag.NoItemFlags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        found = self._rows[index.row()]
        if isinstance(found, Place):
            return _heading(found, role) if index.column() == OffersColumn.MODEL else None
        return _cell(found, OffersColumn(index.column()), role)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        return None


def _heading(place: Place, role: int) -> Any:
    if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
        return place.value
    if role == Qt.ItemDataRole.FontRole:
        return theme.bold_font()
    if role == Qt.ItemDataRole.ForegroundRole:
        return QColor(theme.tones(QApplication.palette()).quiet)
    return None


def _cell(offer: Offer, column: OffersColumn, role: int) -> Any:
    if role == Qt.ItemDataRole.DisplayRole:
        return cells(offer)[column]
    if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
        return told(offer)
    if role == Qt.ItemDataRole.TextAlignmentRole:
        side = Qt.AlignmentFlag.AlignRight if column in NUMBERS else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter
    if role == Qt.ItemDataRole.ForegroundRole and column is not OffersColumn.MODEL:
        return QColor(theme.tones(QApplication.palette()).quiet)
    return None
