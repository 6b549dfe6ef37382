"""Cores that another process holds: refused at once with its pid, granted once it has ended; variables that hold."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from neuron_studio.core.run_state import Phase
from neuron_studio.runs.resources import STARTER_MODEL
from neuron_studio.runs.store import RunStore
from neuron_studio.wire import stages
from neuron_studio.wire.spec import Target
from tests.sdk.environment import INF1, NEURONX, SdkEnvironment, install
from tests.sdk.hardware import pretend_machine
from tests.sdk.running import hold_cores
from tests.support.workers import ROOT, a_spec, begin, cleared_away

Hold = Callable[[SdkEnvironment, str], "subprocess.Popen[str]"]


@pytest.fixture(scope="module", params=["this python", "python 3.8"])
def inf1(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> SdkEnvironment:
    """An environment for Inf1 on this interpreter, and on the oldest one where it is at hand."""
    python = sys.executable if request.param == "this python" else os.environ.get("PYTHON38", "")
    if not python:
        pytest.skip("PYTHON38 names no Python 3.8 with torch 1.13")
    return install(tmp_path_factory.mktemp("inf1") / "environment", INF1, python)


@pytest.fixture
def on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """From now on this machine is an instance of that type."""

    def on(instance: str) -> None:
        machine = pretend_machine(tmp_path / instance, instance)
        monkeypatch.setenv("NEURON_STAND_IN_HARDWARE", str(machine))
        monkeypatch.setenv("NEURON_STAND_IN_SECONDS", "0.02")

    return on


@pytest.fixture
def hold() -> Iterator[Hold]:
    """Starts processes that have taken cores; they end with the test."""
    started: list[subprocess.Popen[str]] = []

    def hold(environment: SdkEnvironment, cores: str) -> subprocess.Popen[str]:
        started.append(hold_cores(environment, NEURON_RT_VISIBLE_CORES=cores))
        assert started[-1].stdout is not None
        assert started[-1].stdout.readline().startswith("[")
        return started[-1]

    yield hold
    for child in started:
        child.kill()
        child.communicate()


def studio(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own."""
    command = [sys.executable, "-m", "neuron_studio", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=170)


def compiled(environment: SdkEnvironment, *arguments: str) -> tuple[int, dict[str, Any], str]:
    """A compile of the starter model: exit code, report and what it said."""
    done = studio("compile", "--python", str(environment.python), "--max-length", "32", "--json", *arguments)
    return done.returncode, json.loads(done.stdout), done.stderr


def test_that_held_cores_refuse_a_run_at_once_and_their_holder_s_end_lets_it_go_on(
    inf1: SdkEnvironment, on: Callable[[str], None], hold: Hold
) -> None:
    on("inf1.xlarge")
    holder = hold(inf1, "1-2")
    code, report, said = compiled(inf1)
    assert code == 3
    assert report["error"]["code"] == "cores-busy"
    assert f"process {holder.pid} (python -c) holds NeuronCores 1-2 (device 0)" in report["error"]["message"]
    assert report["error"]["remedy"].startswith(f"Choose 1, or end process {holder.pid}")
    assert "prepare" not in said
    assert not list(Path(os.environ["NEURON_STUDIO_DATA"]).glob("runs/*")), "nothing was started"
    holder.kill()
    holder.communicate()
    code, report, said = compiled(inf1)
    assert code == 0, said
    assert "neuron-studio: sets NEURON_RT_NUM_CORES=4" in said
    assert report["artifact"]["verified"] is True


def test_that_a_run_that_needs_less_goes_on_beside_the_holder(
    inf1: SdkEnvironment, on: Callable[[str], None], hold: Hold
) -> None:
    on("inf1.xlarge")
    hold(inf1, "0-1")
    code, report, said = compiled(inf1, "--cores", "2")
    assert code == 0, said
    assert report["target"]["neuron_cores"] == 2


def test_that_what_a_shell_has_set_does_not_reach_the_tracer_or_the_verifier(
    inf1: SdkEnvironment, on: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    on("inf1.xlarge")
    # These cores are not there: whoever asked for them would fail.
    monkeypatch.setenv("NEURON_RT_VISIBLE_CORES", "64-65")
    monkeypatch.setenv("NEURONCORE_GROUP_SIZES", "1,1")
    code, report, said = compiled(inf1, "--cores", "2")
    assert code == 0, said
    assert report["artifact"]["verified"] is True
    (note,) = [note for note in report["notes"] if note["code"] == "variables-overruled"]
    assert "NEURON_RT_VISIBLE_CORES=64-65 NEURONCORE_GROUP_SIZES=1,1" in note["message"]
    assert "sets NEURON_RT_NUM_CORES=2." in note["message"]


def test_that_cores_taken_after_the_start_are_noticed_before_the_model_is_loaded(
    inf1: SdkEnvironment, on: Callable[[str], None], hold: Hold, store: RunStore
) -> None:
    on("inf1.xlarge")
    holder = hold(inf1, "3")
    target = Target("torch-neuron", "inf1", "inf1.xlarge", 4)
    run = begin(store, a_spec(STARTER_MODEL, target=target, python=str(inf1.python)))
    with cleared_away(run):
        state = run.end()
    assert state.phase is Phase.FAILED
    assert state.failure is not None
    assert (state.failure.code, state.failure.stage) == ("cores-busy", stages.PREPARE)
    assert f"process {holder.pid}" in state.failure.message


def test_that_trn2_runs_on_its_logical_cores(
    tmp_path_factory: pytest.TempPathFactory, on: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    on("trn2.48xlarge")
    environment = install(tmp_path_factory.mktemp("neuronx") / "environment", NEURONX)
    monkeypatch.setenv("NEURON_RT_VIRTUAL_CORE_SIZE", "1")
    code, report, said = compiled(environment)
    assert code == 0, said
    assert "neuron-studio: sets NEURON_RT_NUM_CORES=64 NEURON_LOGICAL_NC_CONFIG=2" in said
    assert (report["target"]["neuron_cores"], report["target"]["logical_core_size"]) == (64, 2)
    assert "NEURON_RT_VIRTUAL_CORE_SIZE=1 does not hold" in said


def test_that_a_size_of_logical_cores_is_refused_where_there_are_none(inf1: SdkEnvironment) -> None:
    code, report, _ = compiled(inf1, "--logical-core-size", "1")
    assert code == 2
    assert "NCC_EARG001" in report["error"]["message"]


def test_that_the_command_shows_who_holds_what(inf1: SdkEnvironment, on: Callable[[str], None], hold: Hold) -> None:
    on("inf1.6xlarge")
    holder = hold(inf1, "5-6")
    done = studio("cores", "--python", str(inf1.python), "--cores", "9")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "inf1.6xlarge, this machine: 16 NeuronCores, 14 free, 9 side by side",
        "  device  NeuronCores  memory  held by",
        "  0       0-3          8 GiB   –",
        f"  1       4-7          8 GiB   process {holder.pid} (python -c): NeuronCores 5-6",
        "  2       8-11         8 GiB   –",
        "  3       12-15        8 GiB   –",
        "a run sets  NEURON_RT_NUM_CORES=9",
    ]


def test_that_the_command_s_exit_code_says_whether_so_many_are_free(
    inf1: SdkEnvironment, on: Callable[[str], None], hold: Hold
) -> None:
    on("inf1.6xlarge")
    holder = hold(inf1, "5-6")
    done = studio("cores", "--python", str(inf1.python), "--cores", "10", "--json")
    assert done.returncode == 3
    assert f"process {holder.pid} (python -c) holds NeuronCores 5-6 (device 1)" in done.stderr
    told = json.loads(done.stdout)
    assert (told["here"], told["instance"], told["longest_run"]) == (True, "inf1.6xlarge", [7, 15])
    assert told["devices"][1]["held"] == [5, 6]
    assert told["devices"][1]["holders"] == [{"pid": holder.pid, "program": "python -c", "cores": [5, 6]}]
    assert told["variables"] == {"NEURON_RT_NUM_CORES": "10"}


def test_that_the_command_tells_the_table_where_there_is_no_device() -> None:
    done = studio("cores", "--instance", "trn2.48xlarge", "--logical-core-size", "1")
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "trn2.48xlarge: 16 devices × 8 logical NeuronCores, 1536 GiB of device memory; not this machine",
        "a run sets  NEURON_RT_NUM_CORES=128 NEURON_LOGICAL_NC_CONFIG=1",
    ]
    everything = studio("cores")
    assert "  inf2.xlarge: 1 device × 2 NeuronCores, 32 GiB of device memory" in everything.stdout.splitlines()
    assert json.loads(studio("cores", "--json").stdout)["here"] is False


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--cores", "2"), 3, "no such NeuronCores on this machine"),
        (("--instance", "inf1.xlarge", "--cores", "2"), 3, "no such NeuronCores on this machine"),
        (("--instance", "inf1.xlarge", "--cores", "5"), 2, "inf1.xlarge has 4"),
        (("--instance", "inf1.huge"), 2, "not an instance type"),
        (("--instance", "inf2.xlarge", "--logical-core-size", "2"), 2, "NCC_EARG001"),
    ],
)
def test_that_what_cannot_be_is_refused(arguments: tuple[str, ...], code: int, words: str) -> None:
    done = studio("cores", *arguments)
    assert done.returncode == code
    assert words in done.stderr
    assert "→" in done.stderr
    assert "Traceback" not in done.stderr
