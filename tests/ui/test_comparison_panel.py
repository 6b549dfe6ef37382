"""The verdict, the table and the chart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from neuron_studio.runs.follower import Follower, read_state
from neuron_studio.ui.models.comparison_model import Column
from neuron_studio.ui.panels.comparison import ComparisonPanel
from neuron_studio.wire import events
from tests.support.scripted_run import FLIPPED, PAIRS, SAME, a_spec, failed_run, finished_run, new_run


@pytest.fixture
def panel(qtbot: QtBot) -> ComparisonPanel:
    panel = ComparisonPanel()
    qtbot.addWidget(panel)
    panel.resize(720, 560)
    panel.show()
    return panel


def test_that_before_the_first_run_it_says_what_will_be_here(panel: ComparisonPanel) -> None:
    assert not panel.pairs.table.isVisible()


def test_that_the_verdict_stands_above_its_numbers_and_its_reason(panel: ComparisonPanel, tmp_path: Path) -> None:
    panel.show_state(read_state(finished_run(tmp_path).folder))
    assert panel.head.verdict.text() == "✓ SAME DECISIONS"
    assert panel.head.count.text() == "4 of 4 pairs agree"
    assert panel.head.numbers.text() == "max |Δ| 0.0009   R 0.90   accuracy 100.0% → 100.0%"
    assert panel.head.reason.text() == "Every decision agrees and no error reaches half its margin."


def test_that_a_flipped_pair_is_selected_and_charted(panel: ComparisonPanel, tmp_path: Path) -> None:
    panel.show_state(read_state(finished_run(tmp_path, FLIPPED).folder))
    assert panel.head.verdict.text() == "✗ FLIPPED"
    assert panel.pairs.table.currentIndex().row() == 3
    assert panel.charts.view.chart.title.startswith("Pair 4: She sold the bicycle to her neighbour | ")
    assert "-0.0023" in panel.charts.view.numbers.toPlainText()


def test_that_pairs_appear_while_the_run_goes_on_and_the_choice_stays(panel: ComparisonPanel, tmp_path: Path) -> None:
    run = new_run(tmp_path).take_lock().begin("infer")
    follower = Follower(run.folder)
    panel.show_state(follower.refresh())
    assert (panel.head.verdict.text(), panel.head.count.text()) == ("Running: infer", "0 of 4 pairs judged")
    assert not panel.charts.isVisible()
    run.write(events.PairsJudged(SAME[:2]))
    panel.show_state(follower.refresh())
    panel.pairs.table.selectRow(1)
    run.write(events.PairsJudged(SAME[2:]))
    panel.show_state(follower.refresh())
    assert panel.head.count.text() == "4 of 4 pairs judged"
    assert panel.pairs.table.currentIndex().row() == 1


def test_that_columns_are_wide_enough_for_rows_that_come_later(panel: ComparisonPanel, tmp_path: Path) -> None:
    run = new_run(tmp_path).take_lock().begin("infer")
    follower = Follower(run.folder)
    for outcome in SAME[:2]:
        run.write(events.PairsJudged((outcome,)))
        panel.show_state(follower.refresh())
    assert panel.pairs.model.index(1, Column.DECISION).data().startswith("not paraphrase")
    assert (
        panel.pairs.table.columnWidth(Column.DECISION)
        >= panel.pairs.table.sizeHintForIndex(panel.pairs.model.index(1, Column.DECISION)).width()
    )


def test_that_a_run_that_failed_first_has_no_verdict(panel: ComparisonPanel, tmp_path: Path) -> None:
    panel.show_state(read_state(failed_run(tmp_path).folder))
    assert panel.head.verdict.text() == "No verdict: failed"


def test_that_a_run_that_was_only_compiled_is_never_called_a_pass(panel: ComparisonPanel, tmp_path: Path) -> None:
    outcomes = [replace(outcome, neuron=()) for outcome in SAME[:2]]
    panel.show_state(read_state(finished_run(tmp_path, outcomes).folder))
    assert panel.head.verdict.text() == "– NOT RUN ON NEURON"
    assert panel.head.count.text() == "2 pairs on the CPU"


def test_that_evidence_of_a_device_is_shown_and_its_lack_is_no_pass(panel: ComparisonPanel, tmp_path: Path) -> None:
    traced = events.Traced("neuron-cc", (), {}, {"neuron::forward_1": 1}, cpu_operators=14)
    proof = events.DeviceProof((0, 1), 2, ("neuron-monitor",))
    for name, facts, title in (("a", (traced, proof), "✓ SAME DECISIONS"), ("b", (traced,), "? NOT PROVEN ON NEURON")):
        run = new_run(tmp_path, a_spec(PAIRS[:2], "torch-neuron"), name).begin(so_far_s=46).write(*facts)
        panel.show_state(read_state(run.judge(SAME[:2]).finish().folder))
        assert panel.head.verdict.text() == title
        assert panel.head.proof.isVisible() == (proof in facts)
        assert ("NeuronCore 0-1 held" in panel.head.proof.text()) == (proof in facts)
    assert "nothing proves that Neuron did it" in panel.head.reason.text()


def test_that_rows_are_copied_selected_or_all(panel: ComparisonPanel, tmp_path: Path) -> None:
    panel.show_state(read_state(finished_run(tmp_path).folder))
    panel.pairs.copy()
    assert len(QApplication.clipboard().text().splitlines()) == 5
    panel.pairs.table.selectRow(0)
    panel.pairs.table.selectAll()
    panel.pairs.copy()
    assert len(QApplication.clipboard().text().splitlines()) == 5
