"""The core map: what neuron-ls lists, who holds it, and which neighbouring cores a run may have."""

from __future__ import annotations

from typing import Any

import pytest

from neuron_studio.core.neuron_devices import CoreHolder, contiguous, core_map
from neuron_studio.wire.errors import StudioError


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
    assert caught.value.code == "neuron-ls-unreadable"


def test_that_gaps_part_the_runs_of_neighbours() -> None:
    assert contiguous([7, 1, 2, 0, 5]) == ((0, 1, 2), (5,), (7,))
    assert contiguous([]) == ()
