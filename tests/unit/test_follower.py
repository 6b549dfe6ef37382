"""Following: what a reader makes of a run folder in every condition, and that its verdict is on record for the next."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from neuron_studio.core.run_state import Phase, RunState
from neuron_studio.runs import worker_lock
from neuron_studio.runs.follower import Follower, follow, read_state
from neuron_studio.wire.errors import ProtocolError, StudioError
from neuron_studio.wire.events import RunFinished, RunStarted, StageFinished, StageStarted
from neuron_studio.wire.journal import Journal, JournalReader
from neuron_studio.wire.run_folder import RunFolder
from tests.support.scripted_run import a_spec
from tests.support.worker_in_name import WorkerInName


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    folder = RunFolder(tmp_path / "20261122-205501-mrpc")
    folder.path.mkdir()
    folder.write_spec(a_spec(output=str(tmp_path / "bundle")))
    return folder


def write(folder: RunFolder, *facts: object, at: float | None = None) -> None:
    journal = Journal(folder.events_file)
    for fact in facts:
        journal.append(fact, at)  # type: ignore[arg-type]
    journal.close()


def records(folder: RunFolder) -> list[str]:
    return [type(entry.event).__name__ for entry in JournalReader(folder.events_file).read()]


def lost(state: RunState) -> tuple[str, str]:
    assert state.phase is Phase.FAILED
    assert state.failure is not None
    return state.failure.code, state.failure.stage


def test_that_a_new_folder_is_given_time_to_find_its_worker(folder: RunFolder) -> None:
    assert read_state(folder).phase is Phase.STARTING
    long_ago = time.time() - 2 * worker_lock.START_S
    os.utime(folder.spec_file, (long_ago, long_ago))
    assert lost(read_state(folder)) == ("died", "prepare")


def test_that_a_clock_set_back_does_not_make_a_folder_wait_for_ever(folder: RunFolder) -> None:
    tomorrow = time.time() + 86_400
    os.utime(folder.spec_file, (tomorrow, tomorrow))
    assert read_state(folder).phase is Phase.FAILED


def test_that_a_run_goes_on_while_its_lock_is_held_and_has_died_when_it_is_free(folder: RunFolder) -> None:
    with WorkerInName(folder):
        write(folder, RunStarted(1, "here", "python"), StageStarted("trace"))
        follower = Follower(folder)
        assert follower.refresh().phase is Phase.RUNNING
        assert follower.refresh() is follower.state, "nothing new, no new state"
    folder.log_file.write_text("the last words of the compiler\n")
    state = follower.refresh()
    assert lost(state) == ("died", "trace")
    assert state.failure is not None
    assert "last words of the compiler" in state.failure.detail


def test_that_a_death_is_recorded_once_and_dated_by_the_last_sign_of_life(folder: RunFolder) -> None:
    with WorkerInName(folder):
        write(folder, RunStarted(1, "here", "python"), StageStarted("trace"), at=1_000_000.0)
    for path in (folder.events_file, folder.spec_file):
        os.utime(path, (1_000_060, 1_000_060))
    first = read_state(folder)
    assert (first.started, first.ended) == (1_000_000.0, 1_000_060.0)
    assert read_state(folder) == first
    assert records(folder) == ["RunStarted", "StageStarted", "RunFailed"]


def test_that_a_death_leaves_no_half_made_bundle_and_no_reserve(folder: RunFolder) -> None:
    with WorkerInName(folder):
        write(folder, RunStarted(1, "here", "python"), StageStarted("save"))
        folder.bundle_aside(folder.read_spec()).mkdir()
        folder.reserve.write_bytes(b"room")
    assert lost(read_state(folder)) == ("died", "save")
    assert sorted(path.name for path in folder.path.parent.iterdir()) == [folder.name]
    assert not folder.reserve.exists()


def test_that_a_worker_that_finished_just_before_is_not_taken_for_dead(folder: RunFolder) -> None:
    with WorkerInName(folder):
        write(folder, RunStarted(1, "here", "python"), StageStarted("load"))
        follower = Follower(folder)
        follower.refresh()
        write(folder, StageFinished("load", 1.0), RunFinished())
    assert follower.refresh().phase is Phase.FINISHED


def test_that_another_machines_dead_worker_is_told_but_nothing_of_it_is_touched(folder: RunFolder) -> None:
    aside = folder.bundle_aside(folder.read_spec())
    with WorkerInName(folder, host="elsewhere"):
        write(folder, RunStarted(1, "elsewhere", "python"), StageStarted("save"))
        aside.mkdir()
        with pytest.raises(StudioError) as caught:
            worker_lock.stop(folder)
        assert caught.value.code == "run-elsewhere"
        assert "elsewhere" in caught.value.remedy
    assert lost(read_state(folder)) == ("died", "save")
    assert records(folder) == ["RunStarted", "StageStarted"]
    assert aside.exists()


def test_that_a_folder_removed_while_it_is_followed_is_told(folder: RunFolder) -> None:
    with WorkerInName(folder):
        write(folder, RunStarted(1, "here", "python"), StageStarted("trace"))
        states = follow(folder, beat_s=0.0)
        assert next(states).phase is Phase.RUNNING
        shutil.rmtree(folder.path)
        with pytest.raises(ProtocolError, match="No such file") as caught:
            list(states)
        assert "removed" in caught.value.remedy


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": 99}', '{"schema": 1}', "\x00\x00", "null"])
def test_that_a_damaged_spec_is_told(text: str, folder: RunFolder) -> None:
    folder.spec_file.write_text(text)
    with pytest.raises(ProtocolError) as caught:
        Follower(folder)
    assert caught.value.code == "unreadable-run-folder"
    assert caught.value.remedy


@pytest.mark.parametrize("text", ["", "{", "null", '{"pid": "?"}'])
def test_that_a_damaged_lock_file_only_hides_who_held_it(text: str, folder: RunFolder) -> None:
    write(folder, RunStarted(1, "here", "python"), StageStarted("trace"))
    folder.lock_file.write_text(text)
    assert worker_lock.holder(folder) is None
    assert lost(read_state(folder)) == ("died", "trace")
    worker_lock.stop(folder)
    assert records(folder) == ["RunStarted", "StageStarted", "RunFailed"]


def test_that_a_stop_of_a_run_that_is_over_changes_nothing(folder: RunFolder) -> None:
    with WorkerInName(folder):
        write(folder, RunStarted(1, "here", "python"), RunFinished())
    before = folder.events_file.read_bytes()
    worker_lock.stop(folder)
    assert folder.events_file.read_bytes() == before


def test_that_following_ends_when_it_is_no_longer_wanted(folder: RunFolder) -> None:
    with WorkerInName(folder):
        write(folder, RunStarted(1, "here", "python"))
        wanted = [True, True, False]
        assert len(list(follow(folder, beat_s=0.0, is_wanted=lambda: wanted.pop(0)))) == 1


def test_that_a_line_longer_than_the_tail_is_not_swallowed_by_it(folder: RunFolder) -> None:
    assert folder.log_tail(4096) == ""
    folder.log_file.write_text("first\n" + "x" * 5000)
    assert folder.log_tail(4096) == "x" * 4096
    folder.log_file.write_text("first\n" * 2000)
    assert set(folder.log_tail(4096).splitlines()) == {"first"}
