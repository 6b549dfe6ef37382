"""The judged pairs of a run as a table."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy

from neuron_studio.core.compared import of_run
from neuron_studio.core.pair_filter import PairFilter, Show
from neuron_studio.core.run_state import RunState
from neuron_studio.runs.follower import Follower, read_state
from neuron_studio.ui import theme
from neuron_studio.ui.models.comparison_model import Column, ComparisonModel
from neuron_studio.wire import events
from tests.support.scripted_run import FLIPPED, LABELS, SAME, an_outcome, finished_run, new_run


def a_model() -> ComparisonModel:
    """A model, watched by Qt's own tester."""
    model = ComparisonModel()
    model.tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    return model


def show(model: ComparisonModel, state: RunState) -> None:
    model.show_compared(of_run(state))


def cell(
    model: ComparisonModel, row: int, column: Column, role: Qt.ItemDataRole = Qt.ItemDataRole.DisplayRole
) -> object:
    return model.index(row, column).data(role)


def test_that_every_column_says_what_the_state_holds(qapp: object, tmp_path: Path) -> None:
    model = a_model()
    show(model, read_state(finished_run(tmp_path, FLIPPED).folder))
    assert model.rowCount() == 4
    assert cell(model, 0, Column.PAIR) == (
        "The company HuggingFace is based in New York City\nHuggingFace's headquarters are situated in Manhattan"
    )
    assert cell(model, 0, Column.CPU) == "-1.8134\n 2.0417"
    assert cell(model, 0, Column.NEURON) == "-1.8125\n 2.0426"
    assert cell(model, 0, Column.DIFFERENCE) == "0.0009"
    assert cell(model, 0, Column.YARDSTICK) == "0.90"
    assert cell(model, 0, Column.MARGIN) == "3.8551"
    assert cell(model, 3, Column.DECISION) == "✗ CPU: not paraphrase\n✗ Neuron: paraphrase"
    colour = cell(model, 3, Column.DECISION, Qt.ItemDataRole.ForegroundRole)
    assert colour.name() == theme.tones(qapp.palette()).danger


def test_that_rows_are_added_as_the_run_judges_them_and_never_reset(qapp: object, tmp_path: Path) -> None:
    run = new_run(tmp_path).take_lock().begin("infer")
    follower, model = Follower(run.folder), a_model()
    show(model, follower.refresh())
    resets, inserted = QSignalSpy(model.modelReset), QSignalSpy(model.rowsInserted)
    run.write(events.PairsJudged(SAME[:1]))
    show(model, follower.refresh())
    show(model, follower.refresh())
    run.write(events.PairsJudged(SAME[1:]))
    show(model, follower.refresh())
    assert (model.rowCount(), inserted.count(), resets.count()) == (4, 2, 0)


def test_that_another_run_replaces_all_rows(qapp: object, tmp_path: Path) -> None:
    model = a_model()
    show(model, read_state(finished_run(tmp_path, SAME, "a").folder))
    show(model, read_state(finished_run(tmp_path, SAME[:2], "b").folder))
    assert model.rowCount() == 2
    model.show_compared(None)
    assert model.rowCount() == 0


def test_that_nan_is_shown_and_not_hidden(qapp: object, tmp_path: Path) -> None:
    run = finished_run(tmp_path, (*SAME[:1], an_outcome(1, (0.5, 0.1), (math.nan, 0.1))))
    model = a_model()
    show(model, read_state(run.folder))
    assert "NaN" in cell(model, 1, Column.NEURON)
    assert cell(model, 1, Column.DIFFERENCE) == "NaN"
    assert cell(model, 1, Column.DECISION) == "not paraphrase\n✗ NaN"


def test_that_copied_rows_keep_every_digit_under_a_header(qapp: object, tmp_path: Path) -> None:
    model = a_model()
    show(model, read_state(finished_run(tmp_path).folder))
    header, row = (line.split("\t") for line in model.text([0]).splitlines())
    assert header[3:7] == [f"{side} {label}" for side in ("CPU", "Neuron") for label in LABELS]
    assert row[3:7] == [repr(value) for value in (*SAME[0].cpu, *SAME[0].neuron)]
    assert len(header) == len(row)


def numbers(model: ComparisonModel) -> list[str]:
    return [model.headerData(row, Qt.Orientation.Vertical) for row in range(model.rowCount())]


@pytest.mark.parametrize(
    ("column", "order"),
    [(Column.PAIR, "4213"), (Column.CPU, "1342"), (Column.NEURON, "1342"), (Column.MARGIN, "4312"),
     (Column.DECISION, "2134")],
)  # fmt: skip
def test_that_every_column_sorts_by_what_it_means_and_keeps_the_order_of_equals(
    qapp: object, tmp_path: Path, column: Column, order: str
) -> None:
    outcomes = [*SAME[:3], an_outcome(3, (0.0061, -0.0012), (-0.0023, 0.0048))]
    model = a_model()
    show(model, read_state(finished_run(tmp_path, outcomes).folder))
    model.sort(column)
    found = numbers(model)
    model.sort(column, Qt.SortOrder.DescendingOrder)
    assert model.headerData(column, Qt.Orientation.Horizontal).endswith(" ▼")
    model.sort(-1)
    assert ("".join(found), "".join(numbers(model))) == (order, "1234")


def test_that_nan_is_sorted_above_every_number(qapp: object, tmp_path: Path) -> None:
    outcomes = (an_outcome(0, (0.5, 0.1), (math.nan, 0.1)), SAME[1], an_outcome(2, (0.5, 0.1), (99.0, 0.1)))
    model = a_model()
    show(model, read_state(finished_run(tmp_path, outcomes).folder))
    model.sort(Column.DIFFERENCE, Qt.SortOrder.DescendingOrder)
    assert numbers(model) == ["1", "3", "2"]


def test_that_pairs_that_stream_in_are_filtered_and_sorted_like_the_others(qapp: object, tmp_path: Path) -> None:
    run = new_run(tmp_path).take_lock().begin("infer")
    follower, model = Follower(run.folder), a_model()
    run.write(events.PairsJudged(FLIPPED[:2]))
    show(model, follower.refresh())
    model.show_filtered(PairFilter(Show.FLIPPED))
    assert (model.rowCount(), model.total) == (0, 2)
    run.write(events.PairsJudged(FLIPPED[2:]))
    show(model, follower.refresh())
    assert (numbers(model), model.total) == (["4"], 4)
    model.sort(Column.MARGIN)
    model.show_filtered(PairFilter())
    assert numbers(model) == ["4", "3", "1", "2"]


def test_that_whoever_hears_of_a_reset_still_finds_the_old_rows(qapp: object, tmp_path: Path) -> None:
    model, heard = a_model(), []
    show(model, read_state(finished_run(tmp_path, SAME, "a").folder))
    model.modelAboutToBeReset.connect(lambda: heard.append(model.judged(3).outcome.index))
    show(model, read_state(finished_run(tmp_path, SAME[:2], "b").folder))
    assert heard == [3]
