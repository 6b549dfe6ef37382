"""The studio sees the devices that neuron-ls lists, and none where it lists none."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from neuron_studio.core.neuron_devices import core_map
from neuron_studio.wire.machine import this_machine, tool
from tests.sdk.environment import INF1, NEURONX, SdkEnvironment, install
from tests.sdk.hardware import pretend_machine


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> SdkEnvironment:
    return install(tmp_path_factory.mktemp("inf1"), INF1)


def test_that_a_machine_without_a_device_has_none(environment: SdkEnvironment) -> None:
    machine = this_machine(str(environment.python))
    assert (machine.devices, machine.listing) == (0, ())


def test_that_devices_instance_and_cores_come_from_neuron_ls(
    environment: SdkEnvironment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEURON_STAND_IN_HARDWARE", str(pretend_machine(tmp_path, "inf1.6xlarge")))
    machine = this_machine(str(environment.python))
    assert (machine.devices, machine.instance) == (4, "inf1.6xlarge")
    assert core_map(list(machine.listing or ())).cores == tuple(range(16))


def test_that_logical_cores_are_what_a_program_sees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    neuronx = install(tmp_path / "neuronx", NEURONX)
    monkeypatch.setenv("NEURON_STAND_IN_HARDWARE", str(pretend_machine(tmp_path, "trn2.48xlarge")))
    seen = core_map(list(this_machine(str(neuronx.python)).listing or ()))
    assert len(seen.cores) == 64
    assert seen.devices[0].logical_core_size == 2


def test_that_a_tool_without_json_leaves_the_count_to_the_kernel(tmp_path: Path) -> None:
    table = tmp_path / "neuron-ls"
    table.write_text("#!/bin/sh\necho '| NEURON | PID |'\n")
    table.chmod(0o755)
    python = str(tmp_path / "python")
    assert tool("neuron-ls", python) == str(table)
    assert this_machine(python).listing is None


def test_that_no_tool_means_no_listing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert tool("neuron-ls", sys.executable) is None
    assert this_machine(sys.executable).listing is None
