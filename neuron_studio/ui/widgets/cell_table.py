"""A table with the keys of a spreadsheet."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QAbstractItemDelegate, QAbstractItemView, QPlainTextEdit, QTableView, QWidget

from neuron_studio.ui.widgets.row_header import RowHeader

Index = QModelIndex | QPersistentModelIndex
_Hint = QAbstractItemDelegate.EndEditHint
_Trigger = QAbstractItemView.EditTrigger
_CONTROL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier


class CellTable(QTableView):
    """Enter goes down and Shift+Enter up, Tab along the cells and out after the last one, Ctrl+Tab out at once.

    Shift+Space takes whole rows.

    Signals:
        rows_moved: the rows that were dragged by their numbers, and the row before which they were dropped.
        bottom_passed: the row that Enter was pressed in when there was none below.
    """

    rows_moved = Signal(object)
    bottom_passed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        header = RowHeader(lambda: self.selected_rows if self.has_whole_rows else (), self)
        header.rows_dropped.connect(self.rows_moved)
        self.setVerticalHeader(header)

    def setModel(self, model: QAbstractItemModel | None) -> None:
        super().setModel(model)
        # Titles do not show what is selected; to find out, Qt would ask each of 100,000 rows at every painting.
        self.horizontalHeader().setSelectionModel(QItemSelectionModel(model, self.horizontalHeader()))

    @property
    def selected_rows(self) -> tuple[int, ...]:
        """The rows with a selected cell, in order."""
        ranges = self.selectionModel().selection()
        return tuple(sorted({row for part in ranges for row in range(part.top(), part.bottom() + 1)}))

    @property
    def selected_cells(self) -> tuple[tuple[int, int], ...]:
        """The selected cells by row and column, in order."""
        return tuple(
            sorted(
                (row, column)
                for part in self.selectionModel().selection()
                for row in range(part.top(), part.bottom() + 1)
                for column in range(part.left(), part.right() + 1)
            )
        )

    @property
    def selected_columns(self) -> tuple[int, ...]:
        """The columns with a selected cell, in order."""
        ranges = self.selectionModel().selection()
        return tuple(sorted({column for part in ranges for column in range(part.left(), part.right() + 1)}))

    @property
    def rows_in_sight(self) -> range:
        """The rows that are at least partly seen."""
        height = self.viewport().height()
        if not self.isVisible() or self.rowAt(0) < 0:
            return range(0)
        last = self.rowAt(height - 1)
        return range(self.rowAt(0), self.model().rowCount() if last < 0 else last + 1)

    @property
    def has_whole_rows(self) -> bool:
        """Whether rows are selected from their first cell to their last, and nothing else."""
        ranges = self.selectionModel().selection()
        width = self.model().columnCount()
        return bool(ranges) and all(part.width() == width for part in ranges)

    def select_rows(self, first: int, last: int) -> None:
        """Select whole rows and lead to the first of them."""
        model = self.model()
        last = min(last, model.rowCount() - 1)
        if 0 <= first <= last:
            rows = QItemSelection(model.index(first, 0), model.index(last, model.columnCount() - 1))
            flags = QItemSelectionModel.SelectionFlag
            self.selectionModel().setCurrentIndex(model.index(first, 0), flags.NoUpdate)
            self.selectionModel().select(rows, flags.ClearAndSelect)
            self.scrollTo(model.index(first, 0))

    def go_down(self) -> None:
        """Go to the cell below."""
        here = self.currentIndex()
        if here.isValid() and here.row() + 1 == self.model().rowCount():
            self.bottom_passed.emit(here.row())
        elif here.isValid():
            self.setCurrentIndex(here.siblingAtRow(here.row() + 1))

    def edit(self, index: Index, trigger: _Trigger = _Trigger.AllEditTriggers, event: QEvent | None = None) -> bool:
        is_begun = super().edit(index, trigger, event)
        editor = self.indexWidget(index)
        # What is typed replaces the text, which is all selected; whoever asked for an editor wants to go on.
        if is_begun and trigger is not _Trigger.AnyKeyPressed and isinstance(editor, QPlainTextEdit):
            editor.moveCursor(QTextCursor.MoveOperation.End)
        return is_begun

    def closeEditor(self, editor: QWidget, hint: _Hint) -> None:
        super().closeEditor(editor, _Hint.NoHint)
        if hint is _Hint.SubmitModelCache:
            self.go_down()
        elif hint in (_Hint.EditNextItem, _Hint.EditPreviousItem):
            self.focusNextPrevChild(hint is _Hint.EditNextItem)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and is_plain:
            # An editor's own Enter comes here as well, before the editor is closed.
            if self.state() is not QAbstractItemView.State.EditingState:
                self.go_down()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and event.modifiers() & _SHIFT:
            here = self.currentIndex()
            self.setCurrentIndex(here.siblingAtRow(max(0, here.row() - 1)))
        elif event.key() == Qt.Key.Key_Space and event.modifiers() == _SHIFT:
            rows = self.selected_rows or (self.currentIndex().row(),)
            self.select_rows(rows[0], rows[-1])
        elif event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab) and event.modifiers() & _CONTROL:
            self._leave(event.key() == Qt.Key.Key_Tab)
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, is_next: bool) -> bool:
        model, here = self.model(), self.currentIndex()
        row, column = (model.rowCount() - 1, model.columnCount() - 1) if is_next else (0, 0)
        if not here.isValid() or (here.row(), here.column()) == (row, column):
            return self._leave(is_next)
        return super().focusNextPrevChild(is_next)

    def _leave(self, is_next: bool) -> bool:
        self.setTabKeyNavigation(False)
        is_left = super().focusNextPrevChild(is_next)
        self.setTabKeyNavigation(True)
        return is_left
