"""Devices, NeuronCores and their holders in words: the same in the window, in the terminal and in errors."""

from __future__ import annotations

from typing import Iterable, Optional, Sequence

from neuron_studio.core.counting import counted
from neuron_studio.core.instances import Instance
from neuron_studio.core.neuron_devices import CoreHolder, CoreMap, NeuronDevice, contiguous

_LONGEST_WORD = 28


def span_text(numbers: Iterable[int]) -> str:
    """Numbers with their neighbours drawn together, such as "0-3, 6"."""
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in contiguous(numbers))


def names_text(names: Sequence[str], most: int, between: str = ", ") -> str:
    """Names in a row; of many only the first ones."""
    more = len(names) - most
    return between.join(names[:most]) + (f" and {more} more" if more > 0 else "")


def program(command: str) -> str:
    """A command line cut to its program and what that runs: the arguments behind may hold what nobody should read."""
    words = command.split()
    shown = [word.rsplit("/", 1)[-1] for word in words[:1]]
    for word in words[1:]:
        shown.append(word.rsplit("/", 1)[-1])
        if word != "-m":
            break
    return " ".join(_short(word) for word in shown)


def _short(word: str) -> str:
    # An option may carry its value in the same word.
    name = word.partition("=")[0]
    return name if len(name) <= _LONGEST_WORD else f"{name[: _LONGEST_WORD - 1]}…"


def process_text(holder: CoreHolder) -> str:
    """A holder by its pid and its program."""
    name = program(holder.command)
    return f"process {holder.pid} ({name})" if name else f"process {holder.pid}"


def held_text(found: CoreMap, holder: CoreHolder) -> str:
    """What a process holds: its NeuronCores where they are told, else the devices that it has open."""
    devices = [device for device in found.devices if holder in device.holders]
    where = f"device{'' if len(devices) == 1 else 's'} {span_text(device.index for device in devices)}"
    if not holder.cores:
        return f"{where} (which cores is not told)"
    return f"NeuronCore{'' if len(holder.cores) == 1 else 's'} {span_text(holder.cores)} ({where})"


def device_memory(device: NeuronDevice) -> str:
    """A device's memory; older tools leave it out."""
    return f"{device.memory / (1 << 30):g} GiB" if device.memory else "–"


def instance_line(instance: Instance, logical_core_size: Optional[int] = None) -> str:
    """An instance type's row of the table."""
    count = instance.cores_of_size(logical_core_size) // max(1, instance.devices)
    devices = counted(instance.devices, "device")
    core = "logical NeuronCore" if instance.logical_cores else "NeuronCore"
    cores = counted(count, core)
    return f"{instance.name}: {devices} × {cores}, {instance.device_memory_gib:g} GiB of device memory"


def map_line(found: CoreMap) -> str:
    """A machine's cores on one line: how many, how many free, and how many of those side by side."""
    name = f"{found.instance}, this machine" if found.instance else "This machine"
    return f"{name}: {len(found.cores)} NeuronCores, {free_text(found)}"


def free_text(found: CoreMap) -> str:
    """How many cores are free, and how many of those are neighbours."""
    free, run = len(found.free), len(found.longest_run)
    return f"{free or 'none'} free" + (f", {run} side by side" if run != free else "")
