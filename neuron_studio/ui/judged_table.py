"""The table of compared pairs: sorted, filtered, searched and copied, all of it by keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from neuron_studio.core.compared import Compared
from neuron_studio.core.counting import counted
from neuron_studio.core.decision import JudgedPair
from neuron_studio.core.pair_filter import SHOW_HINTS, PairFilter, Show
from neuron_studio.core.wording import logit_lines
from neuron_studio.ui import theme
from neuron_studio.ui.models.comparison_model import Column, ComparisonModel
from neuron_studio.ui.widgets import keys
from neuron_studio.ui.widgets.elided_combo import ElidedCombo
from neuron_studio.ui.widgets.elided_label import ElidedLabel
from neuron_studio.ui.widgets.following import follow_font
from neuron_studio.ui.widgets.row_table import RowTable


class JudgedTable(QWidget):
    """Keeps the pair that is selected, and its place, through every filter and order.

    Signals:
        pair_selected: the JudgedPair of the current row, or None.
    """

    pair_selected = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kept: tuple[int, int] = (-1, 0)
        self.model = ComparisonModel(self)
        self.table = RowTable("Compared sentence pairs", Column.PAIR, Column.DECISION, Column.YARDSTICK)
        self.show_only = ElidedCombo()
        self.show_only.setAccessibleName("Which pairs are shown")
        for kind in Show:
            self.show_only.addItem(kind.value, kind)
            self.show_only.setItemData(self.show_only.count() - 1, SHOW_HINTS.get(kind), Qt.ItemDataRole.ToolTipRole)
        self.show_only.currentIndexChanged.connect(self._on_filter_edited)
        self.search = QLineEdit(placeholderText="Find in the sentences (Ctrl+F)", clearButtonEnabled=True)
        self.search.setAccessibleName("Text to find in the sentences")
        self.search.textChanged.connect(self._on_filter_edited)
        self.chosen = QPushButton()
        self.chosen.setToolTip("Show all pairs again")
        self.chosen.clicked.connect(lambda: self.show_chosen("", None))
        self.chosen.hide()
        self.shown = ElidedLabel("", "quiet")
        self.shown.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._copy = QPushButton("Copy as text")
        self._copy.setToolTip("Copy the selected rows where they are several, or else all that are shown, every digit")
        self._copy.clicked.connect(self.copy)
        self._dress_table()
        self._arrange()

    def _dress_table(self) -> None:
        table, model = self.table, self.model
        table.setModel(model)
        # After the table's own, so that it knows the new rows when their width is asked for.
        model.rowsInserted.connect(self._on_model_rows_inserted)
        model.modelAboutToBeReset.connect(self._on_model_about_to_be_reset)
        model.modelReset.connect(self._on_model_reset)
        table.setObjectName("comparison-table")
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._set_lines(2)
        header = table.horizontalHeader()
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSortIndicatorClearable(True)
        table.setSortingEnabled(True)
        header.setSortIndicatorShown(False)
        table.selectionModel().selectionChanged.connect(lambda *_: self.pair_selected.emit(self.current))
        keys.in_widget(table, QKeySequence.StandardKey.Copy, self.copy)
        for column in Column:
            keys.in_widget(table, f"Ctrl+Alt+{column + 1}", lambda chosen=column: self._sort_by(chosen))
        keys.in_widget(self, "Ctrl+F", lambda: self.search.setFocus(), with_children=True)
        keys.in_widget(self, "F3", lambda: self.go_to_flip(1), with_children=True)
        keys.in_widget(self, "Shift+F3", lambda: self.go_to_flip(-1), with_children=True)

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE)
        row.addWidget(self.show_only)
        row.addWidget(self.search, stretch=2)
        row.addWidget(self.chosen)
        row.addWidget(self.shown, stretch=2)
        for text, tip, step in (("▲", "The flip before (Shift+F3)", -1), ("▼", "The next flip (F3)", 1)):
            button = QPushButton(text)
            button.setAccessibleName(tip)
            button.setToolTip(tip)
            follow_font(button, lambda narrow=button: narrow.setFixedWidth(_narrow(narrow)))
            button.clicked.connect(lambda checked=False, by=step: self.go_to_flip(by))
            row.addWidget(button)
        row.addWidget(self._copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.TIGHT)
        layout.addLayout(row)
        layout.addWidget(self.table, stretch=1)

    @property
    def current(self) -> JudgedPair | None:
        """The pair that is selected."""
        return self.model.judged(self.table.currentIndex().row())

    def show_compared(self, compared: Compared | None) -> None:
        """Show what there is of a comparison."""
        self.model.show_compared(compared)
        self._say_count()

    def show_chosen(self, name: str, indices: Sequence[int] | None) -> None:
        """Show only the pairs behind a number, under its name; None shows the others again."""
        chosen = None if indices is None else frozenset(indices)
        self.chosen.setVisible(chosen is not None)
        self.chosen.setText(f"{name}: {counted(len(chosen or ()), 'pair')}  ✕")
        self.chosen.setAccessibleName(f"{name}: show all pairs again")
        self._show_filtered(replace(self.model.filter, chosen=chosen))

    def select(self, index: int) -> None:
        """Select the pair with this index, where it is shown."""
        row = self.model.row_of(index)
        if row >= 0 and row != self.table.currentIndex().row():
            self.table.selectRow(row)
            # What is in sight now may be wider than what was.
            self.table.fit_columns()

    def go_to_flip(self, step: int) -> None:
        """Select the next flip, or the one before, from the current row on and around the end."""
        count, row = self.model.rowCount(), self.table.currentIndex().row()
        for distance in range(1, count + 1):
            place = (row + step * distance) % count
            judged = self.model.judged(place)
            if judged is not None and judged.agrees is False:
                self.table.selectRow(place)
                return

    def copy(self) -> None:
        """Copy the selected rows, or all that are shown, as tab-separated text."""
        rows = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        QApplication.clipboard().setText(self.model.text(rows if len(rows) > 1 else range(self.model.rowCount())))

    def _sort_by(self, column: Column) -> None:
        """Sort as a click on the column's title does: upwards, downwards, not at all."""
        header = self.table.horizontalHeader()
        if header.sortIndicatorSection() != column:
            header.setSortIndicator(column, Qt.SortOrder.AscendingOrder)
        elif header.sortIndicatorOrder() is Qt.SortOrder.AscendingOrder:
            header.setSortIndicator(column, Qt.SortOrder.DescendingOrder)
        else:
            header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)

    def _on_filter_edited(self) -> None:
        self._show_filtered(
            replace(self.model.filter, show=self.show_only.currentData(), text=self.search.text().strip())
        )

    def _show_filtered(self, wanted: PairFilter) -> None:
        self.model.show_filtered(wanted)
        self._say_count()
        if self.current is None and self.model.rowCount():
            self.table.selectRow(0)

    def _say_count(self) -> None:
        shown, total = self.model.rowCount(), self.model.total
        self.shown.say(counted(total, "pair") if shown == total else f"{shown:,} of {counted(total, 'pair')}")

    def _set_lines(self, count: int) -> None:
        # Two sentences, or as many logits as are written one beneath the other.
        self.table.make_rows(lambda: count * QFontMetrics(theme.number_font()).lineSpacing() + theme.TIGHT)

    def _on_model_about_to_be_reset(self) -> None:
        judged = self.current
        self._kept = (judged.outcome.index if judged else -1, self.table.verticalScrollBar().value())

    def _on_model_reset(self) -> None:
        if self.model.rowCount():
            self._on_model_rows_inserted(QModelIndex(), 0, self.model.rowCount() - 1)
        index, place = self._kept
        self.select(index)
        self.table.verticalScrollBar().setValue(place)
        if self.current is not None:
            self.table.scrollTo(self.table.currentIndex())

    def _on_model_rows_inserted(self, parent: QModelIndex, first: int, last: int) -> None:
        judged = self.model.judged(0)
        if first == 0 and judged is not None:
            self._set_lines(max(2, logit_lines(judged.outcome.cpu).count("\n") + 1))
        if first < 50:
            self.table.fit_columns()


def _narrow(button: QPushButton) -> int:
    return button.fontMetrics().lineSpacing() + 2 * theme.SPACE
