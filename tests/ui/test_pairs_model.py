"""The sentence pairs as a table that can be edited."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from neuron_studio.ui.models.pairs_model import TRACE_SIGN, PairColumn, PairsModel
from neuron_studio.wire.spec import SentencePair
from tests.support.scripted_run import PAIRS


def a_model() -> tuple[PairsModel, list[tuple[SentencePair, ...]]]:
    """A model with pairs, watched by Qt's own tester, and what it told."""
    model = PairsModel(PAIRS)
    model.tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    told: list[tuple[SentencePair, ...]] = []
    model.pairs_changed.connect(told.append)
    return model, told


def test_that_an_edited_cell_changes_its_pair_and_tells(qapp: object) -> None:
    model, told = a_model()
    assert model.setData(model.index(1, PairColumn.SECOND), "Pears too")
    assert model.setData(model.index(1, PairColumn.EXPECTED), " paraphrase ")
    assert model.pairs[1] == SentencePair(PAIRS[1].first, "Pears too", "paraphrase")
    assert told[-1] == model.pairs
    assert model.setData(model.index(1, PairColumn.EXPECTED), "")
    assert model.pairs[1].expected is None


def test_that_an_unchanged_cell_tells_nothing(qapp: object) -> None:
    model, told = a_model()
    model.setData(model.index(0, PairColumn.FIRST), PAIRS[0].first)
    assert told == []


def test_that_rows_are_inserted_and_removed_where_they_were_meant(qapp: object) -> None:
    model, told = a_model()
    model.insert(1, [SentencePair("x", "y")])
    assert [pair.first for pair in model.pairs[:3]] == [PAIRS[0].first, "x", PAIRS[1].first]
    model.remove([0, 1, 4])
    assert model.pairs == (PAIRS[1], PAIRS[2])
    model.remove([0, 1])
    assert told[-1] == ()
    model.replace_all(PAIRS)
    assert model.rowCount() == len(PAIRS)


def test_that_the_first_row_is_marked_as_the_trace_example(qapp: object) -> None:
    model, _ = a_model()
    vertical = Qt.Orientation.Vertical
    assert model.headerData(0, vertical) == f"1 {TRACE_SIGN}"
    assert model.headerData(1, vertical) == "2"
    assert "compiled with" in model.headerData(0, vertical, Qt.ItemDataRole.ToolTipRole)


def test_that_a_screen_reader_hears_which_cell_it_is(qapp: object) -> None:
    model, _ = a_model()
    index = model.index(1, PairColumn.EXPECTED)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "Pair 2, expected: empty"
