"""The sentence pairs to judge, edited in place."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from neuron_studio.core.validation import Problem
from neuron_studio.ui import theme
from neuron_studio.ui.models.pairs_model import TRACE_SIGN, PairColumn, PairsModel
from neuron_studio.ui.models.pasted_pairs import pairs_in_text, text_of_pairs
from neuron_studio.ui.widgets import keys
from neuron_studio.ui.widgets.elided_label import ElidedLabel
from neuron_studio.ui.widgets.problem_label import ProblemLabel
from neuron_studio.ui.widgets.roomy_delegate import give_header_room
from neuron_studio.wire.spec import SentencePair

_LINES_A_ROW = 3


class _LabelDelegate(QStyledItemDelegate):
    """Offers the model's labels for the expected one."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.labels: tuple[str, ...] = ()

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        editor = QComboBox(parent, editable=True)
        editor.setAccessibleName("Expected label")
        editor.addItems(["", *self.labels])
        return editor

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:
        editor.setCurrentText(str(index.data(Qt.ItemDataRole.EditRole)))

    def setModelData(
        self, editor: QWidget, model: QAbstractItemModel, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        model.setData(index, editor.currentText(), Qt.ItemDataRole.EditRole)


class PairEditor(QWidget):
    """A table of pairs with its buttons; rows come from typing, the clipboard or a file.

    Signals:
        pairs_changed: the tuple of all SentencePairs.
        file_chosen: the Path of a pairs file to be read.
    """

    pairs_changed = Signal(object)
    file_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = PairsModel(parent=self)
        self.model.pairs_changed.connect(self._on_model_pairs_changed)
        self.table = QTableView()
        self.table.setModel(self.model)
        self._labels = _LabelDelegate(self)
        self._count = ElidedLabel("", "quiet")
        self.problem = ProblemLabel("pairs")
        self._dress_table()
        self._arrange()

    def _dress_table(self) -> None:
        table = self.table
        table.setObjectName("pairs")
        table.setAccessibleName("Sentence pairs")
        table.setItemDelegateForColumn(PairColumn.EXPECTED, self._labels)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setAlternatingRowColors(True)
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().setDefaultSectionSize(_LINES_A_ROW * self.fontMetrics().lineSpacing() + theme.TIGHT)
        header = table.horizontalHeader()
        give_header_room(header)
        header.setSectionResizeMode(PairColumn.FIRST, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(PairColumn.SECOND, QHeaderView.ResizeMode.Stretch)
        for column, widest in ((PairColumn.EXPECTED, "Expected"), (PairColumn.TOKENS, "Tokens")):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, self.fontMetrics().horizontalAdvance(widest) + 2 * theme.SPACE + theme.TIGHT)
        standard = QKeySequence.StandardKey
        keys.in_widget(table, standard.Paste, self.paste)
        keys.in_widget(table, standard.Copy, self.copy)
        keys.in_widget(table, standard.Delete, self.remove)
        keys.in_widget(table, Qt.Key.Key_Insert, self.add)

    def _arrange(self) -> None:
        self._count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._count.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        label = QLabel("Sentence &pairs")
        label.setBuddy(self.table)
        title = QHBoxLayout()
        title.addWidget(label)
        title.addWidget(self._count, stretch=1)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.TIGHT)
        for text, hint, slot in (
            ("&Add", "Add an empty pair (Insert)", self.add),
            ("Remo&ve", "Remove the selected pairs (Delete)", self.remove),
            ("&Duplicate", "Duplicate the selected pairs", self.duplicate),
            ("Pa&ste", "Paste tab-separated rows from a spreadsheet (Ctrl+V)", self.paste),
            ("Import &file …", "Read pairs from CSV, TSV, JSONL or a GLUE file", self._on_import_clicked),
        ):
            button = QPushButton(text)
            button.setToolTip(hint)
            button.clicked.connect(slot)
            # Five words must fit into a third of a small screen.
            button.setMinimumWidth(self.fontMetrics().horizontalAdvance(text) + 2 * theme.TIGHT)
            buttons.addWidget(button, stretch=1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.TIGHT)
        layout.addLayout(title)
        layout.addWidget(self.table, stretch=1)
        layout.addLayout(buttons)
        layout.addWidget(self.problem)
        self.table.setMinimumHeight(110)

    def show_pairs(self, pairs: Sequence[SentencePair]) -> None:
        """Put these pairs into the table."""
        self.model.replace_all(pairs)

    def show_labels(self, labels: Sequence[str]) -> None:
        """Offer the model's labels as expected ones."""
        self._labels.labels = tuple(labels)

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Say what is wrong with the pairs."""
        self.problem.show_problems(problems)

    def add(self) -> None:
        """Add an empty pair below the present one and begin to write it."""
        row = self.table.currentIndex().row() + 1 if self.table.currentIndex().isValid() else self.model.rowCount()
        self.model.insert(row, (SentencePair("", ""),))
        self._edit(row)

    def remove(self) -> None:
        """Remove the selected pairs."""
        rows = self._selected_rows()
        self.model.remove(rows)
        if rows and self.model.rowCount():
            self.table.setCurrentIndex(self.model.index(min(rows[0], self.model.rowCount() - 1), 0))

    def duplicate(self) -> None:
        """Put copies of the selected pairs below them."""
        rows = self._selected_rows()
        if rows:
            self.model.insert(rows[-1] + 1, [self.model.pairs[row] for row in rows])

    def paste(self) -> None:
        """Add the clipboard's rows; a lone pair that is still empty makes room for them."""
        pasted = pairs_in_text(QApplication.clipboard().text())
        if pasted:
            here = self.table.currentIndex()
            row = here.row() + 1 if here.isValid() else self.model.rowCount()
            if self.model.pairs == (SentencePair("", ""),):
                self.model.replace_all(pasted)
            else:
                self.model.insert(row, pasted)

    def copy(self) -> None:
        """Copy the selected pairs as tab-separated rows."""
        QApplication.clipboard().setText(text_of_pairs([self.model.pairs[row] for row in self._selected_rows()]))

    def _selected_rows(self) -> list[int]:
        return sorted({index.row() for index in self.table.selectionModel().selectedIndexes()})

    def _edit(self, row: int) -> None:
        index = self.model.index(row, PairColumn.FIRST)
        self.table.setFocus()
        self.table.setCurrentIndex(index)
        self.table.edit(index)

    def _on_model_pairs_changed(self, pairs: tuple[SentencePair, ...]) -> None:
        count = f"{len(pairs):,} pair{'' if len(pairs) == 1 else 's'}"
        self._count.say(f"{count} · {TRACE_SIGN} is the trace example")
        self.pairs_changed.emit(pairs)

    def _on_import_clicked(self) -> None:
        dialog = QFileDialog(self, "Import sentence pairs")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(["Sentence pairs (*.csv *.tsv *.jsonl *.txt)", "All files (*)"])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.file_chosen.emit(Path(path)))
        dialog.open()
