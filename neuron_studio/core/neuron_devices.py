"""The NeuronCores of a machine as AWS's tools tell them: which there are, who holds them, what a run may have."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence, Set, Tuple

from neuron_studio.wire.errors import Blame, StudioError
from neuron_studio.wire.machine import Machine


@dataclass(frozen=True)
class CoreHolder:
    """A process that has a device open; cores are all that it has taken, empty where no tool tells which."""

    pid: int
    command: str
    cores: Tuple[int, ...] = ()


@dataclass(frozen=True)
class NeuronDevice:
    """One device: its cores by the numbers that NEURON_RT_VISIBLE_CORES takes; memory in bytes."""

    index: int
    cores: Tuple[int, ...]
    memory: int
    holders: Tuple[CoreHolder, ...] = ()
    logical_core_size: Optional[int] = None

    @property
    def is_told(self) -> bool:
        """Whether it is known which of its cores each of its holders has."""
        return all(set(holder.cores) & set(self.cores) for holder in self.holders)

    @property
    def held(self) -> Tuple[int, ...]:
        """The cores that a run cannot count on: those that are taken, or all where it is not told which."""
        if not self.is_told:
            return self.cores
        taken = {core for holder in self.holders for core in holder.cores}
        return tuple(core for core in self.cores if core in taken)


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
        """The cores that nobody holds, as far as the tools tell."""
        held = {core for device in self.devices for core in device.held}
        return tuple(core for core in self.cores if core not in held)

    @property
    def longest_run(self) -> Tuple[int, ...]:
        """The most free cores that are neighbours."""
        return max(contiguous(self.free), key=len, default=())

    def free_run(self, count: int) -> Optional[Tuple[int, int]]:
        """The first and last of `count` free neighbouring cores; None where there is no such run."""
        return next(((run[0], run[count - 1]) for run in contiguous(self.free) if len(run) >= count), None)

    def holders_of(self, count: int) -> Tuple[CoreHolder, ...]:
        """Who stands in the way of `count` cores; nobody where they are free."""
        if self.free_run(count) is not None:
            return ()
        return tuple(dict.fromkeys(holder for device in self.devices for holder in device.holders))

    def resized(self, size: Optional[int]) -> CoreMap:
        """The same cores, numbered as programs see them where `size` physical ones make one."""
        return replace(self, devices=tuple(_resized(device, size) for device in self.devices))


def contiguous(numbers: Iterable[int]) -> Tuple[Tuple[int, ...], ...]:
    """Ascending numbers cut into runs without gaps."""
    runs: List[List[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return tuple(tuple(run) for run in runs)


def map_of(machine: Machine, logical_core_size: Optional[int] = None) -> Optional[CoreMap]:
    """The core map of a machine; None where there is no device, or no tool that lists them legibly."""
    if not machine.listing:
        return None
    try:
        return core_map(list(machine.listing), machine.usage).resized(logical_core_size)
    except StudioError:
        return None


def core_map(listed: Any, usage: Any = None) -> CoreMap:
    """The core map that `neuron-ls -j` tells, refined by a report of neuron-monitor.

    Raises StudioError where the listing is something else; a report that is something else refines nothing.
    """
    if not isinstance(listed, list):
        raise _not_a_listing("it is not an array")
    try:
        found = sorted((_device(entry) for entry in listed), key=lambda device: device.index)
        devices = _refined(found, _cores_in_use(usage))
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


def _cores_in_use(usage: Any) -> Dict[int, Tuple[int, ...]]:
    """The cores of each process, by pid; empty where the report is not what its guide promises."""
    try:
        return {
            int(process["pid"]): tuple(sorted(map(int, process["report"]["neuroncore_counters"]["neuroncores_in_use"])))
            for process in usage["neuron_runtime_data"]
        }
    except (KeyError, TypeError, ValueError):
        return {}


def _refined(devices: Sequence[NeuronDevice], in_use: Mapping[int, Tuple[int, ...]]) -> Tuple[NeuronDevice, ...]:
    listed = {holder.pid for device in devices for holder in device.holders}
    # A process of another container may be in the report alone; its cores are no less taken.
    unlisted = [CoreHolder(pid, "", cores) for pid, cores in in_use.items() if pid not in listed]
    return tuple(
        replace(device, holders=(
            *(replace(holder, cores=in_use.get(holder.pid, ())) for holder in device.holders),
            *(holder for holder in unlisted if set(holder.cores) & set(device.cores)),
        ))
        for device in devices
    )  # fmt: skip


def _resized(device: NeuronDevice, size: Optional[int]) -> NeuronDevice:
    before = device.logical_core_size
    if size is None or before is None or size == before:
        return device

    def renumbered(cores: Iterable[int]) -> Tuple[int, ...]:
        found: Set[int] = set()
        for core in cores:
            found.update(physical // size for physical in range(core * before, (core + 1) * before))
        return tuple(sorted(found))

    holders = tuple(replace(holder, cores=renumbered(holder.cores)) for holder in device.holders)
    return replace(device, cores=renumbered(device.cores), holders=holders, logical_core_size=size)


def _not_a_listing(why: str) -> StudioError:
    return StudioError(
        "neuron-ls-unreadable", f"neuron-ls said something that is not its JSON listing ({why}).",
        "Update the Neuron tools (aws-neuronx-tools), and run neuron-ls -j by hand.",
        Blame.ENVIRONMENT,
    )  # fmt: skip
