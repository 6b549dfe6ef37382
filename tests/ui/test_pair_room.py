"""The table of pairs shares its room among whole rows and readable columns."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QRect, Qt
from pytestqt.qtbot import QtBot

from neuron_studio.ui.models.pairs_model import PairColumn
from neuron_studio.ui.pair_table import PairTable
from neuron_studio.ui.widgets.roomy_delegate import plain_room
from neuron_studio.wire.spec import SentencePair

# What the table has on a screen of 1024 pixels, and on a large one.
SMALL, LARGE = 380, 640
LONG = "a label of seven words, semantically_equivalent or not"


def a_table(qtbot: QtBot, width: int, height: int = 300, labels: tuple[str, ...] = ()) -> PairTable:
    table = PairTable()
    qtbot.addWidget(table)
    table.pairs.begin_with([SentencePair("One.", "Two.", label) for label in (*labels, *("",) * 20)])
    table.show_labels(labels)
    table.resize(width, height)
    table.show()
    return table


def room(table: PairTable) -> int:
    """How wide a text of the expected labels may be."""
    return table.columnWidth(PairColumn.EXPECTED) - 2 * plain_room(table) - 1


@pytest.mark.parametrize("height", range(170, 320, 15))
def test_that_rows_share_the_height_and_none_is_cut_below(qtbot: QtBot, height: int) -> None:
    table = a_table(qtbot, SMALL, height)
    shown = table.rowAt(table.viewport().height() - 1) + 1
    left = shown * table.rowHeight(0) - table.viewport().height()
    assert 0 <= left < shown
    assert table.rowHeight(0) >= 3 * table.fontMetrics().lineSpacing()
    assert table.verticalScrollBar().singleStep() == table.rowHeight(0)


@pytest.mark.parametrize("labels", [("not paraphrase", "paraphrase"), ("contradiction", "neutral", "entailment")])
def test_that_an_expected_label_is_whole_on_a_small_screen(qtbot: QtBot, labels: tuple[str, ...]) -> None:
    table = a_table(qtbot, SMALL, labels=labels)
    for row, label in enumerate(labels):
        cell = QRect(0, 0, room(table), table.rowHeight(row))
        drawn = table.fontMetrics().boundingRect(cell, Qt.TextFlag.TextWordWrap, label)
        assert cell.contains(drawn.translated(-drawn.topLeft())), label


def test_that_a_label_of_two_words_is_one_line_where_there_is_room(qtbot: QtBot) -> None:
    table = a_table(qtbot, LARGE, labels=("not paraphrase", "paraphrase"))
    assert room(table) >= table.fontMetrics().horizontalAdvance("not paraphrase")


def test_that_a_long_label_leaves_the_sentences_their_room_and_is_told_as_a_whole(qtbot: QtBot) -> None:
    table = a_table(qtbot, SMALL, labels=(LONG,))
    assert table.columnWidth(PairColumn.EXPECTED) <= 0.3 * SMALL
    index = table.pairs.index(0, PairColumn.EXPECTED)
    assert LONG in index.data(Qt.ItemDataRole.ToolTipRole)


@pytest.mark.parametrize("height", [None, 200, 230, 260])
def test_that_every_row_has_three_lines_of_a_sentence_and_air_around_them(qtbot: QtBot, height: int | None) -> None:
    table = a_table(qtbot, SMALL)
    table.pairs.replace_all([SentencePair("word " * 60, "") for _ in range(9)])
    table.resize(SMALL, height or table.sizeHint().height())
    cell = table.visualRect(table.pairs.index(1, PairColumn.FIRST))
    picture = table.viewport().grab(cell.adjusted(1, 0, -2, -1)).toImage()
    inked = [y for y in range(picture.height()) if any(picture.pixelColor(x, y).black() > 100 for x in range(60))]
    lines = 1 + sum(after - before > 3 for before, after in pairwise(inked))
    assert lines >= 3
    assert min(inked) >= 2
    assert max(inked) <= picture.height() - 3
