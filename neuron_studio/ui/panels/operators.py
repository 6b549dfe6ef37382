"""What can be said before a compile: the graph's operators on the target, and what was found on the way."""

from __future__ import annotations

from PySide6.QtCore import QSortFilterProxyModel, Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from neuron_studio.core.operator_words import headline, modules_text, operators_text, reason_text, summary
from neuron_studio.core.run_state import RunState
from neuron_studio.core.wording import run_title
from neuron_studio.ui import theme
from neuron_studio.ui.models.operators_model import SORT_ROLE, OperatorsColumn, OperatorsModel
from neuron_studio.ui.widgets.allowing import allow
from neuron_studio.ui.widgets.elided_label import ElidedLabel
from neuron_studio.ui.widgets.empty_page import EmptyPage
from neuron_studio.ui.widgets.finding_list import FindingList
from neuron_studio.ui.widgets.following import follow_font
from neuron_studio.ui.widgets.row_table import RowTable
from neuron_studio.ui.widgets.tone_label import ToneLabel

_NOTHING_YET = (
    "Each run traces its model on the CPU first: here its operators stand with what AWS publishes about them, "
    "and what was found out about inputs, lengths and memory. Preflight now tells it without a run."
)


class OperatorsPanel(QWidget):
    """Shows what a run knows of its operators, or the answer to a preflight without a run.

    Signals:
        preflight_asked: the text of the button that asks for a look without a run.
        stop_asked: the text of the button that gives it up.
    """

    preflight_asked = Signal(object)
    stop_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run: RunState | None = None
        self._found: RunState | None = None
        self._is_looking = False
        self._refusal = ""
        self.model = OperatorsModel(self)
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self.model)
        self._sorted.setSortRole(SORT_ROLE)
        self.status = ElidedLabel("", "quiet")
        self.headline = ToneLabel()
        follow_font(self, lambda: self.headline.setFont(theme.headline_font(self.font())))
        self.summary = ToneLabel()
        self.summary.setWordWrap(True)
        self.summary.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.findings = FindingList("What was found before the compile")
        self.table = RowTable("Operators of the traced graph", OperatorsColumn.MODULES, OperatorsColumn.SUPPORT)
        self.reason = ElidedLabel("", "quiet")
        self.preflight = QPushButton("Preflight now")
        self.preflight.clicked.connect(lambda: self.preflight_asked.emit(self.preflight.text()))
        self.stop = QPushButton("Stop the preflight")
        self.stop.clicked.connect(lambda: self.stop_asked.emit(self.stop.text()))
        self.copy = QPushButton("Copy as text")
        self.copy.clicked.connect(self.copy_text)
        self._dress_table()
        self._arrange()
        self._show()

    def _dress_table(self) -> None:
        table = self.table
        table.setModel(self._sorted)
        table.setObjectName("operators-table")
        table.verticalHeader().hide()
        table.setSortingEnabled(True)
        table.sortByColumn(OperatorsColumn.SUPPORT, Qt.SortOrder.AscendingOrder)
        table.selectionModel().selectionChanged.connect(self._on_table_selection_changed)

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.SPACE)
        buttons.addWidget(self.status, stretch=1)
        for button in (self.preflight, self.stop, self.copy):
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
        layout.setContentsMargins(theme.SPACE, theme.SPACE, theme.SPACE, theme.SPACE)
        layout.setSpacing(theme.SPACE)
        layout.addLayout(buttons)
        layout.addLayout(self._pages, stretch=1)

    def show_state(self, state: RunState | None) -> None:
        """Show what a run knows; None is another run, of which nothing is known yet."""
        self._run = state
        if state is None:
            self._found = None
        self._show()

    def show_looking(self, state: RunState) -> None:
        """Show that a preflight goes on, and where it is."""
        self._is_looking = True
        self._found = None
        self.status.say(f"Checking {run_title(state.spec)}: {state.stage_name} …")
        self._show()

    def show_found(self, state: RunState | None) -> None:
        """Show what a preflight found; None where it was stopped or could not begin."""
        self._is_looking = False
        self._found = state if state is not None and state.preflight is not None else None
        self._show()

    def show_readiness(self, refusal: str) -> None:
        """Say why no preflight can begin; empty where one can."""
        self._refusal = refusal
        self._show_buttons()

    def copy_text(self) -> None:
        """Copy everything that is shown."""
        shown = self._shown
        if shown is not None:
            QApplication.clipboard().setText(operators_text(shown))

    @property
    def _shown(self) -> RunState | None:
        candidates = (self._found, self._run)
        return next((state for state in candidates if state is not None and state.preflight is not None), None)

    def _show(self) -> None:
        shown = self._shown
        self._show_buttons()
        self._pages.setCurrentIndex(0 if shown is None else 1)
        had_none = self.model.rowCount() == 0
        self.model.show_state(shown)
        if not self._is_looking:
            told = f"Preflight without a run: {run_title(shown.spec)}" if shown and shown is self._found else ""
            self.status.say(told)
        if shown is None or shown.preflight is None:
            return
        self.headline.say(headline(shown)[:1].upper() + headline(shown)[1:])
        self.summary.say("\n".join(summary(shown)))
        self.findings.show_findings(shown.preflight.findings)
        is_other_width = had_none or self.table.isColumnHidden(OperatorsColumn.PLACED) != (shown.placed is None)
        self.table.setColumnHidden(OperatorsColumn.PLACED, shown.placed is None)
        if is_other_width:
            self.table.fit_columns()
        if had_none:
            self.table.selectRow(0)

    def _show_buttons(self) -> None:
        self.preflight.setVisible(not self._is_looking)
        self.stop.setVisible(self._is_looking)
        hint = "Trace the model on the CPU and look at it; no device is needed"
        allow(self.preflight, not self._refusal, hint, self._refusal)
        allow(self.copy, self._shown is not None, "Copy everything that is shown", "No operators are known yet")

    def _on_table_selection_changed(self) -> None:
        chosen = self.table.selectionModel().selectedRows()
        operator = self.model.operator(self._sorted.mapToSource(chosen[0]).row()) if chosen else None
        if operator is not None:
            reason = f" ({reason_text(operator)})" if reason_text(operator) else ""
            self.reason.say(f"{operator.use.kind}{reason} in {modules_text(operator)}")
