"""The sentence pairs to judge, edited in place."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from neuron_studio.core.validation import Problem
from neuron_studio.ui.models.pairs_model import PairColumn
from neuron_studio.ui.panels.pair_editor import PairEditor
from neuron_studio.wire.spec import SentencePair
from tests.support.scripted_run import LABELS, PAIRS


@pytest.fixture
def editor(qtbot: QtBot) -> PairEditor:
    editor = PairEditor()
    qtbot.addWidget(editor)
    editor.show_pairs(PAIRS)
    editor.show_labels(LABELS)
    editor.resize(430, 400)
    editor.show()
    return editor


def press(editor: PairEditor, qtbot: QtBot, text: str) -> None:
    found = next(button for button in editor.findChildren(QPushButton) if button.text().replace("&", "") == text)
    qtbot.mouseClick(found, Qt.MouseButton.LeftButton)


def select(editor: PairEditor, row: int) -> None:
    editor.table.setCurrentIndex(editor.model.index(row, 0))


def test_that_add_opens_an_empty_pair_to_be_written(editor: PairEditor, qtbot: QtBot) -> None:
    select(editor, 0)
    press(editor, qtbot, "Add")
    assert editor.model.pairs[1] == SentencePair("", "")
    line = editor.table.findChild(QLineEdit)
    qtbot.keyClicks(line, "A new sentence")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: editor.model.pairs[1].first == "A new sentence")


def test_that_pairs_are_removed_and_duplicated_where_they_are_selected(editor: PairEditor, qtbot: QtBot) -> None:
    select(editor, 1)
    press(editor, qtbot, "Duplicate")
    assert editor.model.pairs[1] == editor.model.pairs[2] == PAIRS[1]
    press(editor, qtbot, "Remove")
    press(editor, qtbot, "Remove")
    assert editor.model.pairs == (PAIRS[0], *PAIRS[2:])


def test_that_rows_of_a_spreadsheet_are_pasted_below_the_selected_one(editor: PairEditor, qtbot: QtBot) -> None:
    QApplication.clipboard().setText("a\tb\tparaphrase\nc\td\n")
    select(editor, 0)
    press(editor, qtbot, "Paste")
    assert editor.model.pairs[1:3] == (SentencePair("a", "b", "paraphrase"), SentencePair("c", "d"))


def test_that_a_lone_empty_pair_makes_room_for_pasted_ones(editor: PairEditor, qtbot: QtBot) -> None:
    editor.show_pairs((SentencePair("", ""),))
    QApplication.clipboard().setText("a\tb")
    editor.table.setFocus()
    qtbot.keyClick(editor.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert editor.model.pairs == (SentencePair("a", "b"),)


def test_that_keys_add_remove_and_copy(editor: PairEditor, qtbot: QtBot) -> None:
    select(editor, 2)
    editor.table.setFocus()
    qtbot.keyClick(editor.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == f"{PAIRS[2].first}\t{PAIRS[2].second}\tparaphrase\n"
    qtbot.keyClick(editor.table, Qt.Key.Key_Delete)
    assert PAIRS[2] not in editor.model.pairs


def test_that_the_expected_label_is_chosen_from_those_of_the_model(editor: PairEditor, qtbot: QtBot) -> None:
    index = editor.model.index(0, PairColumn.EXPECTED)
    editor.table.setCurrentIndex(index)
    editor.table.edit(index)
    box = editor.table.findChild(QComboBox)
    assert [box.itemText(row) for row in range(box.count())] == ["", *LABELS]
    box.setCurrentText("paraphrase")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: editor.model.pairs[0].expected == "paraphrase")


def test_that_a_problem_stands_below_the_table(editor: PairEditor) -> None:
    editor.show_problems((Problem("pairs", "no-pairs", "There is no sentence pair.", "Give one."),))
    assert editor.problem.isVisible()
    assert editor._count.text() == "4 pairs · ◆ is the trace example"
