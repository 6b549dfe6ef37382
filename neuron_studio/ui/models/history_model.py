"""The past runs as a table, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from neuron_studio.ui.models.run_summary import RunSummary

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class HistoryColumn(IntEnum):
    """The columns, in order."""

    BEGUN = 0
    MODEL = 1
    TARGET = 2
    DECISIONS = 3
    DURATION = 4
    EMULATED = 5


_TITLES = {
    HistoryColumn.BEGUN: "Started",
    HistoryColumn.MODEL: "Model",
    HistoryColumn.TARGET: "Target",
    HistoryColumn.DECISIONS: "Decisions",
    HistoryColumn.DURATION: "Duration",
    HistoryColumn.EMULATED: "Ran on",
}


class HistoryModel(QAbstractTableModel):
    """Summaries of run folders; they arrive in any order and stand by their names, which begin with their time."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._runs: list[RunSummary] = []

    def run(self, row: int) -> RunSummary | None:
        """The run of a row."""
        return self._runs[row] if 0 <= row < len(self._runs) else None

    def show_runs(self, runs: Sequence[RunSummary]) -> None:
        """Show these runs and no others, and repaint only where something differs."""
        wanted = sorted(runs, key=lambda run: run.folder.name, reverse=True)
        if [run.folder for run in wanted] == [run.folder for run in self._runs]:
            for row, run in enumerate(wanted):
                if run != self._runs[row]:
                    self._runs[row] = run
                    self.dataChanged.emit(self.index(row, 0), self.index(row, len(HistoryColumn) - 1))
            return
        self.beginResetModel()
        self._runs = wanted
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._runs)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(HistoryColumn)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        run = self.run(index.row()) if index.isValid() else None
        if run is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _cell_text(run, HistoryColumn(index.column()))
        if role == Qt.ItemDataRole.ToolTipRole:
            return run.problem or str(run.folder.path)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = (
                Qt.AlignmentFlag.AlignRight if index.column() == HistoryColumn.DURATION else Qt.AlignmentFlag.AlignLeft
            )
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _TITLES[HistoryColumn(section)] if 0 <= section < len(HistoryColumn) else None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section == HistoryColumn.DURATION else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None


def _cell_text(run: RunSummary, column: HistoryColumn) -> str:
    return {
        HistoryColumn.BEGUN: run.begun,
        HistoryColumn.MODEL: run.model,
        HistoryColumn.TARGET: run.target,
        HistoryColumn.DECISIONS: run.decisions,
        HistoryColumn.DURATION: run.duration,
        HistoryColumn.EMULATED: "" if run.problem else "EMULATED" if run.emulated else "Neuron SDK",
    }[column]
