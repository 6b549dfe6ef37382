"""A real worker with a real compiler: what it takes is on record while it works, and a stop waits for no beat."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest

from neuron_studio.core.run_state import Phase, RunState
from neuron_studio.runs import worker_lock
from neuron_studio.runs.launcher import worker_command
from neuron_studio.runs.store import RunStore
from neuron_studio.wire import stages
from neuron_studio.wire.run_folder import RunFolder
from neuron_studio.wire.spec import Target
from tests.sdk.environment import INF1, SdkEnvironment, install
from tests.sdk.hardware import pretend_machine
from tests.support.until import until
from tests.support.workers import ROOT, RealRun, a_spec, at_stage, begin, cleared_away, records, studio

ON_INF1 = Target("torch-neuron", "inf1", "inf1.xlarge", 4)
PHASE = "compiling sub-graph "

# A worker that looks at its processes all the time, so that a stop can only come during a look.
RESTLESS = """
import sys
sys.argv[0] = {worker!r}
from pathlib import Path
from neuron_studio.worker import supervisor
supervisor.STEP_S = 0.0
sys.exit(supervisor.run(Path({folder!r})))
"""


@pytest.fixture(params=["this python", "python 3.8"])
def sdk(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SdkEnvironment:
    """torch-neuron on a pretend inf1.xlarge."""
    python = sys.executable if request.param == "this python" else os.environ.get("PYTHON38", "")
    if not python:
        pytest.skip("PYTHON38 names no Python 3.8 with torch 1.13")
    monkeypatch.setenv("NEURON_STAND_IN_HARDWARE", str(pretend_machine(tmp_path / "machine", "inf1.xlarge")))
    return install(tmp_path / "sdk", INF1, python)


def a_compile(store: RunStore, model: Path, sdk: SdkEnvironment) -> RealRun:
    return begin(store, a_spec(model, target=ON_INF1, python=str(sdk.python)))


def compiles(state: RunState) -> bool:
    return state.beat is not None and state.beat.phase.startswith(PHASE)


def test_that_a_compiler_that_works_in_silence_is_seen_at_work_until_it_is_stopped(
    sdk: SdkEnvironment, tiny_model: Path, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEURON_STAND_IN_FAULT", "slow")
    run = a_compile(store, tiny_model, sdk)
    with cleared_away(run):
        until(lambda: compiles(run.state))
        until(lambda: run.state.beat.silent_s > 6)
        beat = run.state.beat
        assert beat is not None
        assert beat.stage == stages.TRACE
        assert beat.processes == 2, "the tracer and the compiler"
        assert beat.cores > 0.1
        assert beat.idle_s == 0.0
        began = time.monotonic()
        worker_lock.stop(run.folder)
        assert time.monotonic() - began < 2.0
        assert run.state.phase is Phase.STOPPED


def test_that_a_compiler_that_hangs_is_seen_to_be_idle(
    sdk: SdkEnvironment, tiny_model: Path, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEURON_STAND_IN_FAULT", "hang")
    run = a_compile(store, tiny_model, sdk)
    with cleared_away(run):
        until(lambda: compiles(run.state) and run.state.beat.idle_s > 6)
        beat = run.state.beat
        assert beat is not None
        assert beat.silent_s > 6
        assert beat.cores < 0.5
        shown = studio("runs", "show", "last").communicate(timeout=60)[1]
        assert PHASE in shown
        assert " processes · " in shown
        worker_lock.stop(run.folder)
        assert run.state.phase is Phase.STOPPED


def test_that_the_report_tells_how_much_memory_and_time_the_run_took(
    sdk: SdkEnvironment, tiny_model: Path, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEURON_STAND_IN_SECONDS", "5")
    monkeypatch.setenv("NEURON_STAND_IN_MEMORY_MB", "900")
    program = studio("compile", tiny_model, "--target", "inf1", "--python", sdk.python, "--max-length", "16", "--json")
    out, err = program.communicate(timeout=120)
    report = json.loads(out)
    took = report["consumption"]
    assert took["trace_peak_memory_bytes"] > 600e6, "what was held at one of the looks"
    assert took["peak_memory_bytes"] >= took["trace_peak_memory_bytes"]
    assert took["machine_memory_bytes"] > took["least_available_bytes"] > 0
    assert 5 < took["cpu_seconds"] < 60
    assert PHASE in err, "a line for the phase, where no terminal is"
    manifest = json.loads(Path(report["artifact"]["path"], "manifest.json").read_text())
    assert manifest["consumption"]["trace_peak_memory_bytes"] == took["trace_peak_memory_bytes"]
    assert "peak memory " in Path(report["artifact"]["path"], "report.html").read_text()


def test_that_the_memory_curve_of_a_compiler_that_the_kernel_killed_is_on_record(
    sdk: SdkEnvironment, tiny_model: Path, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEURON_STAND_IN_FAULT", "killed")
    monkeypatch.setenv("NEURON_STAND_IN_SECONDS", "5")
    monkeypatch.setenv("NEURON_STAND_IN_MEMORY_MB", "900")
    run = a_compile(store, tiny_model, sdk)
    with cleared_away(run):
        state = run.end(timeout_s=120)
    assert state.phase is Phase.FAILED
    assert state.consumption is not None
    assert state.consumption.trace_peak_memory_bytes is not None
    assert state.consumption.trace_peak_memory_bytes > 600e6


def test_that_a_stop_is_obeyed_in_the_middle_of_a_look(
    tiny_model: Path, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_stage(monkeypatch, stages.PREPARE)
    folder = store.create(a_spec(tiny_model), datetime.now())
    worker = _restless(folder)
    until(lambda: "StageStarted" in records(folder))
    began = time.monotonic()
    os.killpg(worker.pid, signal.SIGTERM)
    assert worker.wait(timeout=10) == 130
    assert time.monotonic() - began < 2.0
    assert records(folder)[-1] == "RunStopped"


def _restless(folder: RunFolder) -> subprocess.Popen[bytes]:
    worker = worker_command(sys.executable)[-1]
    code = RESTLESS.format(worker=worker, folder=str(folder.path))
    return subprocess.Popen([sys.executable, "-c", code], start_new_session=True, cwd=ROOT)
