"""The stand-ins for compilers and tools as programs of their own; none of this needs torch."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.sdk.environment import INF1, NEURONX, SdkEnvironment, install
from tests.sdk.hardware import pretend_machine
from tests.sdk.running import run

Start = Callable[..., "subprocess.Popen[str]"]

_HEADER = "<5Q128sI32s16s256sI64sQI468x"


@pytest.fixture
def inf1(tmp_path: Path) -> SdkEnvironment:
    return install(tmp_path / "inf1", INF1)


@pytest.fixture
def neuronx(tmp_path: Path) -> SdkEnvironment:
    return install(tmp_path / "neuronx", NEURONX)


@pytest.fixture
def machine(tmp_path: Path) -> dict[str, str]:
    return {"NEURON_STAND_IN_HARDWARE": str(pretend_machine(tmp_path / "machine", "inf1.xlarge"))}


def devices(environment: SdkEnvironment, cwd: Path, machine: dict[str, str]) -> list[dict[str, object]]:
    done = run(environment, ["neuron-ls", "-j"], cwd, **machine)
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


def test_that_compilers_tell_their_versions(inf1: SdkEnvironment, neuronx: SdkEnvironment, tmp_path: Path) -> None:
    done = run(inf1, ["neuron-cc", "--version"], tmp_path)
    assert done.stdout.startswith("Neuron Compiler version 1.24.0.0+")
    done = run(neuronx, ["neuronx-cc", "--version"], tmp_path)
    assert done.stdout.startswith("NeuronX Compiler version 2.26.6360.0+")
    assert "\nPython version 3." in done.stdout


def test_that_compilers_list_their_operators(inf1: SdkEnvironment, neuronx: SdkEnvironment, tmp_path: Path) -> None:
    assert "MatMul" in run(inf1, ["neuron-cc", "list-operators", "--framework", "TENSORFLOW"], tmp_path).stdout.split()
    assert "dot" in run(neuronx, ["neuronx-cc", "list-operators", "--framework", "XLA"], tmp_path).stdout.split()
    assert run(neuronx, ["neuronx-cc", "list-operators", "--framework", "MXNET"], tmp_path).returncode == 2


@pytest.mark.parametrize(("fault", "status"), [("segfault", -11), ("abort", -6), ("error", 70), ("killed", -9)])
def test_that_a_compiler_ends_as_its_fault_says(
    neuronx: SdkEnvironment, tmp_path: Path, fault: str, status: int
) -> None:
    done = run(neuronx, _compile(tmp_path), tmp_path, NEURON_STAND_IN_FAULT=fault)
    assert done.returncode == status
    assert "Compiler status PASS" not in done.stdout


def test_that_a_compiler_takes_real_time_and_memory(neuronx: SdkEnvironment, tmp_path: Path) -> None:
    before = os.times()
    done = run(neuronx, _compile(tmp_path), tmp_path, NEURON_STAND_IN_SECONDS="0.5", NEURON_STAND_IN_HEARTBEAT="0.1")
    after = os.times()
    assert done.stdout.split("\n")[0].lstrip(".") == "Completed run_backend_driver."
    assert done.stdout.startswith("...")
    assert (after.children_user + after.children_system) - (before.children_user + before.children_system) > 0.5


def test_that_a_hanging_compiler_is_silent_and_idle(neuronx: SdkEnvironment, tmp_path: Path) -> None:
    env = {**os.environ, **neuronx.variables(), "NEURON_STAND_IN_FAULT": "hang"}
    child = subprocess.Popen(_compile(tmp_path), env=env, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    try:
        time.sleep(0.5)
        assert child.poll() is None
    finally:
        child.kill()
        output, _ = child.communicate()
    assert output == ""


def test_that_a_neff_begins_with_the_documented_header(neuronx: SdkEnvironment, tmp_path: Path) -> None:
    command = _compile(tmp_path, "--target", "trn2")
    assert run(neuronx, command, tmp_path).returncode == 0
    content = (tmp_path / "graph.neff").read_bytes()
    fields = struct.unpack(_HEADER, content[: struct.calcsize(_HEADER)])
    assert fields[1:3] == (1024, len(content) - 1024)
    assert fields[5].rstrip(b"\0") == b"2.26.6360.0"
    assert fields[-1] == 2


def test_that_neuron_ls_fails_silently_without_devices(inf1: SdkEnvironment, tmp_path: Path) -> None:
    done = run(inf1, ["neuron-ls", "-j"], tmp_path)
    assert (done.returncode, done.stdout) == (1, "")


def test_that_neuron_ls_shows_devices_with_who_holds_them(
    inf1: SdkEnvironment, tmp_path: Path, machine: dict[str, str], holder: Start
) -> None:
    (device,) = devices(inf1, tmp_path, machine)
    assert device["neuroncore_ids"] == [0, 1, 2, 3]
    assert device["neuron_processes"] == []
    child = holder(inf1, NEURON_RT_VISIBLE_CORES="1-2", **machine)
    assert child.stdout is not None
    assert child.stdout.readline() == "[1, 2]\n"
    (process,) = devices(inf1, tmp_path, machine)[0]["neuron_processes"]  # type: ignore[misc]
    assert process["pid"] == child.pid
    assert str(child.pid) in run(inf1, ["neuron-ls"], tmp_path, **machine).stdout


def test_that_a_second_process_finds_no_core(inf1: SdkEnvironment, machine: dict[str, str], holder: Start) -> None:
    first = holder(inf1, **machine)
    assert first.stdout is not None
    assert first.stdout.readline() == "[0, 1, 2, 3]\n"
    _, said = holder(inf1, NEURON_RT_NUM_CORES="1", **machine).communicate("", timeout=20)
    assert "NRT:nrt_allocate_neuron_cores  NeuronCore(s) not available - Requested:nc1-nc1 Available:0" in said
    assert "RuntimeError: The PyTorch Neuron Runtime could not be initialized." in said
    first.kill()
    first.wait()
    third = holder(inf1, NEURON_RT_NUM_CORES="1", **machine)
    assert third.stdout is not None
    assert third.stdout.readline() == "[0]\n"


def test_that_asking_for_too_much_is_told(inf1: SdkEnvironment, machine: dict[str, str], holder: Start) -> None:
    _, said = holder(inf1, NEURON_RT_NUM_CORES="5", **machine).communicate("", timeout=20)
    assert "Requested:nc5-nc5 Available:4" in said
    _, said = holder(inf1, NEURON_RT_VISIBLE_CORES="4", **machine).communicate("", timeout=20)
    assert "Could not open the nd1" in said
    _, said = holder(inf1, NEURON_RT_VISIBLE_CORES="0,2", **machine).communicate("", timeout=20)
    assert "must be contiguous and ascending" in said


def test_that_logical_cores_of_trn2_join_physical_ones(neuronx: SdkEnvironment, tmp_path: Path, holder: Start) -> None:
    machine = {"NEURON_STAND_IN_HARDWARE": str(pretend_machine(tmp_path / "machine", "trn2.48xlarge"))}
    device = devices(neuronx, tmp_path, machine)[1]
    assert (device["nc_count"], device["logical_neuroncore_config"]) == (4, 2)
    device = devices(neuronx, tmp_path, {**machine, "NEURON_LOGICAL_NC_CONFIG": "1"})[1]
    assert (device["nc_count"], device["neuroncore_ids"]) == (8, list(range(8, 16)))
    child = holder(neuronx, NEURON_RT_VISIBLE_CORES="1", **machine)
    assert child.stdout is not None
    assert child.stdout.readline() == "[1]\n"
    _, said = holder(neuronx, NEURON_RT_VISIBLE_CORES="3", NEURON_LOGICAL_NC_CONFIG="1", **machine).communicate("")
    assert "Logical Neuron Core(s) not available - Requested:lnc3-lnc3 Available:0 Logical Core size:1" in said


def test_that_neuron_monitor_counts_executions(
    inf1: SdkEnvironment, tmp_path: Path, machine: dict[str, str], holder: Start
) -> None:
    child = holder(inf1, NEURON_RT_NUM_CORES="2", NEURON_PROCESS_TAG="studio", **machine)
    assert child.stdout is not None
    child.stdout.readline()
    report_file = tmp_path / "machine" / "processes" / f"{child.pid}.json"
    report = json.loads(report_file.read_text())

    def execute() -> None:
        report_file.write_text(json.dumps({**report, "completed": {"0": 3, "1": 0}, "seconds": [0.1, 0.2, 0.3]}))

    _idle, seen, after = _monitor(inf1, tmp_path, machine, execute)
    (process,) = seen["neuron_runtime_data"]
    assert (process["pid"], process["neuron_runtime_tag"]) == (child.pid, "studio")
    stats = process["report"]["execution_stats"]
    assert stats["execution_summary"]["completed"] == 3
    assert after["neuron_runtime_data"][0]["report"]["execution_stats"]["execution_summary"]["completed"] == 0
    assert stats["latency_stats"]["total_latency"]["p50"] == 0.2
    assert set(process["report"]["neuroncore_counters"]["neuroncores_in_use"]) == {"0", "1"}
    assert seen["neuron_hardware_info"]["neuron_device_count"] == 1


def test_that_neuron_monitor_says_when_there_is_no_driver(inf1: SdkEnvironment, tmp_path: Path) -> None:
    seen, *_ = _monitor(inf1, tmp_path, {}, lambda: None)
    assert seen["neuron_runtime_data"] == []
    assert seen["neuron_hardware_info"]["error"]


def test_that_an_unknown_fault_is_a_mistake(neuronx: SdkEnvironment, tmp_path: Path) -> None:
    done = run(neuronx, _compile(tmp_path), tmp_path, NEURON_STAND_IN_FAULT="hung")
    assert "no fault is called hung" in done.stderr


def test_that_an_environment_can_hold_a_broken_sdk(tmp_path: Path) -> None:
    text = "libnrt.so.1: cannot open shared object file"
    environment = install(tmp_path / "broken", NEURONX, sys.executable, {"torch-neuronx": "2.5.1.2.4.0"}, broken=text)
    done = run(environment, [str(environment.python), "-c", "import torch_neuronx"], tmp_path)
    assert f"ImportError: {text}" in done.stderr
    script = "from importlib import metadata; print(metadata.version('torch-neuronx'))"
    assert run(environment, [str(environment.python), "-c", script], tmp_path).stdout == "2.5.1.2.4.0\n"


def _compile(folder: Path, *arguments: str) -> list[str]:
    model = folder / "model"
    model.mkdir(exist_ok=True)
    program = {"tape": {}, "weights": {}, "external": [], "operators": []}
    (model / "graph.hlo").write_text(json.dumps(program))
    target = arguments or ("--target", "inf2")
    return ["neuronx-cc", "compile", str(model), "--framework", "XLA", "--output", str(folder / "graph.neff"), *target]


def _monitor(
    environment: SdkEnvironment, folder: Path, machine: dict[str, str], do: Callable[[], None]
) -> list[dict[str, Any]]:
    """Three reports; something is done after the first."""
    config = folder / "monitor.json"
    metrics = [{"type": name} for name in ("neuroncore_counters", "memory_used", "execution_stats")]
    config.write_text(json.dumps({"period": "1s", "neuron_runtimes": [{"tag_filter": ".*", "metrics": metrics}]}))
    env = {**os.environ, **environment.variables(), **machine}
    child = subprocess.Popen(["neuron-monitor", "-c", str(config)], env=env, text=True, stdout=subprocess.PIPE)
    try:
        assert child.stdout is not None
        first = child.stdout.readline()
        do()
        return [json.loads(line) for line in (first, child.stdout.readline(), child.stdout.readline())]
    finally:
        child.kill()
        child.communicate()
