"""How a table of rows to be looked at is dressed, the same everywhere."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from neuron_studio.ui import theme
from neuron_studio.ui.widgets.roomy_delegate import RoomyDelegate, give_header_room


def dress_rows(table: QTableView, name: str, object_name: str) -> None:
    """One whole row is selected at a time and none is edited; each has room for a line of text."""
    table.setAccessibleName(name)
    table.setObjectName(object_name)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setItemDelegate(RoomyDelegate(table))
    table.setTabKeyNavigation(False)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setAlternatingRowColors(True)
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    table.verticalHeader().setDefaultSectionSize(table.fontMetrics().lineSpacing() + theme.SPACE)
    give_header_room(table.horizontalHeader())
