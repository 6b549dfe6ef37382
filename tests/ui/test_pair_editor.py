"""The sentence pairs to judge, edited in place."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QItemSelectionModel, QPoint, QPointF, Qt
from PySide6.QtGui import QKeySequence, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from neuron_studio.core.problem import Problem
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


def select(editor: PairEditor, row: int, column: int = 0) -> None:
    editor.table.setCurrentIndex(editor.model.index(row, column))
    editor.table.setFocus()


def key(editor: PairEditor, qtbot: QtBot, keys: str) -> None:
    """Press keys as a user does: where the focus is."""
    pressed = QKeySequence(keys)[0]
    qtbot.keyClick(editor.table, pressed.key(), pressed.keyboardModifiers())


def place(editor: PairEditor) -> tuple[int, int]:
    return editor.table.currentIndex().row(), editor.table.currentIndex().column()


def firsts(editor: PairEditor) -> str:
    """The first sentences, the trace example's as a capital."""
    trace = editor.model.trace_pair
    return "".join(pair.first.upper() if row == trace else pair.first for row, pair in enumerate(editor.model.pairs))


def show_letters(editor: PairEditor, letters: str) -> None:
    editor.show_pairs([SentencePair(letter, letter) for letter in letters])


def test_that_add_opens_an_empty_pair_to_be_written(editor: PairEditor, qtbot: QtBot) -> None:
    select(editor, 0)
    press(editor, qtbot, "Add")
    assert editor.model.pairs[1] == SentencePair("", "")
    line = editor.table.findChild(QPlainTextEdit)
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


def test_that_rows_of_a_spreadsheet_are_pasted_below_the_selected_ones(editor: PairEditor, qtbot: QtBot) -> None:
    QApplication.clipboard().setText("a\tb\tparaphrase\nc\td\n")
    select(editor, 0)
    key(editor, qtbot, "Shift+Space")
    press(editor, qtbot, "Paste")
    assert editor.model.pairs[1:3] == (SentencePair("a", "b", "paraphrase"), SentencePair("c", "d"))
    assert editor.table.selected_rows == (1, 2)


def test_that_cells_are_pasted_from_the_selected_one_on_and_rows_are_added(editor: PairEditor, qtbot: QtBot) -> None:
    QApplication.clipboard().setText("a\tparaphrase\nb\t\n")
    select(editor, 3, PairColumn.SECOND)
    key(editor, qtbot, "Ctrl+V")
    assert editor.model.pairs[3:] == (SentencePair(PAIRS[3].first, "a", "paraphrase"), SentencePair("", "b"))
    key(editor, qtbot, "Ctrl+Z")
    assert editor.model.pairs == PAIRS


def test_that_one_cell_fills_all_that_are_selected(editor: PairEditor, qtbot: QtBot) -> None:
    QApplication.clipboard().setText("paraphrase")
    select(editor, 0, PairColumn.EXPECTED)
    key(editor, qtbot, "Shift+Down")
    key(editor, qtbot, "Ctrl+V")
    assert [pair.expected for pair in editor.model.pairs[:2]] == ["paraphrase", "paraphrase"]


def test_that_a_paste_says_what_found_no_place(editor: PairEditor, qtbot: QtBot) -> None:
    QApplication.clipboard().setText("a\tb\tyes\tmore\tand more\n")
    key(editor, qtbot, "Ctrl+V")
    assert editor.left_out.isVisible()
    assert editor.left_out.text() == "⚠ 2 columns of the paste found no place: a pair has three."
    key(editor, qtbot, "Ctrl+Z")
    assert not editor.left_out.isVisible()


def test_that_a_lone_empty_pair_makes_room_for_pasted_ones(editor: PairEditor, qtbot: QtBot) -> None:
    editor.show_pairs((SentencePair("", ""),))
    QApplication.clipboard().setText("a\tb")
    editor.table.setFocus()
    qtbot.keyClick(editor.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert editor.model.pairs == (SentencePair("a", "b"),)


def test_that_a_paste_of_blanks_takes_nothing_away(editor: PairEditor, qtbot: QtBot) -> None:
    editor.show_pairs((SentencePair("", ""),))
    QApplication.clipboard().setText(" \n\n")
    key(editor, qtbot, "Ctrl+V")
    assert editor.model.pairs == (SentencePair("", ""),)


def test_that_delete_clears_cells_and_removes_whole_rows(editor: PairEditor, qtbot: QtBot) -> None:
    select(editor, 2)
    key(editor, qtbot, "Delete")
    assert editor.model.pairs[2] == SentencePair("", PAIRS[2].second, "paraphrase")
    key(editor, qtbot, "Shift+Space")
    key(editor, qtbot, "Delete")
    assert editor.model.pairs == (*PAIRS[:2], PAIRS[3])
    select(editor, 1, 1)
    key(editor, qtbot, "Ctrl+Delete")
    assert editor.model.pairs == (PAIRS[0], PAIRS[3])


def test_that_rows_are_copied_and_cut_as_a_spreadsheet_takes_them(editor: PairEditor, qtbot: QtBot) -> None:
    select(editor, 2)
    key(editor, qtbot, "Ctrl+C")
    assert QApplication.clipboard().text() == f"{PAIRS[2].first}\n"
    key(editor, qtbot, "Shift+Space")
    key(editor, qtbot, "Ctrl+X")
    assert QApplication.clipboard().text() == f"{PAIRS[2].first}\t{PAIRS[2].second}\tparaphrase\n"
    assert editor.model.pairs == (*PAIRS[:2], PAIRS[3])
    key(editor, qtbot, "Ctrl+Z")
    assert editor.model.pairs == PAIRS


def test_that_pairs_are_reordered_by_keys_and_the_trace_example_goes_along(editor: PairEditor, qtbot: QtBot) -> None:
    show_letters(editor, "abcd")
    select(editor, 0)
    key(editor, qtbot, "Alt+Down")
    assert (firsts(editor), place(editor)) == ("bAcd", (1, 0))
    key(editor, qtbot, "Shift+Space")
    key(editor, qtbot, "Shift+Down")
    key(editor, qtbot, "Alt+Down")
    assert firsts(editor) == "bdAc"
    key(editor, qtbot, "Alt+Down")
    assert firsts(editor) == "bdAc"
    key(editor, qtbot, "Alt+Up")
    key(editor, qtbot, "Alt+Up")
    assert firsts(editor) == "Acbd"


def test_that_a_row_is_dragged_by_its_number(editor: PairEditor) -> None:
    show_letters(editor, "abcd")
    editor.table.verticalHeader().moveSection(0, 2)
    assert firsts(editor) == "bcAd"
    editor.table.verticalHeader().moveSection(3, 0)
    assert firsts(editor) == "dbcA"
    assert editor.table.verticalHeader().visualIndex(3) == 3


def drag(editor: PairEditor, row: int, to: int) -> None:
    """Drag a row by its number onto another one's, with the mouse."""
    header = editor.table.verticalHeader()
    places = [QPointF(8, header.sectionViewportPosition(at) + header.sectionSize(at) / 2) for at in (row, to)]
    places[1] += QPointF(0, header.sectionSize(to) / 4 * (1 if to > row else -1))
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    for kind, at, button, held in (
        (QEvent.Type.MouseButtonPress, places[0], left, left),
        (QEvent.Type.MouseMove, (places[0] + places[1]) / 2, none, left),
        (QEvent.Type.MouseMove, places[1], none, left),
        (QEvent.Type.MouseButtonRelease, places[1], left, none),
    ):
        there = header.viewport().mapToGlobal(at)
        event = QMouseEvent(kind, at, there, button, held, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(header.viewport(), event)


def test_that_all_selected_rows_are_dragged_by_one_of_them(editor: PairEditor, qtbot: QtBot) -> None:
    editor.resize(430, 900)
    show_letters(editor, "abcdef")
    editor.table.select_rows(0, 1)
    drag(editor, 1, 3)
    assert firsts(editor) == "cdAbef"
    assert editor.table.selected_rows == (2, 3)
    drag(editor, 2, 0)
    assert firsts(editor) == "Abcdef"
    key(editor, qtbot, "Ctrl+Z")
    key(editor, qtbot, "Ctrl+Z")
    assert firsts(editor) == "Abcdef"
    assert editor.model.steps.undo_name == ""
    key(editor, qtbot, "Ctrl+Y")
    assert firsts(editor) == "cdAbef"


def test_that_rows_apart_are_dragged_together(editor: PairEditor) -> None:
    editor.resize(430, 900)
    show_letters(editor, "abcdef")
    model, flags = editor.model, QItemSelectionModel.SelectionFlag
    editor.table.select_rows(1, 1)
    editor.table.selectionModel().select(model.index(4, 0), flags.Select | flags.Rows)
    drag(editor, 4, 5)
    assert firsts(editor) == "Acdfbe"


def test_that_a_row_outside_the_selection_is_dragged_alone_and_a_click_selects_one(editor: PairEditor) -> None:
    editor.resize(430, 900)
    show_letters(editor, "abcdef")
    editor.table.select_rows(0, 1)
    drag(editor, 3, 5)
    assert firsts(editor) == "Abcefd"
    editor.table.select_rows(0, 3)
    header = editor.table.verticalHeader()
    place = QPoint(8, header.sectionViewportPosition(2) + 5)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert editor.table.selected_rows == (2,)
    assert firsts(editor) == "Abcefd"


def test_that_the_trace_example_is_chosen_by_a_key_and_leaves_its_part_to_a_neighbour(
    editor: PairEditor, qtbot: QtBot
) -> None:
    show_letters(editor, "abcd")
    select(editor, 3)
    key(editor, qtbot, "Ctrl+T")
    assert firsts(editor) == "abcD"
    key(editor, qtbot, "Ctrl+-")
    assert firsts(editor) == "abC"
    key(editor, qtbot, "Ctrl+Z")
    key(editor, qtbot, "Ctrl+Z")
    assert firsts(editor) == "Abcd"
    key(editor, qtbot, "Ctrl+Y")
    key(editor, qtbot, "Ctrl+Shift+Z")
    assert firsts(editor) == "abC"


def test_that_undo_and_redo_say_what_they_would_do(editor: PairEditor, qtbot: QtBot) -> None:
    assert not editor.table.undo.isEnabled()
    assert editor.table.undo.toolTip() == "Nothing to undo (Ctrl+Z)"
    select(editor, 1)
    key(editor, qtbot, "Ctrl+D")
    assert editor.table.undo.toolTip() == "Undo: duplicate 1 pair (Ctrl+Z)"
    key(editor, qtbot, "Ctrl+Z")
    assert editor.table.redo.toolTip() == "Redo: duplicate 1 pair (Ctrl+Shift+Z)"


def test_that_enter_and_tab_walk_as_in_a_spreadsheet(editor: PairEditor, qtbot: QtBot) -> None:
    select(editor, 2)
    key(editor, qtbot, "Return")
    key(editor, qtbot, "Tab")
    assert place(editor) == (3, 1)
    key(editor, qtbot, "Shift+Tab")
    key(editor, qtbot, "Return")
    assert (place(editor), editor.model.pairs[4]) == ((4, 0), SentencePair("", ""))
    key(editor, qtbot, "Return")
    assert editor.model.rowCount() == 5
    key(editor, qtbot, "Shift+Return")
    assert place(editor) == (3, 0)
    select(editor, 0, 1)
    key(editor, qtbot, "Shift+Return")
    assert place(editor) == (0, 1)


def test_that_tab_leaves_the_table_after_its_last_cell_and_ctrl_tab_at_once(editor: PairEditor, qtbot: QtBot) -> None:
    editor.activateWindow()
    qtbot.waitUntil(editor.isActiveWindow)
    select(editor, 3, PairColumn.TOKENS)
    key(editor, qtbot, "Tab")
    assert not editor.table.hasFocus()
    select(editor, 1)
    key(editor, qtbot, "Ctrl+Tab")
    assert not editor.table.hasFocus()


def test_that_typing_replaces_f2_goes_on_and_enter_goes_down(editor: PairEditor, qtbot: QtBot) -> None:
    show_letters(editor, "ab")
    select(editor, 0)
    key(editor, qtbot, "N")
    line = editor.table.findChild(QPlainTextEdit)
    qtbot.keyClicks(line, "ew")
    qtbot.keyClick(line, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(line, "line")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert editor.model.pairs[0].first.lower() == "new\nline"
    assert place(editor) == (1, 0)
    key(editor, qtbot, "F2")
    line = next(found for found in editor.table.findChildren(QPlainTextEdit) if found.toPlainText() == "b")
    qtbot.keyClicks(line, "c")
    qtbot.keyClick(line, Qt.Key.Key_Tab)
    assert editor.model.pairs[1].first == "bc"
    assert place(editor) == (1, 1)


@pytest.mark.parametrize(
    "sentence",
    ["a\0b", "a\0‹NUL› ‹‹NUL››", "a\r\nb", "a\u2028b\u00a0c", "\u0634\u0643\u0631\u0627", "\U0001f600", "x" * 100_000],
)
def test_that_an_edit_changes_only_what_was_edited(editor: PairEditor, qtbot: QtBot, sentence: str) -> None:
    editor.show_pairs([SentencePair(sentence, "b")])
    select(editor, 0)
    key(editor, qtbot, "F2")
    line = editor.table.findChild(QPlainTextEdit)
    qtbot.keyClicks(line, "!")
    qtbot.keyClick(line, Qt.Key.Key_Tab)
    assert editor.model.pairs[0].first == sentence + "!"


def test_that_half_a_character_survives_a_look(editor: PairEditor, qtbot: QtBot) -> None:
    editor.show_pairs([SentencePair("a\ud800", "b\u2029")])
    for column in (PairColumn.FIRST, PairColumn.SECOND):
        select(editor, 0, column)
        key(editor, qtbot, "F2")
        qtbot.keyClick(editor.table.findChildren(QPlainTextEdit)[-1], Qt.Key.Key_Return)
    assert editor.model.pairs[0] == SentencePair("a\ud800", "b\u2029")


def test_that_the_menu_names_every_action_with_its_key(editor: PairEditor) -> None:
    entries = {action.text(): action.shortcut().toString() for action in editor.table.menu.actions() if action.text()}
    assert entries == {
        "Undo": "Ctrl+Z", "Redo": "Ctrl+Shift+Z", "Cut": "Ctrl+X", "Copy": "Ctrl+C", "Paste": "Ctrl+V",
        "Clear": "Del", "Add a pair": "Ins", "Duplicate": "Ctrl+D", "Remove": "Ctrl+-", "Move up": "Alt+Up",
        "Move down": "Alt+Down", "Trace with this pair": "Ctrl+T",
    }  # fmt: skip


def test_that_a_hundred_thousand_pairs_are_pasted_cut_and_restored(editor: PairEditor, qtbot: QtBot) -> None:
    QApplication.clipboard().setText("".join(f"first {row}\tsecond {row}\n" for row in range(100_000)))
    editor.table.clearSelection()
    key(editor, qtbot, "Ctrl+V")
    assert editor.model.rowCount() == 100_004
    key(editor, qtbot, "Ctrl+A")
    key(editor, qtbot, "Ctrl+X")
    assert editor.model.rowCount() == 0
    key(editor, qtbot, "Ctrl+V")
    key(editor, qtbot, "Ctrl+Z")
    key(editor, qtbot, "Ctrl+Z")
    assert editor.model.rowCount() == 100_004
    assert editor.model.pairs[:4] == PAIRS


def test_that_the_table_knows_which_rows_are_in_sight(editor: PairEditor) -> None:
    assert editor.table.rows_in_sight == range(len(PAIRS))
    show_letters(editor, "a" * 1000)
    editor.table.scrollToBottom()
    assert 0 < editor.table.rows_in_sight.start < editor.table.rows_in_sight.stop == 1000
    editor.show_pairs([])
    assert not editor.table.rows_in_sight
    editor.hide()
    assert not editor.table.rows_in_sight


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
    assert editor._count.text() == "4 pairs · ◆ trace example"
