"""What can be said before a compile: the graph's operators on the target, and what was found on the way."""

from __future__ import annotations

from PySide6.QtCore import QSortFilterProxyModel, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QSplitter,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from neuron_studio.core.operator_words import headline, modules_text, operators_text, reason_text, summary
from neuron_studio.core.run_state import RunState
from neuron_studio.core.wording import run_title
from neuron_studio.ui import theme
from neuron_studio.ui.models.operators_model import SORT_ROLE, OperatorsColumn, OperatorsModel
from neuron_studio.ui.widgets.elided_label import ElidedLabel
from neuron_studio.ui.widgets.empty_page import EmptyPage
from neuron_studio.ui.widgets.finding_list import FindingList
from neuron_studio.ui.widgets.roomy_delegate import RoomyDelegate, give_header_room
from neuron_studio.ui.widgets.tone_label import ToneLabel

_NOTHING_YET = (
    "Each run traces its model on the CPU first: here its operators stand with what AWS publishes about them, "
    "and what was found out about inputs, lengths and memory. Check now tells it without a run."
)


class OperatorsPanel(QWidget):
    """Shows what a run knows of its operators, or the answer to a check without a run.

    Signals:
        check_asked: the text of the button that asks for a look without a run.
        stop_asked: the text of the button that gives it up.
    """

    check_asked = Signal(object)
    stop_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run: RunState | None = None
        self._checked: RunState | None = None
        self._is_checking = False
        self._refusal = ""
        self.model = OperatorsModel(self)
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self.model)
        self._sorted.setSortRole(SORT_ROLE)
        self.status = ElidedLabel("", "quiet")
        self.headline = ToneLabel()
        self.headline.setFont(theme.headline_font(self.font()))
        self.summary = ToneLabel()
        self.summary.setWordWrap(True)
        self.summary.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.findings = FindingList("What was found before the compile")
        self.table = QTableView()
        self.reason = ElidedLabel("", "quiet")
        self.check = QPushButton("Check now")
        self.check.clicked.connect(lambda: self.check_asked.emit(self.check.text()))
        self.stop = QPushButton("Stop checking")
        self.stop.clicked.connect(lambda: self.stop_asked.emit(self.stop.text()))
        self.copy = QPushButton("Copy as text")
        self.copy.clicked.connect(self.copy_text)
        self._dress_table()
        self._arrange()
        self._show()

    def _dress_table(self) -> None:
        table = self.table
        table.setModel(self._sorted)
        table.setAccessibleName("Operators of the traced graph")
        table.setObjectName("operators-table")
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.setAlternatingRowColors(True)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().setDefaultSectionSize(self.fontMetrics().lineSpacing() + theme.SPACE)
        table.setItemDelegate(RoomyDelegate(table))
        give_header_room(table.horizontalHeader())
        table.horizontalHeader().setSectionResizeMode(OperatorsColumn.MODULES, QHeaderView.ResizeMode.Stretch)
        table.setSortingEnabled(True)
        table.sortByColumn(OperatorsColumn.SUPPORT, Qt.SortOrder.AscendingOrder)
        table.selectionModel().selectionChanged.connect(self._on_table_selection_changed)

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.SPACE)
        buttons.addWidget(self.status, stretch=1)
        for button in (self.check, self.stop, self.copy):
            buttons.addWidget(button)
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.setChildrenCollapsible(False)
        parts.addWidget(self.findings)
        parts.addWidget(self.table)
        parts.setStretchFactor(0, 2)
        parts.setStretchFactor(1, 3)
        known = QWidget()
        inside = QVBoxLayout(known)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(theme.SPACE)
        inside.addWidget(self.headline)
        inside.addWidget(self.summary)
        inside.addWidget(parts, stretch=1)
        inside.addWidget(self.reason)
        self._pages = QStackedLayout()
        self._pages.addWidget(EmptyPage("No operators yet", _NOTHING_YET))
        self._pages.addWidget(known)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.WIDE, theme.SPACE, theme.WIDE, theme.SPACE)
        layout.setSpacing(theme.SPACE)
        layout.addLayout(buttons)
        layout.addLayout(self._pages, stretch=1)

    def show_state(self, state: RunState | None) -> None:
        """Show what a run knows; None is another run, of which nothing is known yet."""
        self._run = state
        if state is None:
            self._checked = None
        self._show()

    def show_checking(self, state: RunState) -> None:
        """Show that a check goes on, and where it is."""
        self._is_checking = True
        self._checked = None
        self.status.say(f"Checking {run_title(state.spec)}: {state.stage_name} …")
        self._show()

    def show_checked(self, state: RunState | None) -> None:
        """Show what a check found; None where it was stopped or could not begin."""
        self._is_checking = False
        self._checked = state if state is not None and state.preflight is not None else None
        self._show()

    def show_readiness(self, refusal: str) -> None:
        """Say why no check can begin; empty where one can."""
        self._refusal = refusal
        self._show_buttons()

    def copy_text(self) -> None:
        """Copy everything that is shown."""
        shown = self._shown
        if shown is not None:
            QApplication.clipboard().setText(operators_text(shown))

    @property
    def _shown(self) -> RunState | None:
        candidates = (self._checked, self._run)
        return next((state for state in candidates if state is not None and state.preflight is not None), None)

    def _show(self) -> None:
        shown = self._shown
        self._show_buttons()
        self._pages.setCurrentIndex(0 if shown is None else 1)
        had_none = self.model.rowCount() == 0
        self.model.show_state(shown)
        if not self._is_checking:
            checked = f"Checked without a run: {run_title(shown.spec)}" if shown and shown is self._checked else ""
            self.status.say(checked)
        if shown is None or shown.preflight is None:
            return
        self.headline.say(headline(shown)[:1].upper() + headline(shown)[1:])
        self.summary.say("\n".join(summary(shown)))
        self.findings.show_findings(shown.preflight.findings)
        self.table.setColumnHidden(OperatorsColumn.PLACED, shown.placed is None)
        if had_none and self.model.rowCount():
            for column in OperatorsColumn:
                if column is not OperatorsColumn.MODULES:
                    self.table.resizeColumnToContents(column)
            self.table.selectRow(0)

    def _show_buttons(self) -> None:
        self.check.setVisible(not self._is_checking)
        self.stop.setVisible(self._is_checking)
        self.check.setEnabled(not self._refusal)
        self.check.setToolTip(self._refusal or "Trace the model on the CPU and look at it; no device is needed")
        self.copy.setEnabled(self._shown is not None)

    def _on_table_selection_changed(self) -> None:
        chosen = self.table.selectionModel().selectedRows()
        operator = self.model.operator(self._sorted.mapToSource(chosen[0]).row()) if chosen else None
        if operator is not None:
            reason = f" ({reason_text(operator)})" if reason_text(operator) else ""
            self.reason.say(f"{operator.use.kind}{reason} in {modules_text(operator)}")
