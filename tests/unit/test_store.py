"""The store: a folder for every run, found again by name, and nothing lost by accident."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from neuron_studio.runs.store import RunStore
from neuron_studio.wire.errors import Blame, ProtocolError, StudioError
from neuron_studio.wire.spec import ModelChoice, RunSpec
from tests.support.scripted_run import ScriptedRun, a_spec

NOW = datetime(2026, 11, 22, 20, 55, 1)


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "Läufe und mehr" / "runs")


def spec_of(model: str, output: Path | None = None) -> RunSpec:
    return replace(a_spec(), model=ModelChoice(model), output=str(output) if output else None)


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("bert-base-cased-finetuned-mrpc", "20261122-205501-bert-base-cased-finetuned-mrpc"),
        ("acme/pair.model_v2", "20261122-205501-pair.model_v2"),
        ("/home/me/my models/best one/", "20261122-205501-best-one"),
        ("模型", "20261122-205501-model"),
        ("..", "20261122-205501-model"),
        ("x" * 300, "20261122-205501-" + "x" * 60),
    ],
)
def test_that_a_run_is_named_by_its_time_and_its_model(model: str, name: str, store: RunStore) -> None:
    folder = store.create(spec_of(model), NOW)
    assert folder.name == name
    assert folder.path.parent == store.root
    assert folder.read_spec() == spec_of(model)
    assert folder.path.stat().st_mode & 0o077 == 0, "sentences may be private"


def test_that_two_runs_in_one_second_are_two_runs(store: RunStore) -> None:
    names = [store.create(spec_of("acme/pairs"), NOW).name for _ in range(3)]
    assert names == ["20261122-205501-pairs", "20261122-205501-pairs-2", "20261122-205501-pairs-3"]


def test_that_runs_are_listed_newest_first_and_strangers_passed_over(store: RunStore) -> None:
    assert list(store.folders()) == []
    for second in (1, 3, 2):
        store.create(spec_of("acme/pairs"), NOW.replace(second=second))
    (store.root / "notes.txt").write_text("mine")
    (store.root / "99999999-empty").mkdir()
    assert [folder.name[9:15] for folder in store.folders()] == ["205503", "205502", "205501"]


def test_that_a_run_is_found_by_its_name_its_beginning_or_as_the_last(store: RunStore) -> None:
    first = store.create(spec_of("acme/pairs"), NOW)
    second = store.create(spec_of("acme/pairs"), NOW)
    assert store.find(first.name) == first, "its whole name, though another begins with it"
    assert store.find(second.name) == second
    assert store.find("last") == second
    other = store.create(spec_of("acme/other"), NOW)
    assert store.find("20261122-205501-o") == other


@pytest.mark.parametrize("name", ["20261122", "nothing", ""])
def test_that_a_name_that_fits_none_or_several_is_refused(name: str, store: RunStore) -> None:
    store.create(spec_of("acme/pairs"), NOW)
    store.create(spec_of("acme/other"), NOW)
    with pytest.raises(StudioError) as caught:
        store.find(name)
    assert caught.value.code == "no-such-run"
    assert caught.value.blame is Blame.INPUT
    assert "runs list" in caught.value.remedy


def test_that_a_place_where_no_folder_can_be_made_is_told_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StudioError, match="cannot be made") as caught:
        RunStore(tmp_path / "file" / "runs").create(spec_of("acme/pairs"), NOW)
    assert "NEURON_STUDIO_DATA" in caught.value.remedy


def test_that_an_output_is_refused_while_another_run_is_to_fill_it(store: RunStore, tmp_path: Path) -> None:
    output = tmp_path / "bundle"
    other = ScriptedRun(store.create(spec_of("acme/pairs", output), NOW)).begin().take_lock()
    with pytest.raises(StudioError) as caught:
        store.create(spec_of("acme/other", tmp_path / "." / "bundle"), NOW)
    assert caught.value.code == "output-in-use"
    assert other.folder.name in caught.value.message
    assert store.create(spec_of("acme/other", tmp_path / "another"), NOW)
    other.release_lock()
    assert store.create(spec_of("acme/other", output), NOW)


def test_that_a_damaged_run_hinders_no_new_one(store: RunStore, tmp_path: Path) -> None:
    damaged = ScriptedRun(store.create(spec_of("acme/pairs"), NOW)).take_lock()
    damaged.folder.spec_file.write_text("{")
    with pytest.raises(ProtocolError):
        damaged.folder.read_spec()
    assert store.create(spec_of("acme/pairs", tmp_path / "bundle"), NOW)


def test_that_only_a_run_that_has_ended_is_removed(store: RunStore) -> None:
    run = ScriptedRun(store.create(spec_of("acme/pairs"), NOW)).begin().take_lock()
    with pytest.raises(StudioError, match="goes on"):
        store.remove(run.folder)
    run.release_lock()
    store.remove(run.folder)
    assert not run.folder.path.exists()
