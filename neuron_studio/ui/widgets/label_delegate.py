"""The expected label of a pair, chosen from the model's labels or written."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QComboBox, QStyledItemDelegate, QStyleOptionViewItem, QWidget

# A label stands on one line where this share of the table is enough; its longest word may have more.
_SHARE_OF_LABEL, _SHARE_OF_WORD = 0.2, 0.25

Index = QModelIndex | QPersistentModelIndex


class LabelDelegate(QStyledItemDelegate):
    """Offers labels, and takes any other text as well."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.labels: tuple[str, ...] = ()

    def needed_width(self, texts: Sequence[str], letters: QFontMetrics, width: int) -> int:
        """What labels and texts need of a table on one line each; where that is much, what their longest word needs."""
        shown = (*self.labels, *texts)
        whole = max(map(letters.horizontalAdvance, shown), default=0)
        if whole <= _SHARE_OF_LABEL * width:
            return whole
        words = (word for text in shown for word in text.split())
        return min(int(_SHARE_OF_WORD * width), max(map(letters.horizontalAdvance, words), default=0))

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QComboBox(parent, editable=True)
        editor.setAccessibleName("Expected label")
        editor.addItems(["", *self.labels])
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        editor.setCurrentText(str(index.data(Qt.ItemDataRole.EditRole)))
        editor.lineEdit().selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        model.setData(index, editor.currentText(), Qt.ItemDataRole.EditRole)
