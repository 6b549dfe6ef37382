"""Who works on a run: the lock that the worker holds while it lives, how to end it, and what to do once it died."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from neuron_studio.core.run_state import RunState, fold_all
from neuron_studio.wire import processes
from neuron_studio.wire.errors import Blame, StudioError
from neuron_studio.wire.events import RunFailed, RunStopped
from neuron_studio.wire.journal import Journal, JournalReader
from neuron_studio.wire.run_folder import RunFolder

# A worker that has not even taken its lock by then never will.
START_S = 60.0

_WAIT_FOR_LOCK_S = 3.0
_STEP_S = 0.02


@dataclass(frozen=True)
class Holder:
    """The worker that a lock file names; pid is also its group and its session, mark is what its children carry."""

    pid: int
    host: str
    started: float
    mark: str

    @property
    def is_here(self) -> bool:
        """Whether it works, or worked, on this machine: elsewhere its numbers mean nothing."""
        return self.host == os.uname().nodename


def holder(folder: RunFolder) -> Holder | None:
    """Who last took the run's lock, whether or not it still lives."""
    try:
        plain = json.loads(folder.lock_file.read_text(encoding="utf-8"))
        return Holder(int(plain["pid"]), str(plain["host"]), float(plain["started"]), str(plain.get("mark", "")))
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


def may_be_starting(folder: RunFolder) -> bool:
    """Whether no worker was ever here, but one may be on its way."""
    if folder.events_file.exists():
        return False
    return abs(time.time() - folder.spec_file.stat().st_mtime) < START_S


def stop(folder: RunFolder, grace_s: float = 1.5, process: subprocess.Popen[bytes] | None = None) -> None:
    """Ask the worker's whole group to end, wait, then end it; returns when nothing of it is left.

    process is the worker where this program started it: it can then be stopped before it has taken its lock.
    """
    if process is not None and process.poll() is None:
        ours = process
        _end_group(ours.pid, grace_s, lambda: ours.poll() is not None)
    else:
        found = _awaited_holder(folder)
        if found is None:
            return
        if not found.is_here:
            raise StudioError(
                "run-elsewhere", f"The run works on {found.host}.", f"Stop it on {found.host}.", Blame.INPUT
            )
        _end_group(found.pid, grace_s, lambda: not is_held(folder))
    settle(folder, lambda state: RunStopped(state.stage_name), time.time())


def settle(folder: RunFolder, last: Callable[[RunState], RunFailed | RunStopped], at: float) -> None:
    """Clear away what a dead worker left, and write the last record of its run if it could not.

    Does nothing while a worker lives, and leaves alone what another machine's worker may still need.
    """
    with _held(folder) as is_ours:
        found = holder(folder)
        if not is_ours or (found is not None and not found.is_here):
            return
        if found is not None:
            processes.end(lambda: processes.marked(found.mark), 0.0)
        state = RunState(folder.read_spec())
        shutil.rmtree(folder.bundle_aside(state.spec), ignore_errors=True)
        with suppress(OSError):
            folder.reserve.unlink(missing_ok=True)
            state = fold_all(state, JournalReader(folder.events_file).read())
            if not state.is_over:
                _append(folder, last(state), at)


def _append(folder: RunFolder, last: RunFailed | RunStopped, at: float) -> None:
    journal = Journal(folder.events_file)
    try:
        journal.append(last, at)
    finally:
        journal.close()


@contextmanager
def _held(folder: RunFolder) -> Iterator[bool]:
    """Hold the lock, if nobody does; a worker that comes too late finds a journal, and leaves."""
    with open(folder.lock_file, "ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_ours = True
        except BlockingIOError:
            is_ours = False
        yield is_ours


def _awaited_holder(folder: RunFolder) -> Holder | None:
    """The worker that lives here, given a moment where it may just be starting."""
    deadline = time.monotonic() + _WAIT_FOR_LOCK_S
    while time.monotonic() < deadline:
        if is_held(folder):
            found = holder(folder)
            if found is not None:
                return found  # else it has taken the lock, and is about to sign it
        elif not may_be_starting(folder):
            return None
        time.sleep(_STEP_S)
    return None


def _end_group(group: int, grace_s: float, has_ended: Callable[[], bool]) -> None:
    for number, seconds in ((signal.SIGTERM, grace_s), (signal.SIGKILL, 5.0)):
        with suppress(ProcessLookupError):
            os.killpg(group, number)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if has_ended():
                return
            time.sleep(_STEP_S)
