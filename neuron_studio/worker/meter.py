"""What the processes of a run take, read from the kernel, which keeps count anyway."""

from __future__ import annotations

import os
from typing import Dict, Iterable, List, Tuple

from neuron_studio.core.pulse import Sample
from neuron_studio.wire.processes import Family, read
from neuron_studio.worker.memory import memory

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")

# The kernel walks every page to share out those that several processes hold; beyond this that costs too much.
_SHARED_OUT_UP_TO = 1 << 29


class Meter:
    """Reads a family's processor time and memory; both from the first reading on, and its own children's too."""

    def __init__(self, family: Family) -> None:
        self._family = family
        self._ticks: Dict[int, Tuple[int, int]] = self._ticks_of(family.members())
        self._own_children_s = _own_children_s()
        self._highest: Dict[int, int] = {}
        self._cpu_s = 0.0

    def read(self) -> Sample:
        """What they take now."""
        members = self._family.members()
        self._count_time(members)
        living = [pid for pid, fields in members.items() if fields[0] not in (b"Z", b"X")]
        sizes = {pid: _kilobytes(read(pid, "status"), b"VmHWM:", b"VmRSS:") for pid in living}
        resident = sum(size[1] for size in sizes.values()) * 1024
        held = _shared_out(living) if resident <= _SHARED_OUT_UP_TO else resident
        highest = {pid: size[0] * 1024 for pid, size in sizes.items()}
        # What a process held for a moment between two readings is known too, but not when: only what is new counts.
        spikes = [most for pid, most in highest.items() if most > self._highest.get(pid, 0)]
        self._highest = highest
        machine = memory()
        return Sample(len(living), self._cpu_s, held, max([held, *spikes]), machine.total, machine.available)

    def _count_time(self, members: Dict[int, List[bytes]]) -> None:
        before, self._ticks = self._ticks, self._ticks_of(members)
        own, self._own_children_s = self._own_children_s, _own_children_s()
        # Who ended took his time along, unless his parent is one of us and counts it as his children's.
        lost = sum(
            ticks for pid, (ticks, parent) in before.items()
            if pid not in self._ticks and parent not in before and parent != os.getpid()
        )  # fmt: skip
        gained = _sum(self._ticks) - _sum(before) + lost
        self._cpu_s += max(0.0, gained / _TICKS_PER_S + self._own_children_s - own)

    def _ticks_of(self, members: Dict[int, List[bytes]]) -> Dict[int, Tuple[int, int]]:
        """Each member's time with that of its ended children, and its parent."""
        return {pid: (sum(map(int, fields[11:15])), int(fields[1])) for pid, fields in members.items()}


def _sum(ticks: Dict[int, Tuple[int, int]]) -> int:
    return sum(each for each, _ in ticks.values())


def _own_children_s() -> float:
    times = os.times()
    return times.children_user + times.children_system


def _shared_out(pids: Iterable[int]) -> int:
    """The memory of processes with each shared page counted once; where the kernel does not tell, as resident."""
    total = 0
    for pid in pids:
        told = read(pid, "smaps_rollup")
        total += _kilobytes(told, b"Pss:")[0] if told else _kilobytes(read(pid, "status"), b"VmRSS:")[0]
    return total * 1024


def _kilobytes(text: bytes, *names: bytes) -> List[int]:
    found = {words[0]: int(words[1]) for words in map(bytes.split, text.splitlines()) if words and words[0] in names}
    return [found.get(name, 0) for name in names]
