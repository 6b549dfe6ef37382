"""The sentence pairs to judge, edited in place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from neuron_studio.core.counting import counted
from neuron_studio.core.problem import Problem
from neuron_studio.ui import theme
from neuron_studio.ui.models.pairs_model import TRACE_SIGN
from neuron_studio.ui.pair_table import PairTable
from neuron_studio.ui.widgets.elided_label import ElidedLabel
from neuron_studio.ui.widgets.fields import buddy
from neuron_studio.ui.widgets.following import follow_font
from neuron_studio.ui.widgets.problem_label import ProblemLabel
from neuron_studio.wire.spec import SentencePair


class PairEditor(QWidget):
    """A table of pairs with its buttons; rows come from typing, the clipboard or a file.

    Signals:
        pairs_changed: the tuple of all SentencePairs, after it or the choice of the trace example has changed.
        file_chosen: the Path of a pairs file to be read.
        export_chosen: the Path of a file to write all pairs into.
    """

    pairs_changed = Signal(object)
    file_chosen = Signal(object)
    export_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = PairTable()
        self.model = self.table.pairs
        self.model.pairs_changed.connect(self._on_model_pairs_changed)
        self.table.columns_left_out.connect(self._on_table_columns_left_out)
        self._count = ElidedLabel("", "quiet")
        self.left_out = ElidedLabel("", "warning")
        self.left_out.hide()
        self.problem = ProblemLabel("pairs")
        self._arrange()

    def _arrange(self) -> None:
        self._count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._count.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        title = QHBoxLayout()
        title.setSpacing(theme.TIGHT)
        title.addWidget(buddy("Sentence &pairs", self.table))
        title.addWidget(self._count, stretch=1)
        for action in (self.table.undo, self.table.redo):
            step = QToolButton(autoRaise=True)
            step.setDefaultAction(action)
            title.addWidget(step)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.TIGHT)
        for text, action in (
            ("&Add", self.table.add),
            ("Remo&ve", self.table.remove),
            ("&Duplicate", self.table.duplicate),
            ("Pa&ste", self.table.paste),
            ("Import &file …", self._action("Read pairs from CSV, TSV, JSONL or a GLUE file", self._ask_for_import)),
            ("E&xport …", self._action("Write all pairs into a CSV, TSV or JSONL file", self._ask_for_export)),
        ):
            buttons.addWidget(self._button(text, action), stretch=1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.TIGHT)
        layout.addLayout(title)
        layout.addWidget(self.table, stretch=1)
        layout.addLayout(buttons)
        layout.addWidget(self.left_out)
        layout.addWidget(self.problem)

    def _action(self, hint: str, slot: Callable[[], None]) -> QAction:
        action = QAction(hint, self)
        action.triggered.connect(lambda checked: slot())
        return action

    def _button(self, text: str, action: QAction) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(action.toolTip())
        button.clicked.connect(lambda: action.trigger())
        # Six words must fit into a third of a small screen.
        follow_font(button, lambda: button.setMinimumWidth(_least_width(button)))
        return button

    def show_pairs(self, pairs: Sequence[SentencePair], trace_pair: int = 0) -> None:
        """Put these pairs into the table, as nothing that could be undone."""
        self.model.begin_with(pairs, trace_pair)

    def show_reading(self, is_reading: bool) -> None:
        """Close the table while pairs are read that belong into it, or open it again."""
        self.setEnabled(not is_reading)
        self._say_count("Reading the pairs of the last time …" if is_reading else "")

    @property
    def labels(self) -> tuple[str, ...]:
        """The model's labels, as far as they are known."""
        return self.table.labels.labels

    def show_labels(self, labels: Sequence[str]) -> None:
        """Offer the model's labels as expected ones."""
        self.table.show_labels(labels)

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Say what is wrong with the pairs."""
        self.problem.show_problems(problems)

    def _on_model_pairs_changed(self, pairs: tuple[SentencePair, ...]) -> None:
        self._say_count()
        self.pairs_changed.emit(pairs)

    def _say_count(self, instead: str = "") -> None:
        self._count.say(instead or f"{counted(len(self.model.written_pairs), 'pair')} · {TRACE_SIGN} trace example")

    def _on_table_columns_left_out(self, count: int) -> None:
        columns = "1 column" if count == 1 else f"{count} columns"
        self.left_out.say(f"⚠ {columns} of the paste found no place: a pair has three.")
        self.left_out.setVisible(count > 0)

    def _ask_for_import(self) -> None:
        dialog = QFileDialog(self, "Import sentence pairs")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(["Sentence pairs (*.csv *.tsv *.jsonl *.ndjson *.json *.txt)", "All files (*)"])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.file_chosen.emit(Path(path)))
        dialog.open()

    def _ask_for_export(self) -> None:
        dialog = QFileDialog(self, "Export sentence pairs")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(["CSV (*.csv)", "TSV (*.tsv)", "JSON lines (*.jsonl)"])
        dialog.setDefaultSuffix("csv")
        dialog.filterSelected.connect(lambda text: dialog.setDefaultSuffix(text[text.index("*.") + 2 : -1]))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.export_chosen.emit(Path(path)))
        dialog.open()


def _least_width(button: QPushButton) -> int:
    return button.fontMetrics().horizontalAdvance(button.text().replace("&", "")) + 2 * theme.TIGHT
