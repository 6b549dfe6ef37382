"""A disk that runs full during a run is named as the reason, with its stage; no half bundle is left on it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from neuron_studio.core.run_state import Phase
from neuron_studio.runs.follower import read_state
from neuron_studio.runs.store import RunStore
from neuron_studio.wire import stages
from neuron_studio.wire.errors import StudioError
from tests.support.small_disk import fill, read_only, small_disk
from tests.support.workers import (
    a_spec,
    at_stage,
    begin,
    cleared_away,
    content,
    half_made,
    newest,
    older_bundle,
    studio,
)

SHORT = ("--target", "inf2", "--max-length", "16")

# From here on no file may grow beyond 20 kB: what a full disk says, without a disk of one's own.
NO_ROOM = "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))"

FILL = """
caught = None
with open({filler!r}, "wb", buffering=0) as file:
    try:
        while True:
            file.write(b"0" * 4096)
    except OSError as error:
        caught = error
"""


def test_that_an_output_on_a_full_disk_fails_in_save_and_the_older_bundle_stays(
    tiny_model: Path, store: RunStore, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", 160) as disk:
        output = older_bundle(disk / "bundle")
        before = content(output)
        program = studio("compile", tiny_model, *SHORT, "--json", "--output", output, "--force")
        out, err = program.communicate(timeout=60)
        assert program.returncode == 4, err
        error = json.loads(out)["error"]
        assert (error["code"], error["stage"]) == ("disk-full", stages.SAVE)
        assert "space" in error["remedy"]
        assert content(output) == before
        assert half_made(disk) == []
        assert list(disk.iterdir()) == [output]
    failure = read_state(newest(store)).failure
    assert failure is not None
    assert failure.code == "disk-full"


def test_that_a_file_that_may_not_grow_is_a_full_disk_too(
    tiny_model: Path, store: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_stage(monkeypatch, stages.SAVE, NO_ROOM)
    run = begin(store, a_spec(tiny_model, output=str(tmp_path / "out" / "bundle")))
    with cleared_away(run):
        state = run.end()
    assert state.failure is not None
    assert (state.failure.code, state.failure.stage) == ("disk-full", stages.SAVE), state.failure
    assert list((tmp_path / "out").iterdir()) == []


def test_that_an_output_whose_disk_runs_full_in_verify_is_told_by_the_worker_itself(
    tiny_model: Path, store: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with small_disk(tmp_path / "disk", 2048) as disk:
        at_stage(monkeypatch, stages.VERIFY, FILL.format(filler=str(disk / "filler")))
        run = begin(store, a_spec(tiny_model, output=str(disk / "bundle")))
        with cleared_away(run):
            state = run.end()
        assert state.failure is not None
        assert (state.failure.code, state.failure.stage) == ("disk-full", stages.VERIFY), state.failure
        assert [path.name for path in disk.iterdir()] == ["filler"]


def test_that_a_full_disk_under_the_run_itself_still_leaves_the_reason_in_its_journal(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with small_disk(tmp_path / "disk", 1024) as disk:
        at_stage(monkeypatch, stages.PREPARE, FILL.format(filler=str(disk / "filler")) + "raise caught")
        run = begin(RunStore(disk / "runs"), a_spec(tiny_model))
        with cleared_away(run):
            state = run.end()
        assert state.failure is not None
        assert (state.failure.code, state.failure.stage) == ("disk-full", stages.PREPARE)
        assert read_state(run.folder) == state


def test_that_where_not_even_the_reason_can_be_written_the_full_disk_is_told_by_whoever_looks(
    tiny_model: Path, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", 1024) as disk:
        store = RunStore(disk / "runs")
        fill(disk, leave=24_576)
        run = begin(store, a_spec(tiny_model))
        with cleared_away(run):
            state = run.end()
        assert state.phase is Phase.FAILED
        assert state.failure is not None
        assert state.failure.code == "disk-full"
        assert state.failure.remedy


def test_that_no_run_folder_is_left_where_there_is_no_room_for_one(tiny_model: Path, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 64) as disk:
        store = RunStore(disk / "runs")
        store.root.mkdir()
        fill(disk)
        with pytest.raises(StudioError, match="No space left") as caught:
            begin(store, a_spec(tiny_model))
        assert caught.value.code == "no-run-folder"
        assert list(store.root.iterdir()) == []


def test_that_a_read_only_output_is_refused_before_anything_starts(
    tiny_model: Path, store: RunStore, tmp_path: Path
) -> None:
    (tmp_path / "place").mkdir()
    with read_only(tmp_path / "place") as place:
        program = studio("compile", tiny_model, *SHORT, "--output", place / "bundle")
        err = program.communicate(timeout=60)[1]
    assert program.returncode == 2
    assert "cannot be written" in err
    assert list(store.folders()) == []


def test_that_an_output_that_became_read_only_meanwhile_fails_in_save(
    tiny_model: Path, store: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "place").mkdir()
    at_stage(monkeypatch, stages.SAVE, "")
    with read_only(tmp_path / "place") as place:
        run = begin(store, a_spec(tiny_model, output=str(place / "bundle")))
        with cleared_away(run):
            state = run.end()
    assert state.failure is not None
    assert (state.failure.code, state.failure.stage) == ("output-not-writable", stages.SAVE)
    assert state.failure.remedy
