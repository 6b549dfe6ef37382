"""What a process and those that it started take, as the kernel tells it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from neuron_studio.wire import processes

# A second of CPU: importing torch takes more, and nothing else that a worker does before its run.
_IMPORTED_TICKS = 100
_REST_S = 1.5
_TICKS_AT_REST = 3
# What the clock of a watched window takes in that time, two hundred times a second.
_TICKS_OF_CLOCK = 3


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    parents = {other: _parent(other) for other in _all()}
    found = [pid]
    for member in found:
        found += [other for other, parent in parents.items() if parent == member]
    return found


def rests(pid: int, has_clock: bool) -> bool:
    """Whether a process and its descendants do next to nothing for a moment, but for the clock of the bench."""
    before = _ticks(family(pid))
    time.sleep(_REST_S)
    return _ticks(family(pid)) - before <= _TICKS_AT_REST + (_TICKS_OF_CLOCK if has_clock else 0)


def stands_by(pid: int) -> bool:
    """Whether a worker below this process waits for its run with its imports behind it."""
    standbys = [worker for worker in family(pid) if b"standby" in processes.read(worker, "cmdline").split(b"\0")]
    return any(_ticks(family(worker)) > _IMPORTED_TICKS for worker in standbys)


def memory_bytes(pid: int) -> int:
    """What one process holds in memory."""
    return int(Path("/proc", str(pid), "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def cpu_seconds(pid: int) -> float:
    """What one process has computed so far."""
    return _ticks([pid]) / os.sysconf("SC_CLK_TCK")


def _ticks(pids: Iterable[int]) -> int:
    return sum(int(fields[11]) + int(fields[12]) for fields in map(processes.stat, pids) if fields)


def _parent(pid: int) -> int:
    fields = processes.stat(pid)
    return int(fields[1]) if fields else 0


def _all() -> Iterator[int]:
    return (int(name) for name in os.listdir("/proc") if name.isdigit())
