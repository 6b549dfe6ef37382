"""Whatever ends a run, in whichever stage: the reason is on record, and nothing half-made and no process is left."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from neuron_studio.core.run_state import Phase, RunState, StageStatus
from neuron_studio.runs import worker_lock
from neuron_studio.runs.follower import read_state
from neuron_studio.runs.store import RunStore
from neuron_studio.wire import stages
from tests.support.until import until
from tests.support.workers import (
    FOREVER,
    RealRun,
    a_spec,
    at_stage,
    begin,
    cleared_away,
    content,
    half_made,
    older_bundle,
)

# What the worker, its child or the user may meet; each gets a run of its own, and the three run side by side.
ENDS = ("worker", "child", "stop")


@dataclass
class HeldRuns:
    """Runs that stand in one stage, each about to replace an older bundle."""

    stage: str
    runs: dict[str, RealRun]
    older: dict[str, str]

    def assert_nothing_is_left(self, end: str, state: RunState) -> None:
        """No process, no half-made bundle, the older one as it was; and whoever looks later sees the same end."""
        run = self.runs[end]
        until(lambda: not run.processes(), timeout_s=2.0)
        place = Path(str(state.spec.output))
        assert content(place) == self.older
        assert half_made(place.parent, run.folder.path) == []
        assert not run.folder.reserve.exists()
        assert not worker_lock.is_held(run.folder)
        assert read_state(run.folder) == state


@pytest.fixture(scope="module", params=stages.STAGES)
def held(
    request: pytest.FixtureRequest, tiny_model: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HeldRuns]:
    """Three runs, begun in the same second, that all stand in the stage."""
    place = tmp_path_factory.mktemp(request.param)
    store = RunStore(place / "runs")
    runs = {}
    with pytest.MonkeyPatch.context() as environment:
        for end in ENDS:
            at_stage(environment, request.param)
            if (request.param, end) == (stages.VERIFY, "child"):
                environment.delenv("AT_STAGE")  # the worker walks this stage itself; its child must be let in
                environment.setenv("IN_VERIFIER_DO", FOREVER)
            output = older_bundle(place / end / "bundle")
            runs[end] = begin(store, a_spec(tiny_model, output=str(output), force=True))
            environment.delenv("IN_VERIFIER_DO", raising=False)
    with cleared_away(*runs.values()):
        for run in runs.values():
            run.reach(request.param)
        yield HeldRuns(request.param, runs, content(output))


def assert_killed(state: RunState, stage: str) -> None:
    assert state.phase is Phase.FAILED
    assert state.failure is not None
    assert (state.failure.code, state.failure.stage) == ("killed", stage)
    assert "signal 9" in state.failure.message
    assert state.stage is not None
    assert (state.stage.name, state.stage.status) == (stage, StageStatus.FAILED)


def test_that_a_killed_worker_is_noticed_in_its_stage_and_leaves_nothing(held: HeldRuns) -> None:
    run = held.runs["worker"]
    os.kill(run.process.pid, signal.SIGKILL)
    state = run.end(timeout_s=5.0)
    assert_killed(state, held.stage)
    held.assert_nothing_is_left("worker", state)


def test_that_a_killed_child_of_the_worker_is_recorded_with_its_signal(held: HeldRuns) -> None:
    run = held.runs["child"]
    os.kill(run.child("verify" if held.stage == stages.VERIFY else "trace"), signal.SIGKILL)
    state = run.end(timeout_s=5.0)
    assert_killed(state, held.stage)
    held.assert_nothing_is_left("child", state)


def test_that_a_stop_is_obeyed_within_two_seconds(held: HeldRuns) -> None:
    run = held.runs["stop"]
    began = time.monotonic()
    worker_lock.stop(run.folder)
    state = run.end(timeout_s=2.0)
    assert time.monotonic() - began < 2.0
    assert state.phase is Phase.STOPPED
    assert state.stage is not None
    assert (state.stage.name, state.stage.status) == (held.stage, StageStatus.STOPPED)
    assert run.process.returncode == 130
    held.assert_nothing_is_left("stop", state)
