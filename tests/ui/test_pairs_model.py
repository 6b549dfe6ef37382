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


def test_that_the_trace_example_is_marked_and_can_be_another_row(qapp: object) -> None:
    model, told = a_model()
    vertical = Qt.Orientation.Vertical
    assert model.headerData(0, vertical) == f"1 {TRACE_SIGN}"
    assert "compiled with" in model.headerData(0, vertical, Qt.ItemDataRole.ToolTipRole)
    model.trace_with(2)
    assert [model.headerData(row, vertical) for row in range(4)] == ["1", "2", f"3 {TRACE_SIGN}", "4"]
    assert told == [PAIRS]


def test_that_every_change_is_undone_and_done_again(qapp: object) -> None:
    model, _ = a_model()
    model.setData(model.index(0, 0), "changed")
    model.insert(1, [SentencePair("x", "y")])
    model.trace_with(1)
    model.move([0, 3], 2)
    model.remove([0, 2])
    model.fill({(2, 0): "a", (3, 0): "b", (3, 2): "yes"}, "paste cells")
    model.replace_all([SentencePair("other", "pair")])
    after = model.pairs, model.trace_pair
    for _ in range(7):
        model.undo()
    assert (model.pairs, model.trace_pair) == (PAIRS, 0)
    assert model.steps.undo_name == ""
    for _ in range(7):
        model.redo()
    assert (model.pairs, model.trace_pair) == after


def test_that_pairs_to_begin_with_are_nothing_to_undo(qapp: object) -> None:
    model, _ = a_model()
    model.remove([0])
    model.begin_with(PAIRS, 3)
    assert (model.steps.undo_name, model.trace_pair) == ("", 3)
    model.begin_with(PAIRS[:2], 3)
    assert model.trace_pair == 1


def test_that_what_cannot_be_shown_has_a_sign_and_stays_in_the_pair(qapp: object) -> None:
    sentence = "nul\0, half\ud800, <b>bold</b>\r\nnext line"
    model = PairsModel([SentencePair(sentence, "x" * 100_000)])
    assert model.index(0, 0).data() == "nul‹NUL›, half\ufffd, <b>bold</b>\nnext line"
    assert "&lt;b&gt;bold" in model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert len(model.index(0, 1).data()) < 2000
    assert len(model.index(0, 1).data(Qt.ItemDataRole.EditRole)) == 100_000
    assert model.pairs[0].first == sentence


def test_that_a_screen_reader_hears_which_cell_it_is(qapp: object) -> None:
    model, _ = a_model()
    index = model.index(1, PairColumn.EXPECTED)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "Pair 2, expected: empty"


def test_that_empty_rows_at_the_end_are_no_pairs_yet_unless_one_is_the_trace_example(qapp: object) -> None:
    empty, written = SentencePair("", ""), SentencePair("a", "b")
    model = PairsModel((written, empty, written, empty, empty))
    assert model.written_pairs == (written, empty, written)
    model.trace_with(3)
    assert model.written_pairs == (written, empty, written, empty)
    assert PairsModel((empty,)).written_pairs == (empty,)
