"""The runs of the past, to be looked at again or deleted."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QMessageBox,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from neuron_studio.runs.store import RunStore
from neuron_studio.ui import theme
from neuron_studio.ui.background import begin, in_thread
from neuron_studio.ui.models.history_model import HistoryColumn, HistoryModel
from neuron_studio.ui.models.run_summary import RunSummary, read_summary
from neuron_studio.ui.widgets import keys
from neuron_studio.ui.widgets.allowing import allow
from neuron_studio.ui.widgets.empty_page import EmptyPage
from neuron_studio.ui.widgets.row_table import RowTable
from neuron_studio.wire.run_folder import RunFolder

_READ_AT_ONCE = 40
_NOTHING_YET = "Every run is kept here with its log, its numbers and its bundle."


class HistoryPanel(QWidget):
    """Reads the run folders behind the window's back whenever it comes into view.

    Signals:
        run_chosen: the RunFolder that the user wants to see.
        run_removed: the RunFolder that was deleted.
        compare_asked: the two RunFolders that the user wants to see side by side.
    """

    run_chosen = Signal(object)
    run_removed = Signal(object)
    compare_asked = Signal(object, object)

    def __init__(self, store: RunStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._known: dict[str, RunSummary] = {}
        self._is_reading = False
        self.model = HistoryModel(self)
        self.table = RowTable("Past runs", HistoryColumn.MODEL, HistoryColumn.TARGET, HistoryColumn.DURATION)
        self.table.setModel(self.model)
        self._open = QPushButton("Open")
        self._open.clicked.connect(self._on_open_clicked)
        self._compare = QPushButton("Compare two")
        self._compare.clicked.connect(self._on_compare_clicked)
        self._delete = QPushButton("Delete …")
        self._delete.clicked.connect(self._on_delete_clicked)
        self._dress_table()
        self._arrange()
        self._enable()

    def _dress_table(self) -> None:
        table = self.table
        table.setObjectName("history-table")
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.verticalHeader().hide()
        table.doubleClicked.connect(self._on_table_activated)
        table.selectionModel().selectionChanged.connect(self._enable)
        keys.in_widget(table, Qt.Key.Key_Return, self._on_open_clicked)
        keys.in_widget(table, "Ctrl+D", self._on_compare_clicked)
        keys.in_widget(table, QKeySequence.StandardKey.Delete, self._on_delete_clicked)

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.SPACE)
        buttons.addWidget(self._open)
        buttons.addWidget(self._compare)
        buttons.addWidget(self._delete)
        buttons.addStretch(1)
        runs = QWidget()
        layout = QVBoxLayout(runs)
        layout.setContentsMargins(theme.SPACE, theme.SPACE, theme.SPACE, theme.SPACE)
        layout.setSpacing(theme.SPACE)
        layout.addWidget(self.table, stretch=1)
        layout.addLayout(buttons)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(EmptyPage("No runs yet", _NOTHING_YET))
        self._pages.addWidget(runs)

    def refresh(self) -> None:
        """Read what changed, if anybody can see it."""
        if self.isVisible() and not self._is_reading:
            self._is_reading = True
            begin(self._read())

    async def _read(self) -> None:
        try:
            folders = await in_thread(lambda: list(self._store.folders()))
            runs: list[RunSummary] = []
            for first in range(0, len(folders), _READ_AT_ONCE):
                runs += await in_thread(self._summaries, folders[first : first + _READ_AT_ONCE])
                if first == 0:
                    self._show(runs)
            self._known = {run.folder.name: run for run in runs if run.is_over}
            self._show(runs)
        finally:
            self._is_reading = False

    def _summaries(self, folders: list[RunFolder]) -> list[RunSummary]:
        return [self._known.get(folder.name) or read_summary(folder) for folder in folders]

    def _show(self, runs: list[RunSummary]) -> None:
        had_none = self.model.rowCount() == 0
        self.model.show_runs(runs)
        self._pages.setCurrentIndex(1 if runs else 0)
        if had_none and runs:
            self.table.fit_columns()
            self.table.selectRow(0)
        self._enable()

    @property
    def _chosen(self) -> list[RunSummary]:
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        return [run for row in rows if (run := self.model.run(row)) is not None]

    @property
    def _selected(self) -> RunSummary | None:
        chosen = self._chosen
        return chosen[0] if len(chosen) == 1 else None

    @property
    def _two_finished(self) -> list[RunSummary]:
        chosen = self._chosen
        return chosen if len(chosen) == 2 and all(run.is_finished for run in chosen) else []

    def _enable(self, *_: object) -> None:
        selected = self._selected
        can_open, can_delete = selected is not None and not selected.problem, selected is not None and selected.is_over
        allow(self._open, can_open, "Show this run (Return)", "Choose one run that can be read")
        hint = "Compare two finished runs pair by pair"
        allow(self._compare, bool(self._two_finished), f"{hint} (Ctrl+D)", f"{hint}: choose both with Ctrl or Shift")
        allow(
            self._delete, can_delete, "Delete this run with its log and its bundle (Del)", "Choose one run that is over"
        )

    def _on_table_activated(self, index: QModelIndex) -> None:
        self._on_open_clicked()

    def _on_open_clicked(self) -> None:
        if self._selected is not None and not self._selected.problem:
            self.run_chosen.emit(self._selected.folder)

    def _on_compare_clicked(self) -> None:
        if self._two_finished:
            first, second = self._two_finished
            self.compare_asked.emit(first.folder, second.folder)

    def _on_delete_clicked(self) -> None:
        run = self._selected
        if run is None or not run.is_over:
            return
        question = QMessageBox(self)
        question.setIcon(QMessageBox.Icon.Question)
        question.setText(f"Delete the run of {run.begun} with its log and its bundle?")
        question.setInformativeText(f"{run.folder.path}\nA bundle that was saved to another folder stays there.")
        delete = question.addButton("Delete", QMessageBox.ButtonRole.DestructiveRole)
        question.addButton("Keep", QMessageBox.ButtonRole.RejectRole)
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        delete.clicked.connect(lambda: begin(self._remove(run.folder)))
        question.open()

    async def _remove(self, folder: RunFolder) -> None:
        await in_thread(self._store.remove, folder)
        self._known.pop(folder.name, None)
        self.run_removed.emit(folder)
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
