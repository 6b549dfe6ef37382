"""The small widgets: stages, problems, notices, failures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent, QRegion
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QTabBar,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from neuron_studio.core.problem import Problem
from neuron_studio.core.run_state import RunState, fold
from neuron_studio.runs.follower import read_state
from neuron_studio.ui.widgets.elided_combo import ElidedCombo
from neuron_studio.ui.widgets.elided_label import ElidedLabel
from neuron_studio.ui.widgets.error_card import ErrorCard
from neuron_studio.ui.widgets.notice import Notice
from neuron_studio.ui.widgets.problem_label import ProblemLabel
from neuron_studio.ui.widgets.roomy_tabs import RoomyTabs
from neuron_studio.ui.widgets.stage_strip import StageStrip
from neuron_studio.wire import events, stages
from neuron_studio.wire.journal import Entry
from tests.support.scripted_run import a_spec, failed_run, finished_run, new_run


def texts(strip: StageStrip) -> list[tuple[str, str]]:
    return [(cell.title.text(), cell.time.text()) for cell in strip.cells.values() if not cell.isHidden()]


def button(widget: object, text: str) -> QPushButton:
    return next(found for found in widget.findChildren(QPushButton) if found.text() == text)


def test_that_stages_show_sign_name_and_time(qtbot: QtBot, tmp_path: Path) -> None:
    strip = StageStrip()
    qtbot.addWidget(strip)
    assert texts(strip)[0] == ("· prepare", "")
    run = new_run(tmp_path).take_lock().begin(stages.LOAD, so_far_s=11)
    run.write(events.Progressed(stages.LOAD, 312_000_000, 433_300_000, "bytes"))
    strip.show_state(read_state(run.folder))
    assert texts(strip)[:3] == [("✓ prepare", "0.1 s"), ("▸ load", "11 s · 312 MB of 433 MB"), ("· preflight", "")]
    assert strip.cells["load"].accessibleName() == "Stage load: running, 11 s · 312 MB of 433 MB"


def test_that_the_running_stage_counts_seconds_and_an_ended_run_does_not(qtbot: QtBot, tmp_path: Path) -> None:
    strip = StageStrip()
    qtbot.addWidget(strip)
    strip.show_state(read_state(new_run(tmp_path, name="a").take_lock().begin().folder))
    shown = strip.cells["trace"].time.text()
    qtbot.waitUntil(lambda: strip.cells["trace"].time.text() != shown, timeout=3000)
    strip.show_state(read_state(failed_run(tmp_path, "b").folder))
    assert not strip._second.isActive()
    assert texts(strip)[4] == ("✗ trace", "1:33")
    strip.show_state(read_state(finished_run(tmp_path, name="c").folder))
    assert [title for title, _ in texts(strip)] == [f"✓ {name}" for name in stages.STAGES]


def test_that_the_stage_of_the_layers_is_shown_only_where_they_are_compared(qtbot: QtBot) -> None:
    strip = StageStrip()
    qtbot.addWidget(strip)
    plain = RunState(a_spec())
    strip.show_state(fold(RunState(replace(plain.spec, deep=True)), Entry(0.0, events.RunStarted(1, "host", "py"))))
    assert [title for title, _ in texts(strip)] == [f"· {name}" for name in stages.WITH_LAYERS]
    strip.show_state(plain)
    assert [title for title, _ in texts(strip)] == [f"· {name}" for name in stages.STAGES]
    strip.show_state(None)


def test_that_a_run_of_a_saved_bundle_shows_its_own_stages_and_leaves_the_next_run_its_nine(
    qtbot: QtBot, tmp_path: Path
) -> None:
    strip = StageStrip()
    qtbot.addWidget(strip)
    saved = new_run(tmp_path, replace(a_spec(), bundle=str(tmp_path / "bundle"))).take_lock()
    saved.write(events.StageStarted(stages.PREPARE), events.StageFinished(stages.PREPARE, 0.2))
    strip.show_state(read_state(saved.folder))
    assert {title[2:] for title, _ in texts(strip)} == set(stages.STAGES_OF_SAVED)
    assert strip._row.itemAt(3).widget() is strip.cells["open"]
    strip.show_state(None)
    assert [title[2:] for title, _ in texts(strip)] == list(stages.STAGES)


def test_that_only_problems_of_its_own_field_are_shown_with_their_remedy(qtbot: QtBot) -> None:
    label = ProblemLabel("neuron_cores", "batch_size")
    qtbot.addWidget(label)
    cores = Problem("neuron_cores", "too-many-cores", "16 asked, 4 there.", "Choose from 1 to 4.")
    batch = Problem("batch_size", "batch-too-small", "A batch of 0 holds nothing.", "Choose 1 or more.")
    label.show_problems([Problem("pairs", "no-pairs", "None.", "Add one."), cores, batch])
    assert not label.isHidden()
    assert label.text() == "⚠ 16 asked, 4 there. Choose from 1 to 4. (1 more)"
    label.show_problems([])
    assert label.isHidden()


def test_that_a_notice_offers_one_thing_to_do(qtbot: QtBot) -> None:
    notice = Notice()
    qtbot.addWidget(notice)
    done = []
    notice.say("A run goes on.", "Show", lambda: done.append("shown"))
    notice.show()
    qtbot.mouseClick(button(notice, "Show"), Qt.MouseButton.LeftButton)
    assert done == ["shown"]
    assert notice.isHidden()
    notice.say("Nothing to do here.")
    assert notice._action.isHidden()
    dismissed = QSignalSpy(notice.dismissed)
    qtbot.mouseClick(button(notice, "Dismiss"), Qt.MouseButton.LeftButton)
    assert dismissed.at(0) == ["Nothing to do here."]


def test_that_a_failure_says_what_why_and_what_to_do_and_can_be_copied(qtbot: QtBot) -> None:
    card = ErrorCard()
    qtbot.addWidget(card)
    card.show_failure("Failed during trace", "The worker was killed.", "Use a larger machine.", "line 1\nline 2")
    card.show()
    detail = card.findChild(QPlainTextEdit)
    assert not detail.isVisible()
    qtbot.mouseClick(button(card, "Show details"), Qt.MouseButton.LeftButton)
    assert detail.isVisible()
    qtbot.mouseClick(button(card, "Copy"), Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text() == (
        "✗ Failed during trace\nThe worker was killed.\nWhat to do: Use a larger machine.\nline 1\nline 2"
    )
    card.show_failure("Another", "Without details.", "")
    assert card._toggle.isHidden()


def test_that_text_that_does_not_fit_is_whole_in_the_tip(qtbot: QtBot) -> None:
    label = ElidedLabel("/a/very/long/path/that/does/not/fit")
    qtbot.addWidget(label)
    label.resize(80, 20)
    label.show()
    label.setToolTip("more about it")
    assert label.tip == f"{label.text()}\nmore about it"
    label.resize(800, 20)
    qtbot.waitUntil(lambda: label.tip == "more about it")


def test_that_a_narrow_choice_tells_what_it_leaves_out(qtbot: QtBot) -> None:
    combo = ElidedCombo()
    combo.addItems(["auto (xlarge)", "cut the longer of both sentences"])
    combo.setToolTip("What is cut")
    qtbot.addWidget(combo)
    combo.setFixedWidth(100)
    combo.setCurrentIndex(1)
    combo.show()
    assert combo.tip == "cut the longer of both sentences\nWhat is cut"
    combo.setFixedWidth(400)
    assert combo.tip == "What is cut"


def test_that_a_choice_that_is_cut_ends_where_its_text_would(qtbot: QtBot) -> None:
    combo = ElidedCombo()
    combo.addItems(["i" * 200])
    qtbot.addWidget(combo)
    combo.setFixedWidth(120)
    shown = combo.grab().toImage()
    combo.setItemText(0, combo.fontMetrics().elidedText("i" * 200, Qt.TextElideMode.ElideRight, combo.room.width()))
    assert combo.grab().toImage() == shown


def height_of_letters(bar: QTabBar, tab: int) -> int:
    picture = bar.grab(bar.tabRect(tab).adjusted(6, 3, -6, -3)).toImage()
    dark = [
        y for y in range(picture.height()) for x in range(picture.width()) if picture.pixelColor(x, y).black() > 150
    ]
    return max(dark) - min(dark)


def test_that_the_letters_of_a_tab_keep_their_tails_whether_it_is_chosen_or_not(qtbot: QtBot) -> None:
    tabs = RoomyTabs()
    qtbot.addWidget(tabs)
    for name in ("Log", "History"):
        tabs.addTab(QWidget(), name)
    tabs.show()
    chosen = height_of_letters(tabs.tabBar(), 0)
    tabs.setCurrentIndex(1)
    assert height_of_letters(tabs.tabBar(), 0) == chosen


class _Painted(QWidget):
    """Keeps which parts of it were painted."""

    def __init__(self) -> None:
        super().__init__()
        self.regions: list[QRegion] = []

    def paintEvent(self, event: QPaintEvent) -> None:
        self.regions.append(event.region())


def all_painted(qtbot: QtBot, page: QWidget) -> None:
    """Let what is asked of layouts climb up from a page, and what follows be painted: a last mark comes after it."""
    QApplication.sendPostedEvents()
    mark = _Painted()
    mark.setParent(page)
    mark.setGeometry(0, 0, 1, 1)
    mark.show()
    qtbot.waitUntil(lambda: bool(mark.regions))
    mark.setParent(None)


def test_that_a_text_that_grows_on_a_page_paints_nothing_beside_it(qtbot: QtBot) -> None:
    tabs, page, beside, text = RoomyTabs(), QWidget(), _Painted(), QLabel("60 lines")
    qtbot.addWidget(tabs)
    layout = QVBoxLayout(page)
    text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    layout.addWidget(text)
    layout.addWidget(beside, stretch=1)
    tabs.addTab(page, "Log")
    tabs.resize(400, 300)
    tabs.show()
    qtbot.waitUntil(lambda: bool(beside.regions))
    all_painted(qtbot, page)
    beside.regions.clear()
    text.setText("10,060 lines")
    all_painted(qtbot, page)
    assert beside.regions == []
    text.setMinimumHeight(60)
    qtbot.waitUntil(lambda: bool(beside.regions))
    assert beside.height() < 300 - 60, "what it needs is still given to it"
