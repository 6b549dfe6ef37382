"""The comparison layer by layer in real runs: it tells what it found, and never touches what is deployed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from neuron_studio.core.run_state import Phase
from neuron_studio.runs import worker_lock
from neuron_studio.runs.store import RunStore
from neuron_studio.wire import stages
from tests.support.compiling import ONE_THREAD
from tests.support.sdk_runs import SDKS, Bench
from tests.support.until import until
from tests.support.workers import RealRun, a_spec, at_stage, begin, cleared_away, half_made

LAYERS = ["bert.embeddings", "bert.encoder.layer.0", "bert.encoder.layer.1", "bert.pooler", "classifier"]


@pytest.fixture(scope="module")
def benches(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Bench]:
    return {sdk: Bench(tmp_path_factory.mktemp(sdk), sdk) for sdk in SDKS}


@pytest.fixture
def deep(tiny_model: Path, store: RunStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[RealRun]:
    """A run that compares its layers, begun; what a test begins after it counts its threads alike."""
    for name, value in ONE_THREAD.items():
        monkeypatch.setenv(name, value)
    run = begin(store, a_spec(tiny_model, deep=True))
    with cleared_away(run):
        yield run


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


def test_that_a_stop_is_obeyed_while_layers_are_compared(deep: RealRun) -> None:
    assert deep.reach(stages.LAYERS).child("layers")
    worker_lock.stop(deep.folder)
    state = deep.end()
    assert (state.phase, state.stage_name) == (Phase.STOPPED, stages.LAYERS)
    until(lambda: not deep.processes())
    assert half_made(deep.folder.path) == []


def test_that_the_sdk_traces_the_twin_and_a_device_runs_it(
    benches: dict[str, Bench], tiny_model: Path, tmp_path: Path
) -> None:
    bench = benches[SDKS[-1]]
    run = bench.compile(tmp_path, tiny_model, "--deep", machine=bench.machine(tmp_path / "machine"))
    assert run.compiled.exit_code == 0, run.compiled.said
    assert [layer["name"] for layer in run.report["layers"]["layers"]] == LAYERS
    assert run.report["layers"]["starts_at"] is None
    assert [call for call in run.calls if any("deep" in word for word in call)], "a folder of its own"
    assert not run.folder.work_on_layers.exists()


def test_that_a_twin_that_crashes_its_process_leaves_the_run_whole_with_a_note(
    benches: dict[str, Bench], tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The compiler of the model itself has ended well by then.
    at_stage(monkeypatch, stages.LAYERS, "import os\nos.environ['NEURON_STAND_IN_FAULT'] = 'trace-segfault'")
    bench = benches[SDKS[0]]
    run = bench.compile(tmp_path, tiny_model, "--deep", machine=bench.machine(tmp_path / "machine"))
    assert run.compiled.exit_code == 0, run.compiled.said
    assert run.report["layers"] is None
    (note,) = [note for note in run.report["notes"] if note["code"] == "layers-not-compared"]
    assert "SIGSEGV" in note["message"]
    assert run.report["artifact"]["verified"] is True
