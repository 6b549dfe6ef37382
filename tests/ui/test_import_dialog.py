"""Before pairs come in from a file the dialog shows what it was read as, what comes in and what does not."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox

from neuron_studio.core.pair_columns import Columns
from neuron_studio.core.pair_layout import Form
from neuron_studio.ui.import_dialog import Import, ImportDialog
from neuron_studio.ui.models.pairs_preview import PairsPreview
from neuron_studio.wire.spec import SentencePair
from tests.support.scripted_run import LABELS
from tests.ui.conftest import Run, until
from tests.ui.test_accessibility import mnemonics

GLUE = 'Quality\t#1 String\t#2 String\n1\t"a\tb\n0\tc\td\n1\tlonely\n'

Open = Callable[..., ImportDialog]


@pytest.fixture
def open_dialog(run: Run, tmp_path: Path) -> Iterator[Open]:
    """Opens the dialog on a file of these bytes."""
    dialogs: list[ImportDialog] = []

    def open_dialog(content: str | bytes, name: str = "pairs.tsv", present: int = 0) -> ImportDialog:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        dialog = ImportDialog(path, present, LABELS)
        dialog.imports = []
        dialog.chosen.connect(dialog.imports.append)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        dialog.open()
        dialogs.append(dialog)
        return dialog

    yield open_dialog
    for dialog in dialogs:
        dialog.reject()


def choose(field: QComboBox, value: object) -> None:
    """Pick an entry as a person does."""
    field.setCurrentIndex(field.findData(value))
    field.activated.emit(field.currentIndex())


def test_that_a_glue_file_is_shown_with_what_it_leaves_out(open_dialog: Open, run: Run) -> None:
    async def scene() -> None:
        dialog = open_dialog(GLUE)
        await until(dialog.start.isEnabled)
        assert dialog.form.currentData() == Form.TAB
        assert dialog.columns == Columns("#1 String", "#2 String", "Quality")
        assert dialog.start.text() == "Import 2 pairs, leave out 1 broken row"
        assert dialog.broken.toPlainText() == "line 4: 2 columns where the first line has 3: 1 ⇥ lonely"
        assert dialog.preview.index(0, 0).data() == '"a'
        assert dialog.note.text() == f"0 means {LABELS[0]}; 1 means {LABELS[1]}"
        dialog.copy.click()
        assert QApplication.clipboard().text() == dialog.broken.toPlainText()
        dialog.start.click()
        assert dialog.imports == [
            Import("pairs.tsv", (SentencePair('"a', "b", "1"), SentencePair("c", "d", "0")), True, 1)
        ]

    run(scene())


def test_that_pairs_no_run_takes_come_in_as_they_are_unless_they_are_to_be_left_out(
    open_dialog: Open, run: Run
) -> None:
    async def scene() -> None:
        dialog = open_dialog("sentence1,sentence2,label\na,b,\nc,,\n", "pairs.csv")
        await until(dialog.start.isEnabled)
        assert dialog.start.text() == "Import 2 pairs"
        assert dialog.note.text() == (
            "1 pair with an empty sentence or a NUL character, to be mended or removed before a run."
        )
        dialog.keep.click()
        await until(dialog.start.isEnabled)
        assert dialog.start.text() == "Import 1 pair, leave out 1 broken row"
        assert dialog.broken.toPlainText() == "line 3: the second sentence is empty: c,,"
        dialog.keep.click()
        await until(dialog.start.isEnabled)
        dialog.start.click()
        assert dialog.imports[0].pairs == (SentencePair("a", "b"), SentencePair("c", ""))

    run(scene())


def test_that_a_file_without_flawed_pairs_asks_nothing_about_them(open_dialog: Open, run: Run) -> None:
    async def scene() -> None:
        dialog = open_dialog(GLUE)
        await until(dialog.start.isEnabled)
        assert not dialog.keep.isVisible()

    run(scene())


def test_that_columns_form_encoding_and_header_can_be_changed(open_dialog: Open, run: Run) -> None:
    async def scene() -> None:
        dialog = open_dialog("left;right\ncafé;b\n".encode("cp1252"), "pairs.csv")
        await until(lambda: dialog.start.text() == "Import")
        assert not dialog.start.isEnabled()
        assert "choose the two columns" in dialog.note.text()
        choose(dialog.first, "right")
        choose(dialog.second, "left")
        await until(dialog.start.isEnabled)
        assert dialog.preview.index(0, 1).data() == "café"
        dialog.header.click()
        await until(lambda: dialog.start.text() == "Import 2 pairs")
        assert dialog.columns == Columns("Column 1", "Column 2")
        choose(dialog.encoding, "utf-8")
        await until(lambda: dialog.encoding.currentData() == "utf-8" and "Choose" in dialog.first.currentText())
        choose(dialog.form, Form.TAB.value)
        await until(lambda: "one column only" in dialog.note.text())

    run(scene())


def test_that_pairs_are_added_where_there_are_some_unless_they_are_to_be_replaced(open_dialog: Open, run: Run) -> None:
    async def scene() -> None:
        for replaces in (False, True):
            dialog = open_dialog(GLUE, present=3)
            assert dialog.add.isChecked()
            assert dialog.add.text() == "&Add to the 3 pairs in the table"
            dialog.replace.setChecked(replaces)
            await until(dialog.start.isEnabled)
            dialog.start.click()
            assert [chosen.replaces for chosen in dialog.imports] == [replaces]

    run(scene())


def test_that_labels_which_the_model_does_not_have_are_named(open_dialog: Open, run: Run) -> None:
    async def scene() -> None:
        dialog = open_dialog("sentence1\tsentence2\tgold_label\na\tb\tneutral\nc\td\t-\n")
        await until(dialog.start.isEnabled)
        assert "Not a label of the model" in dialog.note.text()
        assert "“neutral”" in dialog.note.text()
        assert "1 pair with “-”" in dialog.note.text()
        choose(dialog.expected, "")
        await until(lambda: dialog.start.isEnabled() and not dialog.note.text())

    run(scene())


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "is empty"), (b"<html><body>", "Download the file itself"), (b"\x89PNG\r\n\x1a\n", "is a picture")],
)
def test_that_a_file_without_a_table_is_refused_with_the_way_out(
    open_dialog: Open, run: Run, content: bytes, said: str
) -> None:
    async def scene() -> None:
        dialog = open_dialog(content)
        await until(lambda: said in dialog.note.text())
        assert not dialog.start.isEnabled()

    run(scene())


def test_that_a_file_of_two_gigabytes_is_refused_at_once(open_dialog: Open, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        (tmp_path / "pairs.tsv").touch()
        os.truncate(tmp_path / "pairs.tsv", 2 * 2**30)
        dialog = ImportDialog(tmp_path / "pairs.tsv")
        await until(lambda: "at most 512 MB are read" in dialog.note.text())
        dialog.reject()

    run(scene())


def test_that_a_reading_is_given_up_with_the_dialog(open_dialog: Open, run: Run) -> None:
    async def scene() -> None:
        dialog = open_dialog("sentence1\tsentence2\n" + "a\tb\n" * 300_000)
        await until(lambda: "%" in dialog.start.text())
        assert not dialog.start.isEnabled()
        assert dialog.preview.rowCount() == 50
        dialog.leave.click()
        assert not dialog.isVisible()

    run(scene())
    # What was begun has ended: the fixture waited for it.


def test_that_every_control_has_a_name_a_key_of_its_own_and_the_focus(open_dialog: Open, run: Run) -> None:
    async def scene() -> None:
        dialog = open_dialog(GLUE, present=2)
        await until(dialog.start.isEnabled)
        assert [letter for letter, count in mnemonics(dialog).items() if count > 1] == []
        for kind in (QAbstractButton, QComboBox):
            for control in dialog.findChildren(kind):
                if control.focusPolicy() != Qt.FocusPolicy.NoFocus:
                    assert control.accessibleName() or control.text()
        assert dialog.isModal()

    run(scene())


def test_that_the_preview_is_a_sound_model_and_reads_its_cells_aloud(qapp: object) -> None:
    model = PairsPreview()
    model.tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show_pairs((SentencePair("a", "b", "1"), SentencePair("c", "d")))
    assert model.rowCount() == 2
    assert model.index(1, 2).data(Qt.ItemDataRole.AccessibleTextRole) == "Pair 2, expected: empty"
    assert model.headerData(0, Qt.Orientation.Horizontal) == "First sentence"
