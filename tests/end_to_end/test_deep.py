"""The comparison layer by layer in real runs: it tells what it found, and never touches what is deployed."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from neuron_studio.core.run_state import Phase, RunState
from neuron_studio.runs import worker_lock
from neuron_studio.runs.store import RunStore
from neuron_studio.wire import stages
from tests.sdk.environment import NEURONX
from tests.support.sdk_runs import SDKS, Bench
from tests.support.until import until
from tests.support.workers import RealRun, a_spec, at_stage, begin, cleared_away, half_made

LAYERS = ["bert.embeddings", "bert.encoder.layer.0", "bert.encoder.layer.1", "bert.pooler", "classifier"]


@pytest.fixture(scope="module")
def benches(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Bench]:
    return {sdk: Bench(tmp_path_factory.mktemp(sdk), sdk) for sdk in SDKS}


@pytest.fixture
def deep(tiny_model: Path, store: RunStore) -> Iterator[RealRun]:
    """A run that compares its layers, begun."""
    run = begin(store, a_spec(tiny_model, deep=True))
    with cleared_away(run):
        yield run


def note_of(state: RunState) -> str:
    (note,) = [note.message for note in state.notes if note.code == "layers-not-compared"]
    return note


def test_that_the_bundle_s_model_is_the_same_to_the_last_byte(deep: RealRun, store: RunStore) -> None:
    plain = begin(store, replace(deep.state.spec, deep=False))
    with cleared_away(plain):
        without, state = plain.end(), deep.end()
    assert state.phase is Phase.FINISHED, state.failure
    assert state.bundle is not None
    assert without.bundle is not None
    assert state.bundle.verified
    assert state.bundle.sha256 == without.bundle.sha256
    assert without.layers is None
    assert state.layers is not None
    assert [layer.name for layer in state.layers.layers] == LAYERS
    assert [layer.error for layer in state.layers.layers] == [0.0] * len(LAYERS), "Inf2 casts nothing by itself"
    assert all(layer.unit for layer in state.layers.layers)
    assert [stage.name for stage in state.stages] == list(stages.WITH_LAYERS)
    assert "Layer by layer" in (Path(state.bundle.path) / "report.html").read_text()
    assert not deep.folder.work_on_layers.exists()


def test_that_a_killed_child_costs_the_layers_and_nothing_else(deep: RealRun) -> None:
    os.kill(deep.reach(stages.LAYERS).child("layers"), signal.SIGKILL)
    state = deep.end()
    assert state.phase is Phase.FINISHED, state.failure
    assert "signal 9" in note_of(state)
    assert state.layers is None
    assert state.bundle is not None
    assert state.bundle.verified


def test_that_a_stop_is_obeyed_while_layers_are_compared(deep: RealRun) -> None:
    assert deep.reach(stages.LAYERS).child("layers")
    worker_lock.stop(deep.folder)
    state = deep.end(timeout_s=2.0)
    assert (state.phase, state.stage_name) == (Phase.STOPPED, stages.LAYERS)
    until(lambda: not deep.processes(), timeout_s=2.0)
    assert half_made(deep.folder.path) == []


@pytest.mark.parametrize("sdk", SDKS)
def test_that_the_sdk_traces_the_twin_and_a_device_runs_it(
    sdk: str, benches: dict[str, Bench], tiny_model: Path, tmp_path: Path
) -> None:
    run = benches[sdk].compile(tmp_path, tiny_model, "--deep", machine=benches[sdk].machine(tmp_path / "machine"))
    assert run.compiled.exit_code == 0, run.compiled.said
    assert [layer["name"] for layer in run.report["layers"]["layers"]] == LAYERS
    assert run.report["layers"]["starts_at"] is None
    assert [call for call in run.calls if any("deep" in word for word in call)], "a folder of its own"
    assert not run.folder.work_on_layers.exists()


@pytest.mark.parametrize(
    ("sdk", "fault", "told"), [(SDKS[-1], "error", "does not compile"), (SDKS[0], "trace-segfault", "SIGSEGV")]
)
def test_that_a_twin_that_fails_leaves_the_run_whole_with_a_note(
    sdk: str,
    fault: str,
    told: str,
    benches: dict[str, Bench],
    tiny_model: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The compiler of the model itself has ended well by then.
    at_stage(monkeypatch, stages.LAYERS, f"import os\nos.environ['NEURON_STAND_IN_FAULT'] = {fault!r}")
    run = benches[sdk].compile(tmp_path, tiny_model, "--deep", machine=benches[sdk].machine(tmp_path / "machine"))
    assert run.compiled.exit_code == 0, run.compiled.said
    assert run.report["layers"] is None
    (note,) = [note for note in run.report["notes"] if note["code"] == "layers-not-compared"]
    assert told in note["message"]
    assert run.report["artifact"]["verified"] is True


@pytest.mark.skipif(NEURONX not in SDKS, reason="torch-neuron has a limit of its own")
def test_that_a_twin_that_takes_too_long_is_given_up(
    benches: dict[str, Bench], tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_stage(monkeypatch, stages.LAYERS, "import os\nos.environ['NEURON_STAND_IN_FAULT'] = 'hang'")
    machine = benches[NEURONX].machine(tmp_path / "machine")
    run = benches[NEURONX].compile(tmp_path, tiny_model, "--deep", "--compile-timeout", "6", machine=machine)
    assert run.compiled.exit_code == 0, run.compiled.said
    (note,) = [note for note in run.report["notes"] if note["code"] == "layers-not-compared"]
    assert "longer than the time allowed" in note["message"]
