"""A table of rows shares its width: the text that matters keeps some, others give way."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QToolTip
from pytestqt.qtbot import QtBot

from neuron_studio.ui.widgets.row_table import RowTable

TEXT, NUMBER, SPARE, WORDS = range(4)
SENTENCE = "A sentence that is as long as sentences are that somebody wants to compare."


@pytest.fixture
def table(qtbot: QtBot) -> RowTable:
    model = QStandardItemModel(0, 4)
    model.setHorizontalHeaderLabels(["Sentence", "Number", "Spare", "Words"])
    model.appendRow([QStandardItem(text) for text in (SENTENCE, "-1.8134", "12345", "a label of a few words")])
    table = RowTable("Rows", stretched=TEXT, giving=WORDS, spare=SPARE)
    qtbot.addWidget(table)
    table.setModel(model)
    table.show()
    return table


def test_that_where_there_is_room_each_column_is_whole_and_the_text_has_the_rest(table: RowTable) -> None:
    table.resize(900, 200)
    for column in (NUMBER, SPARE, WORDS):
        assert table.columnWidth(column) >= table.sizeHintForColumn(column)
    assert sum(map(table.columnWidth, range(4))) == table.viewport().width()


def test_that_the_spare_column_goes_first_and_then_words_narrow_but_no_number(table: RowTable) -> None:
    table.resize(900, 200)
    number, spare, words = map(table.columnWidth, (NUMBER, SPARE, WORDS))
    least = 20 * table.fontMetrics().averageCharWidth()
    whole = number + spare + words + least + table.width() - table.viewport().width()
    for width, is_hidden, shown in (
        (whole, False, words), (whole - 1, True, words), (whole - spare, True, words),
        (whole - spare - 20, True, words - 20), (900, False, words),
    ):  # fmt: skip
        table.resize(width, 200)
        assert (table.isColumnHidden(SPARE), table.columnWidth(WORDS)) == (is_hidden, shown)
        assert table.columnWidth(NUMBER) == number
        assert table.columnWidth(TEXT) >= least
        assert table.horizontalScrollBar().maximum() == 0


def test_that_where_nothing_can_give_way_any_more_the_table_scrolls(table: RowTable) -> None:
    table.resize(220, 200)
    assert table.horizontalScrollBar().maximum() > 0
    assert table.columnWidth(TEXT) >= 20 * table.fontMetrics().averageCharWidth()


def test_that_a_column_keeps_the_width_that_the_user_gave_it(table: RowTable) -> None:
    table.resize(900, 200)
    table.horizontalHeader().resizeSection(NUMBER, 150)
    table.resize(800, 200)
    assert table.columnWidth(NUMBER) == 150


@pytest.mark.qt_log_ignore("This plugin does not support")
@pytest.mark.parametrize(("column", "told"), [(TEXT, SENTENCE), (NUMBER, "")])
def test_that_a_cell_that_is_cut_tells_its_whole_text(table: RowTable, column: int, told: str) -> None:
    table.resize(340, 200)
    place = table.visualRect(table.model().index(0, column)).center()
    QToolTip.hideText()
    event = QHelpEvent(QEvent.Type.ToolTip, place, table.viewport().mapToGlobal(QPoint(place)))
    table.viewportEvent(event)
    assert QToolTip.text() == told
