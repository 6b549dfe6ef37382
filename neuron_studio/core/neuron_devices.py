"""The NeuronCores of a machine as neuron-ls lists them: which there are, who holds them, what a run may have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterable, List, Mapping, Optional, Sequence, Tuple

from neuron_studio.wire.errors import StudioError


@dataclass(frozen=True)
class CoreHolder:
    """A process that has a device open."""

    pid: int
    command: str


@dataclass(frozen=True)
class NeuronDevice:
    """One device: its cores by the numbers that NEURON_RT_VISIBLE_CORES takes; memory in bytes."""

    index: int
    cores: Tuple[int, ...]
    memory: int
    holders: Tuple[CoreHolder, ...] = ()
    logical_core_size: Optional[int] = None


@dataclass(frozen=True)
class CoreMap:
    """All devices of a machine, in order."""

    devices: Tuple[NeuronDevice, ...] = ()
    instance: Optional[str] = None

    @property
    def cores(self) -> Tuple[int, ...]:
        """Every core, by its global number."""
        return tuple(sorted(core for device in self.devices for core in device.cores))

    @property
    def free(self) -> Tuple[int, ...]:
        """The cores of devices that nobody has open; neuron-ls names holders by device, not by core."""
        return tuple(sorted(core for device in self.devices if not device.holders for core in device.cores))

    def free_run(self, count: int) -> Optional[Tuple[int, int]]:
        """The first and last of `count` free neighbouring cores; None where there is no such run."""
        return next(((run[0], run[count - 1]) for run in contiguous(self.free) if len(run) >= count), None)

    def holders_of(self, count: int) -> Tuple[CoreHolder, ...]:
        """Who stands in the way of `count` cores; nobody where they are free."""
        if self.free_run(count) is not None:
            return ()
        return tuple(dict.fromkeys(holder for device in self.devices for holder in device.holders))


def contiguous(numbers: Iterable[int]) -> Tuple[Tuple[int, ...], ...]:
    """Ascending numbers cut into runs without gaps."""
    runs: List[List[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return tuple(tuple(run) for run in runs)


def core_map(listed: Any) -> CoreMap:
    """The core map that `neuron-ls --json-output` tells; raises StudioError where it is something else."""
    if not isinstance(listed, list):
        raise _not_a_listing("it is not an array")
    try:
        devices = tuple(sorted((_device(entry) for entry in listed), key=lambda device: device.index))
        named = [entry.get("instance_type") for entry in listed if entry.get("instance_type")]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _not_a_listing(f"{type(error).__name__}: {error}") from error
    return CoreMap(devices, str(named[0]) if named else None)


def _device(entry: Mapping[str, Any]) -> NeuronDevice:
    index, count = int(entry["neuron_device"]), int(entry["nc_count"])
    # Older tools do not number the cores; they are counted through in the order of the devices.
    numbers: Sequence[Any] = entry.get("neuroncore_ids") or range(index * count, (index + 1) * count)
    processes: Sequence[Mapping[str, Any]] = entry.get("neuron_processes") or ()
    size = entry.get("logical_neuroncore_config")
    return NeuronDevice(
        index=index,
        cores=tuple(int(number) for number in numbers),
        memory=int(entry.get("memory_size") or 0),
        holders=tuple(CoreHolder(int(process["pid"]), str(process.get("command", ""))) for process in processes),
        logical_core_size=int(size) if size else None,
    )


def _not_a_listing(why: str) -> StudioError:
    return StudioError(
        "neuron-ls-unreadable", f"neuron-ls said something that is not its JSON listing ({why}).",
        "Update the Neuron tools (aws-neuronx-tools), and run neuron-ls --json-output by hand.",
    )  # fmt: skip
