"""Sentences in table cells: laid out in the direction of their script, edited with all their lines."""

from __future__ import annotations

import unicodedata

from PySide6.QtCore import QAbstractItemModel, QEvent, QMimeData, QModelIndex, QObject, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QTextOption
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from neuron_studio.ui.models.shown_text import edited, to_edit

Index = QModelIndex | QPersistentModelIndex
_Hint = QStyledItemDelegate.EndEditHint

# An editor is never lower than this many lines, so that a long sentence can be read while it is written.
_LEAST_LINES = 5

# From so many characters on, lines of the editor may end inside a word.
_LONG = 5000


def is_right_to_left(text: str) -> bool:
    """Whether the first letter with a direction belongs to a script that runs to the left."""
    kinds = map(unicodedata.bidirectional, text)
    return next((kind in ("R", "AL") for kind in kinds if kind in ("L", "R", "AL")), False)


class _SentenceEditor(QPlainTextEdit):
    """Takes sentences of any length without a delay."""

    def make_room(self, length: int) -> None:
        """Prepare for so many characters: to look for the ends of words in a long run of letters takes seconds."""
        if length > _LONG:
            self.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)

    def insertFromMimeData(self, source: QMimeData) -> None:
        self.make_room(len(source.text()))
        super().insertFromMimeData(source)


class SentenceDelegate(QStyledItemDelegate):
    """Edits plain text of any lines: Enter and Tab end it, Shift+Enter begins another line."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        if is_right_to_left(option.text):
            option.direction = Qt.LayoutDirection.RightToLeft

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        cell = QStyleOptionViewItem(option)
        self.initStyleOption(cell, index)
        text, cell.text = cell.text, ""
        style = cell.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, cell, painter, cell.widget)
        # As many lines as stand clear of the cells above and below.
        cell.text, cell.rect = text, cell.rect.adjusted(0, 1, 0, -1)
        cell.state &= ~QStyle.StateFlag.State_HasFocus
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, cell, painter, cell.widget)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = _SentenceEditor(parent)
        editor.setAccessibleName(str(index.data(Qt.ItemDataRole.AccessibleTextRole)))
        editor.setFrameStyle(QFrame.Shape.Box.value | QFrame.Shadow.Plain.value)
        editor.setAutoFillBackground(True)
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        text = to_edit(index.data(Qt.ItemDataRole.EditRole))
        editor.make_room(len(text))
        editor.setPlainText(text)
        editor.selectAll()
        editor.document().setModified(False)

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        # An editor makes one kind of line end of all; what was only looked at stays as it was.
        if editor.document().isModified():
            text = editor.document().toRawText().replace("\u2029", "\n")
            model.setData(index, edited(text, index.data(Qt.ItemDataRole.EditRole)), Qt.ItemDataRole.EditRole)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        place = QRect(option.rect)
        place.setHeight(max(place.height(), _LEAST_LINES * option.fontMetrics.lineSpacing()))
        place.moveBottom(min(place.bottom(), max(editor.parentWidget().height() - 1, option.rect.bottom())))
        editor.setGeometry(place)

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                    editor.insertPlainText("\n")
                else:
                    self._end(editor, _Hint.SubmitModelCache)
                return True
            if event.key() == Qt.Key.Key_Tab:
                self._end(editor, _Hint.EditNextItem)
                return True
            if event.key() == Qt.Key.Key_Backtab:
                self._end(editor, _Hint.EditPreviousItem)
                return True
        return super().eventFilter(editor, event)

    def _end(self, editor: QObject, hint: _Hint) -> None:
        self.commitData.emit(editor)
        self.closeEditor.emit(editor, hint)
