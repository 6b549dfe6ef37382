"""Which processes belong together, as the kernel tells it, and how to end them; zombies do not count."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import Callable, Dict, Iterator, List, Optional, Sequence, Set

# A worker's children carry its mark in this variable, and theirs inherit it: into other groups, into
# other sessions, and past the worker's death. A number that the kernel gives out again would not do.
MARK = "NEURON_STUDIO_WORKER"

_STEP_S = 0.02
_KILL_S = 2.0


def marked(mark: str) -> List[int]:
    """The processes that carry a worker's mark, this one apart."""
    wanted = f"{MARK}={mark}".encode()
    return [pid for pid in _living() if pid != os.getpid() and wanted in read(pid, "environ").split(b"\0")]


def in_session(session: int) -> List[int]:
    """The processes of a session, this one apart."""
    return [pid for pid in _living() if pid != os.getpid() and stat(pid)[3:4] == [str(session).encode()]]


class Family:
    """The processes that carry a mark or belong to a session, looked for often: a stranger is asked only once."""

    def __init__(self, mark: str, session: int) -> None:
        self._mark = f"{MARK}={mark}".encode()
        self._session = str(session).encode()
        self._ours: Set[int] = set()
        self._strangers: Set[int] = {os.getpid()}
        self._unclear: Set[int] = set()

    def members(self) -> Dict[int, List[bytes]]:
        """The fields of each member by its number; one that has ended is among them until it was asked about."""
        there = {int(name) for name in os.listdir("/proc") if name.isdigit()}
        for known in (self._ours, self._strangers, self._unclear):
            known &= there
        fields = {pid: stat(pid) for pid in there - self._strangers}
        for pid in set(fields) - self._ours:
            self._judge(pid, fields[pid])
        return {pid: fields[pid] for pid in self._ours if fields[pid]}

    def _judge(self, pid: int, fields: List[bytes]) -> None:
        environment = read(pid, "environ")
        if fields[3:4] == [self._session] or self._mark in environment.split(b"\0"):
            self._ours.add(pid)
        elif environment or pid in self._unclear:
            self._strangers.add(pid)
        else:
            # Between two programs a process has no environment; one that has none twice never had any for us.
            self._unclear.add(pid)


def exit_status(pid: int) -> Optional[int]:
    """How a process ended that its parent has not asked about yet, as subprocess tells it; None for any other."""
    fields = stat(pid)
    if fields[:1] != [b"Z"]:
        return None
    status = int(fields[49])
    return -(status & 0x7F) if status & 0x7F else status >> 8


def end(members: Callable[[], Sequence[int]], grace_s: float) -> None:
    """Ask the members to end, wait, then end them; looks again until none is left, for they may start others."""
    send(members(), signal.SIGTERM)
    deadline = time.monotonic() + grace_s
    while members() and time.monotonic() < deadline:
        time.sleep(_STEP_S)
    deadline = time.monotonic() + _KILL_S
    left = members()
    while left and time.monotonic() < deadline:
        send(left, signal.SIGKILL)
        time.sleep(_STEP_S)
        left = members()


def send(pids: Sequence[int], number: signal.Signals) -> None:
    """Send a signal to those that still live and may be sent one."""
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def _living() -> Iterator[int]:
    for path in Path("/proc").iterdir():
        if path.name.isdigit() and stat(int(path.name))[:1] not in ([b"Z"], [b"X"], []):
            yield int(path.name)


def stat(pid: int) -> List[bytes]:
    """The fields behind the name, which may hold anything: state, parent, group, session …; none of a process gone."""
    return read(pid, "stat").rpartition(b")")[2].split()


def read(pid: int, name: str) -> bytes:
    """A file of a process; empty where it may not be read."""
    try:
        return Path("/proc", str(pid), name).read_bytes()
    except OSError:
        return b""  # it ended, or it is somebody else's
