"""The core map: what neuron-ls lists, who holds it, and which neighbouring cores a run may have."""

from __future__ import annotations

from typing import Any

import pytest

from neuron_studio.core.neuron_devices import CoreHolder, contiguous, core_map, map_of
from neuron_studio.wire.errors import Blame, StudioError
from neuron_studio.wire.machine import Machine
from tests.support.listings import INSTANCES, a_listing, a_machine, a_report


def device(index: int, cores: list[int], *holders: tuple[int, str], **more: Any) -> dict[str, Any]:
    """One element of neuron-ls' array, with the fields that its page documents."""
    return {
        "neuron_device": index, "bdf": f"00:1{index}.0", "cpu_affinity": "0-3", "numa_node": "-1", "connected_to": None,
        "nc_count": len(cores), "memory_size": 34359738368, "neuroncore_ids": cores,
        "neuron_processes": [
            {"pid": pid, "command": command, "neuron_runtime_version": "2.28.23"} for pid, command in holders
        ], **more,
    }  # fmt: skip


def test_that_an_idle_machine_offers_all_its_cores() -> None:
    found = core_map([device(1, [2, 3]), device(0, [0, 1])])
    assert found.cores == found.free == (0, 1, 2, 3)
    assert found.free_run(4) == (0, 3)
    assert found.holders_of(4) == ()


def test_that_held_devices_are_left_out_and_their_holder_is_named() -> None:
    found = core_map([device(0, [0, 1]), device(1, [2, 3], (4242, "python worker.py")), device(2, [4, 5])])
    assert found.free == (0, 1, 4, 5)
    assert found.free_run(2) == (0, 1)
    assert found.free_run(3) is None, "four cores are free, but no three of them are neighbours"
    assert found.holders_of(3) == (CoreHolder(4242, "python worker.py"),)


def test_that_logical_cores_are_counted_where_the_tool_tells_them() -> None:
    found = core_map([device(0, [0, 1, 2, 3], logical_neuroncore_config=2, instance_type="trn2.3xlarge")])
    assert found.instance == "trn2.3xlarge"
    assert found.devices[0].logical_core_size == 2
    assert len(found.cores) == 4


def test_that_tools_which_do_not_number_the_cores_are_understood() -> None:
    plain = [{**device(index, [9, 9, 9, 9])} for index in (0, 1)]
    for entry in plain:
        del entry["neuroncore_ids"]
    assert core_map(plain).cores == (0, 1, 2, 3, 4, 5, 6, 7)


@pytest.mark.parametrize("listed", [{}, "neuron", [1], [{"bdf": "00:1f.0"}], [{"neuron_device": "x", "nc_count": 2}]])
def test_that_anything_but_a_listing_is_refused(listed: object) -> None:
    with pytest.raises(StudioError) as caught:
        core_map(listed)
    assert (caught.value.code, caught.value.blame) == ("neuron-ls-unreadable", Blame.ENVIRONMENT)
    assert map_of(Machine(1, None, (listed,))) is None, "whoever judges a request goes on without a map"


def test_that_gaps_part_the_runs_of_neighbours() -> None:
    assert contiguous([7, 1, 2, 0, 5]) == ((0, 1, 2), (5,), (7,))
    assert contiguous([]) == ()


@pytest.mark.parametrize(
    ("instance", "devices", "cores"),
    list(zip(INSTANCES, (1, 4, 1, 12, 16, 16, 16), (4, 16, 2, 24, 32, 64, 128), strict=True)),
)
def test_that_each_instance_s_listing_becomes_its_cores(instance: str, devices: int, cores: int) -> None:
    found = core_map(list(reversed(a_listing(instance, newer_field={"any": ["thing"]}))))
    assert [device.index for device in found.devices] == list(range(devices))
    assert found.cores == found.free == found.longest_run == tuple(range(cores))
    assert found.instance == instance.partition(" ")[0]


def test_that_optional_fields_may_be_missing() -> None:
    bare = [{"neuron_device": 1, "nc_count": 2}, {"neuron_device": 0, "nc_count": 2, "neuron_processes": None}]
    found = core_map(bare)
    assert found.cores == found.free == (0, 1, 2, 3)
    assert (found.instance, found.devices[0].memory) == (None, 0)


def test_that_the_monitor_tells_which_cores_of_a_held_device_are_taken() -> None:
    listing = a_listing("inf1.6xlarge", {1: [(4242, "python a.py"), (4343, "python b.py")]})
    found = core_map(listing, a_report({4242: [5], 4343: [7]}))
    assert found.devices[1].holders == (CoreHolder(4242, "python a.py", (5,)), CoreHolder(4343, "python b.py", (7,)))
    assert found.devices[1].held == (5, 7)
    assert found.longest_run == tuple(range(8, 16))


def test_that_a_device_counts_as_held_whole_where_one_of_its_holders_is_not_told() -> None:
    listing = a_listing("inf1.6xlarge", {1: [(4242, "python a.py"), (4343, "python b.py")]})
    for report in (None, a_report({4242: [5]}), a_report({4242: [5], 4343: [0]})):
        device = core_map(listing, report).devices[1]
        assert not device.is_told
        assert device.held == (4, 5, 6, 7)


@pytest.mark.parametrize(
    "report",
    ["", [], 7, {"neuron_runtime_data": None}, {"neuron_runtime_data": [{"pid": 4242}]},
     {"neuron_runtime_data": [{"pid": 4242, "report": {"neuroncore_counters": {"neuroncores_in_use": None}}}]},
     {"neuron_runtime_data": [{"pid": "x", "report": {"neuroncore_counters": {"neuroncores_in_use": {"a": 1}}}}]}],
)  # fmt: skip
def test_that_a_report_of_another_shape_refines_nothing(report: object) -> None:
    found = core_map(a_listing("inf1.xlarge", {0: [(4242, "python")]}), report)
    assert found.devices[0].held == (0, 1, 2, 3)


def test_that_cores_of_a_process_which_only_the_monitor_sees_are_taken_as_well() -> None:
    found = core_map(a_listing("inf1.6xlarge"), a_report({77: [4]}))
    assert found.devices[1].holders == (CoreHolder(77, "", (4,)),)
    assert 4 not in found.free


def test_that_logical_cores_are_renumbered_for_another_size() -> None:
    machine = a_machine("trn2.48xlarge", {1: [(4242, "python")]}, {4242: [5, 6]})
    as_listed, physical = map_of(machine), map_of(machine, 1)
    assert as_listed is not None
    assert physical is not None
    assert as_listed.devices[1].held == (5, 6)
    assert physical.devices[1].held == (10, 11, 12, 13)
    assert (len(as_listed.cores), physical.cores) == (64, tuple(range(128)))
    assert physical.resized(2) == as_listed


def test_that_a_core_of_two_is_held_where_either_half_is() -> None:
    found = map_of(a_machine("trn2.48xlarge at size 1", {0: [(4242, "python")]}, {4242: [3]}), 2)
    assert found is not None
    assert found.devices[0].held == (1,)


def test_that_a_size_means_nothing_where_the_tool_tells_none() -> None:
    machine = a_machine("inf2.xlarge")
    assert map_of(machine, 2) == map_of(machine)
