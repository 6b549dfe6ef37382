"""Which processes belong together, as the kernel tells it, and how to end them; zombies do not count."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import Callable, Iterator, List, Optional, Sequence

# A worker's children carry its mark in this variable, and theirs inherit it: into other groups, into
# other sessions, and past the worker's death. A number that the kernel gives out again would not do.
MARK = "NEURON_STUDIO_WORKER"

_STEP_S = 0.02
_KILL_S = 2.0


def marked(mark: str) -> List[int]:
    """The processes that carry a worker's mark, this one apart."""
    wanted = f"{MARK}={mark}".encode()
    return [pid for pid in _living() if pid != os.getpid() and wanted in _read(pid, "environ").split(b"\0")]


def in_session(session: int) -> List[int]:
    """The processes of a session, this one apart."""
    return [pid for pid in _living() if pid != os.getpid() and _stat(pid)[3:4] == [str(session).encode()]]


def exit_status(pid: int) -> Optional[int]:
    """How a process ended that its parent has not asked about yet, as subprocess tells it; None for any other."""
    stat = _stat(pid)
    if stat[:1] != [b"Z"]:
        return None
    status = int(stat[49])
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
        if path.name.isdigit() and _stat(int(path.name))[:1] not in ([b"Z"], [b"X"], []):
            yield int(path.name)


def _stat(pid: int) -> List[bytes]:
    """The fields behind the name, which may hold anything: state, parent, group, session …"""
    return _read(pid, "stat").rpartition(b")")[2].split()


def _read(pid: int, name: str) -> bytes:
    try:
        return Path("/proc", str(pid), name).read_bytes()
    except OSError:
        return b""  # it ended, or it is somebody else's
