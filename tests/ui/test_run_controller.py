"""Runs are started, followed and stopped by one thread, and outlive the window."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from neuron_studio.core.run_state import Phase, RunState
from neuron_studio.runs import worker_lock
from neuron_studio.runs.store import RunStore
from neuron_studio.ui.run_controller import RunController
from neuron_studio.wire import events
from neuron_studio.wire.spec import RunSpec
from tests.support.scripted_run import PAIRS, SAME, a_spec, finished_run, new_run
from tests.support.scripted_worker import scripted_python


@pytest.fixture
def controller(qtbot: QtBot, tmp_path: Path) -> Iterator[RunController]:
    controller = RunController(RunStore(tmp_path / "runs"))
    yield controller
    standby = controller._standby
    controller.close()
    if standby is not None:
        qtbot.waitUntil(lambda: not standby.fits(standby.python))


def spec_for(tmp_path: Path, behaviour: str) -> RunSpec:
    return replace(a_spec(PAIRS), python=scripted_python(tmp_path, behaviour))


def last(spy: QSignalSpy) -> RunState:
    return spy.at(spy.count() - 1)[0]


def ended(controller: RunController, states: QSignalSpy) -> bool:
    return states.count() > 0 and not controller.is_running


def test_that_a_started_run_is_followed_to_its_end(controller: RunController, tmp_path: Path, qtbot: QtBot) -> None:
    states, folders = QSignalSpy(controller.state_changed), QSignalSpy(controller.folder_changed)
    controller.start(spec_for(tmp_path, "finish"))
    assert controller.is_running
    qtbot.waitUntil(lambda: ended(controller, states), timeout=10_000)
    assert last(states).phase is Phase.FINISHED
    assert folders.at(0)[0].path.parent == tmp_path / "runs"
    assert controller.folder == folders.at(0)[0]


def test_that_stopping_ends_the_worker_and_says_so(controller: RunController, tmp_path: Path, qtbot: QtBot) -> None:
    states = QSignalSpy(controller.state_changed)
    controller.start(spec_for(tmp_path, "linger"))
    qtbot.waitUntil(lambda: states.count() and last(states).stage_name == "trace", timeout=10_000)
    folder = controller.folder
    started = time.monotonic()
    controller.stop()
    qtbot.waitUntil(lambda: not controller.is_running, timeout=5000)
    assert time.monotonic() - started < 2
    assert last(states).phase is Phase.STOPPED
    assert not worker_lock.is_held(folder)


def test_that_a_stop_counts_even_before_the_worker_is_up(
    controller: RunController, tmp_path: Path, qtbot: QtBot
) -> None:
    states, folders = QSignalSpy(controller.state_changed), QSignalSpy(controller.folder_changed)
    controller.start(spec_for(tmp_path, "linger"))
    qtbot.waitUntil(lambda: folders.count() == 1)
    controller.stop()
    qtbot.waitUntil(lambda: ended(controller, states), timeout=8000)
    assert last(states).phase is Phase.STOPPED


def test_that_a_run_goes_on_when_it_is_left_and_is_found_as_it_is(
    controller: RunController, tmp_path: Path, qtbot: QtBot
) -> None:
    states = QSignalSpy(controller.state_changed)
    controller.start(spec_for(tmp_path, "linger"))
    qtbot.waitUntil(lambda: states.count() and last(states).stage_name == "trace", timeout=10_000)
    seen, folder, worker = last(states), controller.folder, controller._processes.popitem()[1]
    controller.close()
    assert worker_lock.is_held(folder)
    another = RunController(RunStore(tmp_path / "runs"))
    again = QSignalSpy(another.state_changed)
    another.attach(folder)
    qtbot.waitUntil(lambda: again.count() == 1)
    assert last(again) == seen
    assert another.is_running
    another.stop()
    qtbot.waitUntil(lambda: not another.is_running, timeout=5000)
    assert last(again).phase is Phase.STOPPED
    another.close()
    worker.wait()


def test_that_a_warm_worker_takes_the_run_and_another_follows_when_it_is_over(
    controller: RunController, tmp_path: Path, qtbot: QtBot
) -> None:
    spec = spec_for(tmp_path, "finish")
    controller.keep_warm(spec.python)
    qtbot.waitUntil(lambda: controller._standby is not None, timeout=5000)
    pid = controller._standby._process.pid
    states = QSignalSpy(controller.state_changed)
    controller.start(spec)
    qtbot.waitUntil(lambda: ended(controller, states), timeout=10_000)
    assert worker_lock.holder(controller.folder).pid == pid
    qtbot.waitUntil(lambda: controller._standby is not None, timeout=5000)
    assert controller._standby._process.pid != pid


def test_that_another_environment_dismisses_the_warm_worker(
    controller: RunController, tmp_path: Path, qtbot: QtBot
) -> None:
    controller.keep_warm(scripted_python(tmp_path, "finish"))
    qtbot.waitUntil(lambda: controller._standby is not None, timeout=5000)
    process = controller._standby._process
    controller.keep_warm(None)
    qtbot.waitUntil(lambda: process.poll() is not None, timeout=5000)
    assert controller._standby is None


def test_that_an_interpreter_that_cannot_be_started_is_told(
    controller: RunController, tmp_path: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(controller.error_raised) as told:
        controller.start(replace(a_spec(PAIRS), python=str(tmp_path / "no-such-python")))
    assert told.args[0].code == "no-interpreter"
    assert not controller.is_running


def test_that_a_folder_that_cannot_be_read_is_told(controller: RunController, tmp_path: Path, qtbot: QtBot) -> None:
    run = finished_run(tmp_path / "runs")
    run.folder.spec_file.write_text("{")
    with qtbot.waitSignal(controller.error_raised) as told:
        controller.attach(run.folder)
    assert told.args[0].code == "unreadable-run-folder"


def test_that_states_come_at_most_four_times_a_second(controller: RunController, tmp_path: Path, qtbot: QtBot) -> None:
    run = new_run(tmp_path / "runs").take_lock().begin("load")
    states = QSignalSpy(controller.state_changed)
    controller.attach(run.folder)
    began = time.monotonic()
    while time.monotonic() - began < 1.0:
        run.write(events.Progressed("load", int(time.monotonic() * 1000), None, "bytes"))
        qtbot.wait(5)
    assert 2 <= states.count() <= 5
    run.release_lock()


def test_that_the_state_of_a_run_that_is_no_longer_shown_is_dropped(
    controller: RunController, tmp_path: Path, qtbot: QtBot
) -> None:
    going, done = new_run(tmp_path / "runs", name="a").take_lock().begin(), finished_run(tmp_path / "runs", SAME, "b")
    controller.attach(going.folder)
    states = QSignalSpy(controller.state_changed)
    controller.attach(done.folder)
    qtbot.waitUntil(lambda: states.count() == 1)
    going.write(events.RunStopped("trace"))
    qtbot.waitUntil(lambda: not any(thread.name == "_follow_old" for thread in threading.enumerate()))
    qtbot.wait(0)
    assert states.count() == 1
    assert last(states).phase is Phase.FINISHED
    controller.detach()
    assert controller.folder is None
