"""The log of the run that is shown."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from neuron_studio.runs.follower import read_state
from neuron_studio.ui.models.filtered_log import FilteredLog
from neuron_studio.ui.panels.log_view import LogView
from neuron_studio.wire.errors import StudioError
from tests.support.scripted_run import finished_run, new_run
from tests.ui.conftest import Run, until


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[LogView]:
    """A log view of a size that holds some twenty lines."""
    view = LogView()
    qtbot.addWidget(view)
    view.resize(700, 420)
    view.show()
    yield view
    view.close_file()


def test_that_before_the_first_run_it_says_what_will_be_here(view: LogView, tmp_path: Path) -> None:
    assert not view.page.isVisible()
    assert next(label.text() for label in view.findChildren(QLabel) if label.isVisible()) == "No log yet"
    view.show_folder(new_run(tmp_path).folder)
    assert view.page.isVisible()
    view.show_folder(None)
    assert not view.page.isVisible()


def lines(first: int, last: int) -> str:
    return "".join(f"line {number}\n" for number in range(first, last))


def test_that_a_live_log_shows_its_newest_line(view: LogView, tmp_path: Path, run: Run) -> None:
    live = new_run(tmp_path).take_lock().log(lines(0, 5))
    view.show_folder(live.folder)
    run(until(lambda: view.page._count == 5))
    assert view.page.top == 0
    live.log(lines(5, 300))
    run(until(lambda: view.page._count == 300))
    assert view.page.top <= 299 < view.page.top + view.page.rows


def test_that_a_steady_trickle_fills_the_page_before_it_turns(view: LogView, tmp_path: Path, run: Run) -> None:
    live = new_run(tmp_path).take_lock()
    view.show_folder(live.folder)
    live.log(lines(0, view.page.rows))
    run(until(lambda: view.page._count == view.page.rows))
    rows = view.page.rows
    live.log(lines(rows, rows + 1))
    run(until(lambda: view.page._count == rows + 1))
    turned_to = view.page.top
    assert turned_to == rows + 1 - rows // 2
    live.log(lines(rows + 1, rows + 4))
    run(until(lambda: view.page._count == rows + 4))
    assert view.page.top == turned_to, "there is room on the page, so it stands still"


def test_that_looking_back_ends_the_following_and_the_box_brings_it_back(
    view: LogView, tmp_path: Path, run: Run
) -> None:
    live = new_run(tmp_path).take_lock().log(lines(0, 200))
    view.show_folder(live.folder)
    run(until(lambda: view.page._count == 200))
    view.page.verticalScrollBar().setValue(20)
    assert not view._follow.isChecked()
    live.log(lines(200, 400))
    run(until(lambda: view.page._count == 400))
    assert view.page.top == 20
    view._follow.setChecked(True)
    assert view.page.top == 400 - view.page.rows


def test_that_a_text_is_found_downwards_around_the_end_and_upwards(
    view: LogView, tmp_path: Path, run: Run, qtbot: QtBot
) -> None:
    live = new_run(tmp_path).log(lines(0, 100) + "ERROR: first\n" + lines(0, 100) + "error: second\n")
    view.show_folder(live.folder)
    run(until(lambda: view.page._count == 202))
    wanted = view.findChild(QLineEdit)
    wanted.setText("error")
    view.page.verticalScrollBar().setValue(0)
    for line in (100, 201, 100):
        run(press_return_and_wait(wanted, view, line, qtbot))
    run(look(view.find_previous, view, 201))
    wanted.setText("nowhere")
    run(look(view.find_next, view, 201))
    run(until(lambda: view._counted.text() == "not found"))


async def press_return_and_wait(wanted: QLineEdit, view: LogView, line: int, qtbot: QtBot) -> None:
    qtbot.keyClick(wanted, Qt.Key.Key_Return)
    await until(lambda: view.page.selection == (line, line))


async def look(find: object, view: LogView, line: int) -> None:
    find()
    await until(lambda: view.page.selection == (line, line))


def test_that_selected_lines_are_copied_and_without_a_selection_all(
    view: LogView, tmp_path: Path, run: Run, qtbot: QtBot
) -> None:
    live = new_run(tmp_path).log(lines(0, 10))
    view.show_folder(live.folder)
    run(until(lambda: view.page._count == 10))
    run(copied(view, "\n".join(f"line {number}" for number in range(10))))
    height = view.page._row_height
    port = view.page.viewport()
    qtbot.mouseClick(port, Qt.MouseButton.LeftButton, pos=QPoint(5, height * 2 + 6))
    shift = Qt.KeyboardModifier.ShiftModifier
    qtbot.mouseClick(port, Qt.MouseButton.LeftButton, shift, pos=QPoint(5, height * 4 + 6))
    run(copied(view, "line 2\nline 3\nline 4"))


async def copied(view: LogView, text: str) -> None:
    QApplication.clipboard().clear()
    view.copy()
    await until(lambda: QApplication.clipboard().text() == text)


def test_that_the_log_of_a_run_that_is_over_is_shown_whole_and_left_alone(
    view: LogView, tmp_path: Path, run: Run
) -> None:
    done = finished_run(tmp_path).log(lines(0, 1000))
    view.show_folder(done.folder)
    view.show_state(read_state(done.folder))
    run(until(lambda: view.page._count == 1000))
    assert view._counted.text() == "1,000 lines · 8.9 kB"


def test_that_a_hidden_log_draws_nothing_until_it_is_shown(view: LogView, tmp_path: Path, run: Run) -> None:
    view.hide()
    live = new_run(tmp_path).log(lines(0, 50))
    view.show_folder(live.folder)
    run(until(lambda: view._file.count == 50))
    assert view.page._count == 0
    view.show()
    assert view.page._count == 50


def test_that_keys_move_the_page(view: LogView, tmp_path: Path, run: Run, qtbot: QtBot) -> None:
    live = new_run(tmp_path).log(lines(0, 500))
    view.show_folder(live.folder)
    run(until(lambda: view.page._count == 500))
    end = 500 - view.page.rows
    for key, top in ((Qt.Key.Key_Home, 0), (Qt.Key.Key_Down, 1), (Qt.Key.Key_End, end), (Qt.Key.Key_Up, end - 1)):
        qtbot.keyClick(view.page, key)
        assert view.page.top == top


def shown(view: LogView) -> list[str]:
    return view.page._file.lines(0, 100) if view.page._file else []


def test_that_errors_alone_can_be_shown_while_the_log_grows(view: LogView, tmp_path: Path, run: Run) -> None:
    async def scene() -> None:
        live = new_run(tmp_path).take_lock().log(lines(0, 50) + "ERROR: no room\n" + lines(50, 60))
        view.show_folder(live.folder)
        view._level.setCurrentText("Errors")
        await until(lambda: shown(view) == ["ERROR: no room"])
        live.log("WARNING: slow\nValueError: later\n")
        await until(lambda: shown(view) == ["ERROR: no room", "ValueError: later"])
        await until(lambda: view._counted.text().startswith("2 of 63 lines"))

    run(scene())


def test_that_only_lines_with_the_text_are_shown_and_the_chosen_one_stays_in_sight(
    view: LogView, tmp_path: Path, run: Run
) -> None:
    async def scene() -> None:
        live = new_run(tmp_path).take_lock().log(lines(0, 5000))
        view.show_folder(live.folder)
        view._wanted.setText("LINE 321")
        view._only.setChecked(True)
        await until(lambda: shown(view) == ["line 321", *(f"line {number}" for number in range(3210, 3220))])
        view.page.go_to(3)
        view._only.setChecked(False)
        assert view.page.selection == (3212, 3212)
        assert view.page.top <= 3212 < view.page.top + view.page.rows

    run(scene())


def test_that_the_last_line_of_a_log_is_found_though_it_never_ended(view: LogView, tmp_path: Path, run: Run) -> None:
    async def scene() -> None:
        ended = finished_run(tmp_path).folder
        with ended.log_file.open("a") as log:
            log.write("Killed")
        view.show_folder(ended)
        view._level.setCurrentText("Errors")
        view.show_state(read_state(ended))
        await until(lambda: shown(view) == ["Killed"])

    run(scene())


def test_that_what_is_asked_for_while_a_look_through_the_log_ends_is_not_missed(
    view: LogView, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_its_end, go_on = threading.Event(), threading.Event()
    grow = FilteredLog.grow

    def slow_at_its_end(log: FilteredLog) -> bool:
        has_grown = grow(log)
        if not has_grown and not go_on.is_set():
            at_its_end.set()
            go_on.wait(30)
        return has_grown

    monkeypatch.setattr(FilteredLog, "grow", slow_at_its_end)

    async def scene() -> None:
        live = new_run(tmp_path).take_lock().log("ERROR: red\nWARNING: yellow\nfine\n")
        view.show_folder(live.folder)
        view._level.setCurrentText("Errors")
        await until(at_its_end.is_set)
        view._level.setCurrentText("Warnings and errors")
        go_on.set()
        await until(lambda: shown(view) == ["ERROR: red", "WARNING: yellow"])

    run(scene())


def test_that_the_whole_log_is_saved_byte_for_byte_and_a_part_as_it_is_shown(
    view: LogView, tmp_path: Path, run: Run
) -> None:
    async def scene() -> None:
        live = new_run(tmp_path).take_lock().log("\x1b[31mERROR: red\x1b[0m\nfine\n")
        view.show_folder(live.folder)
        await until(lambda: view.page._count == 2)
        await view.save(tmp_path / "whole.txt")
        assert (tmp_path / "whole.txt").read_bytes() == live.folder.log_file.read_bytes()
        view._level.setCurrentText("Errors")
        await until(lambda: shown(view) == ["ERROR: red"])
        await view.save(tmp_path / "part.txt")
        assert (tmp_path / "part.txt").read_text() == "ERROR: red\n"

    run(scene())


def test_that_a_log_that_cannot_be_saved_says_so_and_leaves_the_older_file(
    view: LogView, tmp_path: Path, run: Run
) -> None:
    async def scene() -> None:
        live = new_run(tmp_path).take_lock().log(lines(0, 3))
        view.show_folder(live.folder)
        with pytest.raises(StudioError, match="cannot be written"):
            await view.save(Path("/proc/nowhere/log.txt"))

    run(scene())


def test_that_over_a_slow_display_a_page_turns_over_bit_by_bit_and_at_once_for_who_clicks(
    view: LogView, tmp_path: Path, run: Run, qtbot: QtBot
) -> None:
    async def scene() -> None:
        await begin_to_turn(view, tmp_path)
        assert view.page.is_turning
        assert view.page.top == 500 - view.page.rows
        view.page.show_growth(most_rows=5)
        assert view.page.is_turning, "ten rows are of the new page, the rest of the one before"
        qtbot.mouseClick(view.page.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, 40))
        assert not view.page.is_turning

    run(scene())


async def begin_to_turn(view: LogView, place: Path) -> None:
    """Fill a page, then let a flood turn it over, five rows at first."""
    live = new_run(place).take_lock()
    view.show_folder(live.folder)
    live.log(lines(0, view.page.rows))
    await until(lambda: view.page._count == view.page.rows)
    live.log(lines(view.page.rows, 500))
    await until(lambda: view._file is not None and view._file.count == 500)
    view.page.set_following(False)
    view.page.verticalScrollBar().setValue(0)
    view.page._count, view.page._is_following = view.page.rows, True
    view.page.show_growth(most_rows=5)


@pytest.mark.parametrize("height", range(420, 440, 3))
def test_that_a_page_that_turned_bit_by_bit_shows_what_one_does_that_was_opened_there(
    view: LogView, tmp_path: Path, run: Run, height: int
) -> None:
    async def scene() -> None:
        view.resize(700, height)
        await begin_to_turn(view, tmp_path)
        while view.page.is_turning:
            view.page.show_growth(most_rows=5)
        turned = view.page.viewport().grab().toImage()
        view.page.show_file(view._file)
        view.page.show_growth()
        assert turned == view.page.viewport().grab().toImage()

    run(scene())
