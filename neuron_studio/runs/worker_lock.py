"""Who works on a run: the lock that the worker holds while it lives, and how to end it."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import time
from dataclasses import dataclass

from neuron_studio.wire import processes
from neuron_studio.wire.run_folder import RunFolder


@dataclass(frozen=True)
class Holder:
    """The worker that a lock file names; pid is also its process group and its session."""

    pid: int
    host: str
    started: float


def holder(folder: RunFolder) -> Holder | None:
    """Who last took the run's lock, whether or not it still lives."""
    try:
        plain = json.loads(folder.lock_file.read_text(encoding="utf-8"))
        return Holder(int(plain["pid"]), str(plain["host"]), float(plain["started"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def is_held(folder: RunFolder) -> bool:
    """Whether a worker lives in this run folder."""
    try:
        with open(folder.lock_file, "rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def stop(folder: RunFolder, grace_s: float = 1.5) -> None:
    """Ask the worker's whole group to end, wait, then end it; returns when nothing of it is left."""
    found = holder(folder)
    if found is None or not is_held(folder):
        return
    _signal_group(found.pid, signal.SIGTERM)
    if not _wait_until_free(folder, grace_s):
        _signal_group(found.pid, signal.SIGKILL)
        _wait_until_free(folder, 5.0)
    sweep(folder)


def sweep(folder: RunFolder) -> None:
    """Clear away what a dead worker left: its orphaned compilers and the half-made bundle."""
    found = holder(folder)
    if found is None or is_held(folder):
        return
    if found.host == os.uname().nodename:
        for pid in _orphans(found.pid):
            _kill(pid)
    shutil.rmtree(folder.bundle_aside(folder.read_spec()), ignore_errors=True)


def _orphans(session: int) -> list[int]:
    # Where the leader lives, the number belongs to somebody else's session by now.
    members = processes.in_session(session)
    return [] if session in members else members


def _wait_until_free(folder: RunFolder, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while is_held(folder):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _signal_group(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        pass


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
