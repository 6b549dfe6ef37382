"""Instance types and their NeuronCores, as values read from the shipped table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Mapping, Optional, Tuple

from neuron_studio.core.precision import FAMILIES


@dataclass(frozen=True)
class Instance:
    """One EC2 instance type: neuron_cores counts what a program sees (logical cores on Trn2).

    logical_cores pairs each size that a logical core may have with their count; empty where there are none.
    """

    name: str
    family: str
    neuron_cores: int
    devices: int
    device_memory_gib: float
    host_memory_gib: Optional[float]
    default_core_size: Optional[int] = None
    logical_cores: Tuple[Tuple[int, int], ...] = ()

    def cores_of_size(self, size: Optional[int]) -> int:
        """How many cores a program sees where `size` physical ones make one; None is the instance's own way."""
        return dict(self.logical_cores).get(size or 0, self.neuron_cores)


def instance_table(plain: Mapping[str, Any]) -> Dict[str, Instance]:
    """The instance types of the families that can be traced for, by name."""
    return {
        entry["instance_type"]: _instance(entry)
        for entry in plain["instances"]
        if entry["family"].lower() in FAMILIES and entry["total_neuroncores"]
    }


def _instance(entry: Mapping[str, Any]) -> Instance:
    logical = entry["logical_cores"]
    sizes = [(size, logical[f"lnc{size}"]) for size in (1, 2) if f"lnc{size}" in logical]
    return Instance(
        name=entry["instance_type"],
        family=entry["family"].lower(),
        neuron_cores=logical[f"lnc{logical['default_lnc']}"],
        devices=entry["neuron_devices"],
        device_memory_gib=entry["device_memory_gib_total"],
        host_memory_gib=entry["host_memory_gib"],
        default_core_size=logical["default_lnc"] if entry["lnc_supported"] else None,
        logical_cores=tuple(sizes) if entry["lnc_supported"] else (),
    )


def of_family(table: Mapping[str, Instance], family: str) -> Tuple[Instance, ...]:
    """The family's instance types, smallest first: whoever names only a family means the first."""

    def size(instance: Instance) -> Tuple[float, ...]:
        return instance.neuron_cores, instance.device_memory_gib, instance.host_memory_gib or float("inf")

    return tuple(sorted((instance for instance in table.values() if instance.family == family), key=size))
