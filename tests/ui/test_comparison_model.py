"""The judged pairs of a run as a table."""

from __future__ import annotations

import math
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy

from neuron_studio.runs.follower import Follower, read_state
from neuron_studio.ui import theme
from neuron_studio.ui.models.comparison_model import Column, ComparisonModel
from neuron_studio.wire import events
from tests.support.scripted_run import FLIPPED, SAME, an_outcome, finished_run, new_run


def a_model() -> ComparisonModel:
    """A model, watched by Qt's own tester."""
    model = ComparisonModel()
    model.tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    return model


def cell(
    model: ComparisonModel, row: int, column: Column, role: Qt.ItemDataRole = Qt.ItemDataRole.DisplayRole
) -> object:
    return model.index(row, column).data(role)


def test_that_every_column_says_what_the_state_holds(qapp: object, tmp_path: Path) -> None:
    model = a_model()
    model.show_state(read_state(finished_run(tmp_path, FLIPPED).folder))
    assert model.rowCount() == 4
    assert cell(model, 0, Column.PAIR) == (
        "The company HuggingFace is based in New York City\nHuggingFace's headquarters are situated in Manhattan"
    )
    assert cell(model, 0, Column.CPU) == "-1.8134\n 2.0417"
    assert cell(model, 0, Column.NEURON) == "-1.8125\n 2.0426"
    assert cell(model, 0, Column.DIFFERENCE) == "0.0009"
    assert cell(model, 0, Column.MARGIN) == "3.8551"
    assert cell(model, 3, Column.DECISION) == "✗ CPU: not paraphrase\n✗ Neuron: paraphrase"
    colour = cell(model, 3, Column.DECISION, Qt.ItemDataRole.ForegroundRole)
    assert colour.name() == theme.tones(qapp.palette()).danger


def test_that_rows_are_added_as_the_run_judges_them_and_never_reset(qapp: object, tmp_path: Path) -> None:
    run = new_run(tmp_path).take_lock().begin("infer")
    follower, model = Follower(run.folder), a_model()
    model.show_state(follower.refresh())
    resets, inserted = QSignalSpy(model.modelReset), QSignalSpy(model.rowsInserted)
    run.write(events.PairsJudged(SAME[:1]))
    model.show_state(follower.refresh())
    model.show_state(follower.refresh())
    run.write(events.PairsJudged(SAME[1:]))
    model.show_state(follower.refresh())
    assert (model.rowCount(), inserted.count(), resets.count()) == (4, 2, 0)


def test_that_another_run_replaces_all_rows(qapp: object, tmp_path: Path) -> None:
    model = a_model()
    model.show_state(read_state(finished_run(tmp_path, SAME, "a").folder))
    model.show_state(read_state(finished_run(tmp_path, SAME[:2], "b").folder))
    assert model.rowCount() == 2
    model.show_state(None)
    assert model.rowCount() == 0


def test_that_nan_is_shown_and_not_hidden(qapp: object, tmp_path: Path) -> None:
    run = finished_run(tmp_path, (*SAME[:1], an_outcome(1, (0.5, 0.1), (math.nan, 0.1))))
    model = a_model()
    model.show_state(read_state(run.folder))
    assert "NaN" in cell(model, 1, Column.NEURON)
    assert cell(model, 1, Column.DIFFERENCE) == "NaN"
    assert cell(model, 1, Column.DECISION) == "not paraphrase\n✗ NaN"


def test_that_a_copied_row_keeps_every_digit(qapp: object, tmp_path: Path) -> None:
    model = a_model()
    model.show_state(read_state(finished_run(tmp_path).folder))
    assert model.row_text(0).split("\t")[2:6] == [repr(value) for value in (*SAME[0].cpu, *SAME[0].neuron)]
