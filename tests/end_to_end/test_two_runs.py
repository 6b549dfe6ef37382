"""Two runs at once keep out of each other's way; two that want the same place for their bundles do not both get it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from neuron_studio.core.run_state import Phase
from neuron_studio.runs import worker_lock
from neuron_studio.runs.store import RunStore
from neuron_studio.wire import stages
from neuron_studio.wire.errors import StudioError
from tests.support.workers import a_spec, at_stage, begin, cleared_away, studio


def test_that_two_runs_of_one_model_begun_in_one_second_both_end_in_a_bundle(tiny_model: Path, store: RunStore) -> None:
    runs = [begin(store, a_spec(tiny_model)) for _ in range(2)]
    with cleared_away(*runs):
        ends = [run.end() for run in runs]
    assert [state.phase for state in ends] == [Phase.FINISHED] * 2
    assert len({state.bundle.path for state in ends if state.bundle is not None}) == 2
    assert ends[0].judged == ends[1].judged


def test_that_a_second_run_with_the_same_output_is_refused_while_the_first_goes_on(
    tiny_model: Path, store: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_stage(monkeypatch, stages.PREPARE)
    output = tmp_path / "bundle"
    run = begin(store, a_spec(tiny_model, output=str(output)))
    with cleared_away(run):
        second = studio("compile", tiny_model, "--target", "inf2", "--output", output)
        err = second.communicate(timeout=30)[1]
        assert second.returncode == 2
        assert run.folder.name in err
        assert [folder.name for folder in store.folders()] == [run.folder.name], "the second left no run folder"
        run.reach(stages.PREPARE)
        worker_lock.stop(run.folder)
        assert run.end().phase is Phase.STOPPED
    assert store.create(a_spec(tiny_model, output=str(output)), datetime.now()).spec_file.is_file()


def test_that_of_two_folders_made_for_one_output_at_least_one_is_refused(tiny_model: Path, store: RunStore) -> None:
    store.create(a_spec(tiny_model, output="/anywhere/bundle"), datetime.now())
    with pytest.raises(StudioError, match="goes on"):
        store.create(a_spec(tiny_model, output="/anywhere/../anywhere/bundle"), datetime.now())
    assert len(list(store.folders())) == 1
    assert len(list(store.root.iterdir())) == 1
