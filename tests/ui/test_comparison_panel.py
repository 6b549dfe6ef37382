"""The verdict, the table and the chart."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from neuron_studio.core.charts import pair_chart
from neuron_studio.core.compared import Compared, of_run
from neuron_studio.core.decision import judge
from neuron_studio.core.svg_chart import SIZE
from neuron_studio.runs.chart_file import save_chart
from neuron_studio.runs.follower import Follower, read_state
from neuron_studio.ui.chart_desk import Kind
from neuron_studio.ui.models.comparison_model import Column
from neuron_studio.ui.panels.comparison import ComparisonPanel
from neuron_studio.ui.widgets.chart_painting import png
from neuron_studio.wire import events
from neuron_studio.wire.errors import StudioError
from tests.support.scripted_run import (
    FLIPPED,
    LABELS,
    PAIRS,
    SAME,
    a_spec,
    an_outcome,
    failed_run,
    finished_run,
    new_run,
)  # fmt: skip
from tests.ui.conftest import Run, until


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


def test_that_the_next_flip_is_found_by_key_and_around_the_end(panel: ComparisonPanel, tmp_path: Path) -> None:
    outcomes = (an_outcome(0, (0.1, 0.2), (0.3, 0.2)), SAME[1], SAME[2], FLIPPED[3])
    panel.show_state(read_state(finished_run(tmp_path, outcomes).folder))
    visited = []
    for step in (1, 1, -1):
        panel.pairs.go_to_flip(step)
        visited.append(panel.pairs.table.currentIndex().row())
    assert visited == [3, 0, 3]


def test_that_a_number_leads_to_its_pairs_and_back(panel: ComparisonPanel, tmp_path: Path, qtbot: QtBot) -> None:
    panel.show_state(read_state(finished_run(tmp_path, FLIPPED).folder))
    assert panel.links.isVisible()
    links = re.findall(r'href="(\d+)">([^<]+)', panel.links.text())
    panel.links.linkActivated.emit(next(number for number, text in links if text == "1 only CPU right"))
    assert panel.pairs.chosen.text() == "only CPU right: 1 pair  ✕"
    assert panel.pairs.shown.text() == "1 of 4 pairs"
    assert panel.pairs.current.outcome.index == 3
    qtbot.mouseClick(panel.pairs.chosen, Qt.MouseButton.LeftButton)
    assert (panel.pairs.shown.text(), panel.pairs.chosen.isVisible()) == ("4 pairs", False)
    assert panel.pairs.current.outcome.index == 3


def test_that_r_gives_way_to_the_sentences_where_there_is_little_room(panel: ComparisonPanel, tmp_path: Path) -> None:
    panel.show_state(read_state(finished_run(tmp_path).folder))
    for width, is_hidden in ((1000, False), (560, True), (1000, False)):
        panel.pairs.resize(width, 300)
        assert panel.pairs.table.isColumnHidden(Column.YARDSTICK) is is_hidden


def test_that_each_cell_of_the_confusion_leads_to_its_pairs(panel: ComparisonPanel, tmp_path: Path) -> None:
    panel.show_state(read_state(finished_run(tmp_path, FLIPPED).folder))
    cpu, neuron = panel.confusions
    assert cpu.isVisible()
    assert neuron.isVisible()
    assert neuron.text().startswith("Neuron, expected → decided: ")
    links = re.findall(r'href="(\d+)">([^<]+)', neuron.text())
    neuron.linkActivated.emit(next(number for number, text in links if text == "1 not paraphrase → paraphrase"))
    assert panel.pairs.current.outcome.index == 3
    assert panel.pairs.shown.text() == "1 of 4 pairs"


def test_that_without_labels_there_is_no_confusion(panel: ComparisonPanel, tmp_path: Path) -> None:
    run = new_run(tmp_path, a_spec(tuple(replace(pair, expected=None) for pair in PAIRS))).begin().judge(SAME).finish()
    panel.show_state(read_state(run.folder))
    assert not any(links.isVisible() for links in panel.confusions)


def test_that_the_selected_pair_stays_selected_through_orders_and_filters(
    panel: ComparisonPanel, tmp_path: Path
) -> None:
    panel.show_state(read_state(finished_run(tmp_path).folder))
    panel.pairs.table.selectRow(1)
    panel.pairs._sort_by(Column.MARGIN)
    assert (panel.pairs.table.currentIndex().row(), panel.pairs.current.outcome.index) == (3, 1)
    panel.pairs.search.setText("apples")
    assert (panel.pairs.table.currentIndex().row(), panel.pairs.current.outcome.index) == (0, 1)
    panel.pairs.search.setText("no such words")
    assert panel.pairs.current is None


@pytest.mark.parametrize("kind", list(Kind))
def test_that_every_chart_can_be_chosen_and_has_its_numbers_or_a_reason(
    panel: ComparisonPanel, tmp_path: Path, kind: Kind
) -> None:
    panel.show_state(read_state(finished_run(tmp_path, FLIPPED).folder))
    panel.charts.chooser.setCurrentIndex(list(Kind).index(kind))
    assert (panel.charts.view.chart is None) is (kind is Kind.LAYERS)
    assert panel.charts.save.isEnabled() is (kind is not Kind.LAYERS)
    assert panel.charts.probabilities.isVisible() is (kind is Kind.PAIR)
    if kind is not Kind.LAYERS:
        assert len(panel.charts.view.numbers.toPlainText().splitlines()) >= 3


@pytest.mark.parametrize(("name", "start"), [("a.svg", b"<svg"), ("a.png", b"\x89PNG"), ("a", b"<svg")])
def test_that_a_chart_is_saved_where_the_dialog_says(
    panel: ComparisonPanel, tmp_path: Path, run: Run, name: str, start: bytes
) -> None:
    panel.show_state(read_state(finished_run(tmp_path / "runs").folder))
    said = QSignalSpy(panel.said)

    async def scene() -> None:
        panel.charts.ask_where()
        panel.charts.findChild(QFileDialog).fileSelected.emit(str(tmp_path / name))
        await until(lambda: said.count())
        panel.charts.findChild(QFileDialog).reject()

    run(scene())
    assert (tmp_path / name).read_bytes().startswith(start)
    assert said.at(0)[0] == f"The chart was saved to {tmp_path / name}."


def test_that_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StudioError, match="cannot be written") as raised:
        save_chart(tmp_path / "file" / "a.svg", b"")
    assert raised.value.remedy


def test_that_a_png_is_light_and_twice_as_sharp_whatever_the_desktop(qapp: QApplication) -> None:
    judged = judge(SAME[0], LABELS)
    content = png(pair_chart(Compared(PAIRS, (judged,), LABELS, emulated=True), judged))
    image = QImage.fromData(content, "PNG")
    assert (image.width(), image.height()) == (2 * SIZE[0], 2 * SIZE[1])
    assert image.pixelColor(1, 1).name() == "#ffffff"
    assert image.text("Description").startswith("EMULATED")


def test_that_two_sides_stand_under_their_names_until_the_run_is_asked_for(
    panel: ComparisonPanel, tmp_path: Path, qtbot: QtBot
) -> None:
    state = read_state(finished_run(tmp_path).folder)
    panel.show_state(state)
    panel.show_sides(replace(of_run(state), names=("run 1", "run 2"), about="run 1 against run 2"))
    titles = [panel.pairs.model.headerData(column, Qt.Orientation.Horizontal) for column in Column]
    assert titles[1:3] == ["run 1", "run 2"]
    assert panel.charts.chooser.itemText(1) == "run 1 against run 2"
    panel.show_state(state)
    assert panel.sides.isVisible()
    qtbot.mouseClick(panel.back, Qt.MouseButton.LeftButton)
    assert not panel.sides.isVisible()
    assert panel.pairs.model.headerData(1, Qt.Orientation.Horizontal) == "CPU"
