"""The dialog before an import: what the file was read as, what would come in, what would not, all changeable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from neuron_studio.core import import_words
from neuron_studio.core.counting import counted
from neuron_studio.core.pair_columns import Columns
from neuron_studio.core.pair_encoding import ENCODINGS
from neuron_studio.core.pair_layout import FORM_WORDS, Form
from neuron_studio.runs.pair_files.reading import LOOKED_AT, Look, Reading, first_pairs
from neuron_studio.ui import theme
from neuron_studio.ui.file_reader import FileReader
from neuron_studio.ui.models.pairs_preview import PairsPreview
from neuron_studio.ui.widgets.elided_combo import ElidedCombo
from neuron_studio.ui.widgets.elided_label import ElidedLabel
from neuron_studio.ui.widgets.fields import buddy
from neuron_studio.ui.widgets.following import follow_font
from neuron_studio.ui.widgets.roomy_delegate import give_header_room, plain_room
from neuron_studio.ui.widgets.screen_size import fit_screen
from neuron_studio.ui.widgets.tone_label import ToneLabel
from neuron_studio.wire.errors import StudioError
from neuron_studio.wire.spec import SentencePair

_SIZE = (860, 600)
_LINES_OF_BROKEN = 5
_LINES_A_ROW = 2
_LETTERS_OF_LABEL = 18


@dataclass(frozen=True)
class Import:
    """Pairs that were asked for, whether they replace those that are there, and how many rows they leave out."""

    name: str
    pairs: tuple[SentencePair, ...]
    replaces: bool
    left_out: int


class ImportDialog(QDialog):
    """Shows one file; it belongs to the window and nothing waits for it.

    Signals:
        chosen: the Import that was asked for.
    """

    chosen = Signal(object)

    def __init__(self, path: Path, present: int = 0, labels: Sequence[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path, self._labels = path, tuple(labels)
        self._seen: Look | None = None
        self._reading: Reading | None = None
        self.reader = FileReader(self)
        self.preview = PairsPreview(self)
        self.form, self.encoding = ElidedCombo(), ElidedCombo()
        self.header = QCheckBox("First &line holds the names")
        self.first, self.second, self.expected = ElidedCombo(), ElidedCombo(), ElidedCombo()
        self.keep = QCheckBox("&Keep pairs with an empty sentence or a NUL character", checked=True)
        self.note = ToneLabel()
        self.table = QTableView()
        self.broken_head = ToneLabel(tone="warning")
        self.broken = QPlainTextEdit(readOnly=True)
        self.copy = QPushButton("Co&py")
        self.add = QRadioButton(f"&Add to the {counted(present, 'pair')} in the table")
        self.replace = QRadioButton("&Replace them")
        self.leave = QPushButton("Cancel")
        self.start = QPushButton("Reading …")
        self.setObjectName("import")
        self.setWindowTitle("Import sentence pairs")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        (self.add if present else self.replace).setChecked(True)
        self.add.setVisible(bool(present))
        self.replace.setVisible(bool(present))
        self._dress()
        self._arrange()
        self._wire()
        self._look()

    def _dress(self) -> None:
        for form, words in FORM_WORDS.items():
            self.form.addItem(words, form.value)
        for encoding, words in ENCODINGS.items():
            self.encoding.addItem(words, encoding)
        for widget, name in (
            (self.form, "Read as"), (self.encoding, "Encoding"), (self.first, "Column of the first sentences"),
            (self.second, "Column of the second sentences"), (self.expected, "Column of the expected labels"),
            (self.table, f"The first {LOOKED_AT} pairs as they would come in"), (self.broken, "Broken rows"),
            (self.copy, "Copy the broken rows"),
        ):  # fmt: skip
            widget.setAccessibleName(name)
        self.note.setWordWrap(True)
        # A path is one long word; it must not make the dialog wider than the screen.
        self.note.setMinimumWidth(1)
        self.broken.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.broken.setTabChangesFocus(True)
        self.table.setModel(self.preview)
        self.table.setAlternatingRowColors(True)
        self.table.setTabKeyNavigation(False)
        self.table.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        rows = self.table.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.table.horizontalHeader()
        give_header_room(self.table, plain_room(self.table))
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Interactive)
        follow_font(self, self._measure)
        for button in (self.copy, self.leave):
            button.setAutoDefault(False)
        self.start.setDefault(True)

    def _measure(self) -> None:
        line = self.fontMetrics().lineSpacing()
        self.broken.setFixedHeight((_LINES_OF_BROKEN + 1) * line + theme.SPACE)
        self.table.verticalHeader().setDefaultSectionSize(_LINES_A_ROW * line + theme.TIGHT)
        self.table.horizontalHeader().resizeSection(2, _LETTERS_OF_LABEL * self.fontMetrics().averageCharWidth())

    def _arrange(self) -> None:
        name = ElidedLabel(self._path.name, mode=Qt.TextElideMode.ElideMiddle)
        follow_font(self, lambda: name.setFont(theme.headline_font(self.font())))
        name.setToolTip(str(self._path))
        choices = QGridLayout()
        choices.setHorizontalSpacing(theme.SPACE)
        choices.setVerticalSpacing(theme.TIGHT)
        fields = (
            ("Rea&d as", self.form), ("&Encoding", self.encoding), ("", self.header),
            ("&First sentence", self.first), ("&Second sentence", self.second), ("E&xpected label", self.expected),
        )  # fmt: skip
        for number, (text, field) in enumerate(fields):
            row, column = 3 * (number // 3), number % 3
            choices.addWidget(field, row + 1, column)
            choices.setColumnStretch(column, 1)
            if isinstance(field, QComboBox):
                choices.addWidget(buddy(text, field), row, column)
                choices.setRowMinimumHeight(2, theme.TIGHT)
                field.setMinimumContentsLength(12)
                field.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        broken = QHBoxLayout()
        broken.addWidget(self.broken_head, stretch=1)
        broken.addWidget(self.copy)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.SPACE)
        for widget in (self.add, self.replace):
            buttons.addWidget(widget)
        buttons.addStretch(1)
        buttons.addWidget(self.leave)
        buttons.addWidget(self.start)
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.SPACE)
        layout.addWidget(name)
        layout.addLayout(choices)
        layout.addWidget(self.note)
        layout.addWidget(self.keep)
        layout.addWidget(self.table, stretch=1)
        layout.addLayout(broken)
        layout.addWidget(self.broken)
        layout.addLayout(buttons)
        fit_screen(self, *_SIZE)

    def _wire(self) -> None:
        self.reader.looked.connect(self._on_reader_looked)
        self.reader.progressed.connect(self._on_reader_progressed)
        self.reader.read.connect(self._on_reader_read)
        self.reader.failed.connect(self._on_reader_failed)
        self.form.activated.connect(lambda index: self._look(form=Form(self.form.currentData())))
        self.encoding.activated.connect(lambda index: self._look(form=Form(self.form.currentData())))
        self.header.clicked.connect(lambda on: self._look(form=Form(self.form.currentData()), has_header=on))
        for column in (self.first, self.second, self.expected):
            column.activated.connect(lambda index: self._read())
        self.keep.hide()
        self.keep.clicked.connect(lambda on: self._read())
        self.copy.clicked.connect(lambda: QApplication.clipboard().setText(self.broken.toPlainText()))
        self.leave.clicked.connect(self.reject)
        self.start.clicked.connect(self.accept)
        self.finished.connect(self._on_finished)
        self._show_reading(None)

    @property
    def columns(self) -> Columns:
        """The columns that are chosen."""
        return Columns(self.first.currentData() or "", self.second.currentData() or "",
                       self.expected.currentData() or "")  # fmt: skip

    def _look(self, **choices: object) -> None:
        self._show_reading(None)
        self.note.say("Looking …", "quiet")
        encoding = self.encoding.currentData() if choices else None
        self.reader.look_at(self._path, encoding=encoding, **choices)

    def _on_reader_looked(self, seen: Look) -> None:
        self._seen = seen
        self.form.setCurrentIndex(self.form.findData(seen.layout.form.value))
        self.encoding.setCurrentIndex(self.encoding.findData(seen.layout.encoding))
        self.header.setChecked(seen.layout.has_header)
        self.header.setEnabled(seen.layout.form.is_table)
        columns = seen.columns
        for field, chosen, none in (
            (self.first, columns.first, "Choose …"), (self.second, columns.second, "Choose …"),
            (self.expected, columns.expected, "None"),
        ):  # fmt: skip
            field.clear()
            field.addItem(none, "")
            for name in seen.names:
                field.addItem(name, name)
            field.setCurrentIndex(max(0, field.findData(chosen)))
            field.setEnabled(True)
        self._read()

    def _read(self) -> None:
        self._show_reading(None)
        if self._seen is None:
            return
        columns = self.columns
        self.note.say(import_words.columns_words(columns, self._seen.names), "warning")
        if columns.are_enough:
            self.preview.show_pairs(first_pairs(self._seen, columns, self.keep.isChecked()).pairs)
            self.reader.read_all(self._seen, columns, self.keep.isChecked())
        else:
            self.reader.stop()
            self.preview.show_pairs(())
            self.start.setText("Import")

    def _on_reader_progressed(self, share: float) -> None:
        if self._reading is None:
            self.start.setText(f"Reading … {share:.0%}")

    def _on_reader_read(self, reading: Reading) -> None:
        self._show_reading(reading)
        self.keep.setVisible(reading.flawed > 0)
        notes = (
            "" if reading.pairs else "The file holds no pairs.",
            import_words.encoding_words(self.encoding.currentData()),
            import_words.labels_words(reading.labels, self._labels),
            import_words.unlabelled_words(reading.unlabelled),
            import_words.flawed_words(reading.flawed, self.keep.isChecked()),
        )
        self.note.say("\n".join(filter(None, notes)), "")

    def _on_reader_failed(self, error: StudioError) -> None:
        for field in (self.first, self.second, self.expected):
            field.setEnabled(field.count() > 0)
        self._show_reading(None)
        self.preview.show_pairs(())
        self.start.setText("Import")
        self.note.say(f"✗ {error.message} {error.remedy}", "danger")

    def _show_reading(self, reading: Reading | None) -> None:
        self._reading = reading
        head = import_words.rows_words(reading.broken_count, len(reading.broken)) if reading else None
        self.broken_head.say(head or "")
        self.broken.setPlainText("\n".join(map(str, reading.broken)) if reading else "")
        for widget in (self.broken_head, self.copy, self.broken):
            widget.setVisible(head is not None)
        self.start.setEnabled(reading is not None and bool(reading.pairs))
        self.start.setText(
            import_words.import_words(len(reading.pairs), reading.broken_count) if reading else "Reading …"
        )
        if reading is not None:
            self.preview.show_pairs(reading.pairs[:LOOKED_AT])

    def _on_finished(self, code: int) -> None:
        self.reader.stop()
        if code == QDialog.DialogCode.Accepted and self._reading is not None:
            reading, self._reading = self._reading, None
            self.chosen.emit(Import(self._path.name, reading.pairs, self.replace.isChecked(), reading.broken_count))
