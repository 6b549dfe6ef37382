"""The table of sentence pairs with everything that can be done in it, each by a key and from its menu."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QMenu, QWidget

from neuron_studio.core.counting import counted
from neuron_studio.ui import theme
from neuron_studio.ui.models.pair_changes import Change
from neuron_studio.ui.models.pairs_model import EMPTY, FILLED, PairColumn, PairsModel
from neuron_studio.ui.models.pasted_pairs import Rows, pairs_in_rows, rows_in_text, text_of_rows
from neuron_studio.ui.widgets.cell_table import CellTable
from neuron_studio.ui.widgets.following import follow_font
from neuron_studio.ui.widgets.keys import Keys
from neuron_studio.ui.widgets.label_delegate import LabelDelegate
from neuron_studio.ui.widgets.roomy_delegate import give_header_room, plain_room
from neuron_studio.ui.widgets.sentence_delegate import SentenceDelegate
from neuron_studio.wire.spec import SentencePair

_LINES_A_ROW = 3
# Before the form scrolls there are so many rows in sight, and at the very least one, of so many lines.
_FAIR_ROWS, _LEAST_LINES = 2, 2
_MEASURED_ROWS = 50


class PairTable(CellTable):
    """Sentence pairs as in a spreadsheet.

    Signals:
        columns_left_out: how many columns of a paste found no place in the table; 0 after any other change.
    """

    columns_left_out = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pairs = PairsModel(parent=self)
        self.labels = LabelDelegate(self)
        self._sentences = SentenceDelegate(self)
        self.menu = QMenu(self)
        self.menu.setToolTipsVisible(True)
        self.setModel(self.pairs)
        self._dress()
        self._add_actions()
        self.rows_moved.connect(lambda moved: self._move(*moved))
        self.bottom_passed.connect(self._on_bottom_passed)
        self.pairs.pairs_changed.connect(self._on_pairs_changed)
        self._show_steps()

    def _dress(self) -> None:
        self.setObjectName("pairs")
        self.setAccessibleName("Sentence pairs")
        self.setItemDelegate(self._sentences)
        self.setItemDelegateForColumn(PairColumn.EXPECTED, self.labels)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAlternatingRowColors(True)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        give_header_room(self, plain_room(self))
        header.setSectionResizeMode(PairColumn.FIRST, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(PairColumn.SECOND, QHeaderView.ResizeMode.Stretch)
        for column in (PairColumn.EXPECTED, PairColumn.TOKENS):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
        follow_font(self, self._measure)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._on_context_menu_requested)

    def _measure(self) -> None:
        self.setMinimumHeight(self._height_of(self._row_of(_LEAST_LINES)))
        self._fit_rows()
        self._fit_columns()

    def sizeHint(self) -> QSize:
        # It has what the other fields leave.
        return QSize(super().sizeHint().width(), self._height_of(_FAIR_ROWS * self._row_of(_LINES_A_ROW)))

    def _height_of(self, body: int) -> int:
        return self.horizontalHeader().sizeHint().height() + body + 2 * self.frameWidth()

    def _row_of(self, lines: int) -> int:
        return lines * self.fontMetrics().lineSpacing() + theme.TIGHT

    def _fit_rows(self) -> None:
        # The rows share the height, so that none is cut in the middle of a line, and the wheel turns by whole rows.
        room = self.viewport().height()
        height = math.ceil(room / max(1, room // self._row_of(_LINES_A_ROW)))
        height = max(height, self._row_of(_LEAST_LINES))
        if height != self.verticalHeader().defaultSectionSize():
            self.verticalHeader().setDefaultSectionSize(height)
        self.verticalScrollBar().setSingleStep(height)

    def _fit_columns(self) -> None:
        texts = [pair.expected or "" for pair in self.pairs.pairs[:_MEASURED_ROWS]]
        label = self.labels.needed_width(texts, self.fontMetrics(), self.width()) + 2 * plain_room(self) + 2
        for column, least in ((PairColumn.EXPECTED, label), (PairColumn.TOKENS, 0)):
            title = str(self.pairs.headerData(column, Qt.Orientation.Horizontal))
            needed = self.fontMetrics().horizontalAdvance(title) + 2 * theme.SPACE + theme.TIGHT
            self.horizontalHeader().resizeSection(column, max(needed, least))

    def show_labels(self, labels: Sequence[str]) -> None:
        """Offer the model's labels as expected ones, and make room for them."""
        if tuple(labels) != self.labels.labels:
            self.labels.labels = tuple(labels)
            self._fit_columns()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_rows()
        self._fit_columns()

    def _add_actions(self) -> None:
        key = QKeySequence.StandardKey
        self.undo = self._action("Undo", ("Ctrl+Z",), "", self._undo)
        self.redo = self._action("Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "", self._redo)
        self.menu.addSeparator()
        self._action("Cut", (key.Cut,), "Copy what is selected, then do as Delete does", self._cut)
        self._action("Copy", (key.Copy,), "Copy what is selected as tab-separated cells", self._copy)
        hint = "Paste cells from the selected one on; whole rows where rows or nothing are selected"
        self.paste = self._action("Paste", (key.Paste,), hint, self._paste)
        hint = "Clear the selected cells; where whole rows are selected, remove them"
        self._action("Clear", (key.Delete,), hint, lambda: self._clear("clear"))
        self.menu.addSeparator()
        self.add = self._action("Add a pair", (Qt.Key.Key_Insert,), "Add an empty pair below", self._add)
        self.duplicate = self._action("Duplicate", ("Ctrl+D",), "Duplicate the selected pairs", self._duplicate)
        self.remove = self._action("Remove", ("Ctrl+-", "Ctrl+Del"), "Remove the selected pairs", self._remove)
        self._action("Move up", ("Alt+Up",), "Move the selected pairs up", lambda: self._move_by(-1))
        self._action("Move down", ("Alt+Down",), "Move the selected pairs down", lambda: self._move_by(1))
        self.menu.addSeparator()
        hint = "Make this pair the trace example: the model is compiled with it"
        self.trace = self._action("Trace with this pair", ("Ctrl+T",), hint, self._trace)

    def _action(
        self,
        text: str,
        shortcuts: Sequence[Keys],
        hint: str,
        act: Callable[[], None],
    ) -> QAction:
        action = QAction(text, self)
        action.setShortcuts([QKeySequence(keys) for keys in shortcuts])
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.setShortcutVisibleInContextMenu(True)
        action.setToolTip(f"{hint} ({action.shortcut().toString()})")
        action.triggered.connect(lambda: act())
        self.addAction(action)
        self.menu.addAction(action)
        return action

    def _undo(self) -> None:
        self._show_change(self.pairs.undo())

    def _redo(self) -> None:
        self._show_change(self.pairs.redo())

    def _cut(self) -> None:
        self._copy()
        self._clear("cut")

    def _copy(self) -> None:
        columns = [column for column in self.selected_columns if column in FILLED]
        rows = self.pairs.texts(self.selected_rows, columns)
        if self.has_whole_rows:
            rows = [row if row[-1] else row[:-1] for row in rows]
        if rows:
            QApplication.clipboard().setText(text_of_rows(rows))

    def _clear(self, name: str) -> None:
        if self.has_whole_rows:
            rows = self.selected_rows
            self.pairs.remove(rows, f"{name} {counted(len(rows), 'pair')}" if name == "cut" else "")
            self._select(rows[0])
        else:
            cells = [cell for cell in self.selected_cells if cell[1] in FILLED]
            self.pairs.fill(dict.fromkeys(cells, ""), f"{name} cells")

    def _paste(self) -> None:
        rows = rows_in_text(QApplication.clipboard().text())
        is_of_pairs = self.has_whole_rows or not self.selected_rows
        if rows and is_of_pairs:
            self._paste_pairs(rows)
        elif rows:
            self._paste_cells(rows, [cell for cell in self.selected_cells if cell[1] in FILLED])

    def _paste_pairs(self, rows: Rows) -> None:
        pasted = pairs_in_rows(rows)
        if not pasted:
            return
        name = f"paste {counted(len(pasted), 'pair')}"
        if self.pairs.pairs == (EMPTY,):
            self.pairs.replace_all(pasted, name)
            row = 0
        else:
            selected = self.selected_rows
            row = selected[-1] + 1 if selected else self.pairs.rowCount()
            self.pairs.insert(row, pasted, name)
        self.select_rows(row, row + len(pasted) - 1)
        self._tell_left_out(rows, len(FILLED))

    def _paste_cells(self, rows: Rows, cells: Sequence[tuple[int, int]]) -> None:
        top, left = self.selected_rows[0], self.selected_columns[0]
        if len(rows) == 1 and len(rows[0]) == 1:
            self.pairs.fill(dict.fromkeys(cells, rows[0][0]), "paste cells")
            return
        places = {
            (top + down, left + right): text
            for down, row in enumerate(rows)
            for right, text in enumerate(row)
            if left + right in FILLED
        }
        self.pairs.fill(places, "paste cells")
        self._tell_left_out(rows, len(FILLED) - left)

    def _tell_left_out(self, rows: Rows, width: int) -> None:
        self.columns_left_out.emit(max(0, max(len(row) for row in rows) - width))

    def _add(self) -> None:
        here = self.currentIndex()
        row = here.row() + 1 if here.isValid() else self.pairs.rowCount()
        self.pairs.insert(row, (EMPTY,))
        self._select(row)
        self.setFocus()
        self.edit(self.currentIndex())

    def _duplicate(self) -> None:
        rows = self.selected_rows
        if rows:
            copies = [self.pairs.pairs[row] for row in rows]
            self.pairs.insert(rows[-1] + 1, copies, f"duplicate {counted(len(copies), 'pair')}")

    def _remove(self) -> None:
        rows = self.selected_rows
        if rows:
            self.pairs.remove(rows)
            self._select(rows[0])

    def _move_by(self, step: int) -> None:
        rows = self.selected_rows
        if rows and rows[0] + step >= 0 and rows[-1] + step < self.pairs.rowCount():
            self._move(rows, rows[0] - 1 if step < 0 else rows[-1] + 2)

    def _move(self, rows: Sequence[int], to: int) -> None:
        column = max(0, self.currentIndex().column())
        self.pairs.move(rows, to)
        first = to - sum(row < to for row in rows)
        if len(rows) == 1:
            self._select(first, column)
        else:
            self.select_rows(first, first + len(rows) - 1)

    def _trace(self) -> None:
        if self.currentIndex().isValid():
            self.pairs.trace_with(self.currentIndex().row())

    def _select(self, row: int, column: int = 0) -> None:
        self.setCurrentIndex(self.pairs.index(min(row, self.pairs.rowCount() - 1), column))

    def _show_change(self, change: Change) -> None:
        if len(change.new) == 1:
            self._select(change.first, max(0, self.currentIndex().column()))
        elif change.new:
            self.select_rows(change.first, change.first + len(change.new) - 1)
        elif self.pairs.rowCount():
            self._select(change.first)

    def _show_steps(self) -> None:
        steps = self.pairs.steps
        for action, name in ((self.undo, steps.undo_name), (self.redo, steps.redo_name)):
            word, keys = action.text(), action.shortcut().toString()
            action.setEnabled(bool(name))
            action.setToolTip(f"{word}: {name} ({keys})" if name else f"Nothing to {word.lower()} ({keys})")

    def _on_pairs_changed(self, pairs: tuple[SentencePair, ...]) -> None:
        self._fit_columns()
        self._show_steps()
        self.columns_left_out.emit(0)

    def _on_bottom_passed(self, row: int) -> None:
        # An empty pair at the end is there to be filled; a second one would only be in the way.
        if self.pairs.pairs[row] != EMPTY:
            self.pairs.insert(row + 1, (EMPTY,))
            self._select(row + 1)

    def _on_context_menu_requested(self, place: QPoint) -> None:
        self.menu.popup(self.viewport().mapToGlobal(place))
