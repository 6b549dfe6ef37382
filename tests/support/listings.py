"""What neuron-ls and neuron-monitor print, built by hand: records of their documented fields for one instance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from neuron_studio.wire.machine import Machine

_GIBIBYTE = 1 << 30

# Devices, cores of each as programs see them, GiB of each, physical cores in a logical one.
_INSTANCES: dict[str, tuple[int, int, int, int | None]] = {
    "inf1.xlarge": (1, 4, 8, None),
    "inf1.6xlarge": (4, 4, 8, None),
    "inf2.xlarge": (1, 2, 32, None),
    "inf2.48xlarge": (12, 2, 32, None),
    "trn1.32xlarge": (16, 2, 32, None),
    "trn2.48xlarge": (16, 4, 96, 2),
    "trn2.48xlarge at size 1": (16, 8, 96, 1),
}
INSTANCES = tuple(_INSTANCES)

Holders = Mapping[int, Sequence[tuple[int, str]]]


def a_listing(instance: str, holders: Holders | None = None, **more: Any) -> list[dict[str, Any]]:
    """neuron-ls' array; holders are pids and commands by device, more is added to each record."""
    devices, cores, gibibytes, size = _INSTANCES[instance]
    found = []
    for index in range(devices):
        held = (holders or {}).get(index, ())
        found.append({
            "neuron_device": index, "bdf": f"00:{31 - index:02x}.0", "cpu_affinity": "0-3", "numa_node": "-1",
            "connected_to": None, "nc_count": cores, "memory_size": gibibytes * _GIBIBYTE,
            "neuroncore_ids": list(range(index * cores, (index + 1) * cores)),
            "neuron_processes": [
                {"pid": pid, "command": command, "neuron_runtime_version": "2.28.23"} for pid, command in held
            ],
            "instance_type": instance.partition(" ")[0], "instance_id": "i-0123456789abcdef0",
            **({} if size is None else {"logical_neuroncore_config": size}), **more,
        })  # fmt: skip
    return found


def a_report(cores: Mapping[int, Sequence[int]]) -> dict[str, Any]:
    """neuron-monitor's report of which process uses which cores."""
    return {
        "neuron_runtime_data": [
            {
                "pid": pid, "neuron_runtime_tag": str(pid), "error": "", "report": {"neuroncore_counters": {
                    "period": 1.0, "error": "",
                    "neuroncores_in_use": {str(core): {"neuroncore_utilization": 0.0, "flops": 0} for core in taken},
                }},
            }
            for pid, taken in cores.items()
        ],
        "system_data": {}, "instance_info": {"error": ""}, "neuron_hardware_info": {"error": ""},
    }  # fmt: skip


def a_machine(
    instance: str, holders: Holders | None = None, cores: Mapping[int, Sequence[int]] | None = None
) -> Machine:
    """A machine as it is seen; cores None where neuron-monitor told nothing."""
    listing = tuple(a_listing(instance, holders))
    usage = None if cores is None else a_report(cores)
    driver = "2.24.13.0" if instance.startswith("inf1") else "2.26.5.0"
    return Machine(len(listing), instance.partition(" ")[0], listing, driver, usage)
