"""The worker itself: holds the lock, starts the tracer, proves the bundle, and always has the last word.

It never imports torch, so a stop is obeyed at once, a tracer that the kernel kills is noticed with its
exit status, and the cores that the tracer took are free again before the bundle is verified.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Optional

from neuron_studio.core.diagnosis import died, failure_of
from neuron_studio.core.run_state import RunState, fold_all
from neuron_studio.wire import processes, stages
from neuron_studio.wire.codec import dumps
from neuron_studio.wire.events import RunFailed, RunFinished, RunStarted, RunStopped
from neuron_studio.wire.journal import Journal, JournalReader
from neuron_studio.wire.run_folder import RunFolder
from neuron_studio.worker.output import redirect_output
from neuron_studio.worker.proof import prove
from neuron_studio.worker.tracer import SAID_SO

STOPPED = 130
_GRACE_S = 1.0


class Stopped(BaseException):
    """SIGTERM arrived."""


class Children:
    """The tracer and the verifier, each waiting on its stdin to be told what to do."""

    def __init__(self, warm: bool) -> None:
        self.tracer = _spawn("trace", *(["--warm"] if warm else []))
        self._verifier = _spawn("verify") if warm else None

    def verifier(self) -> "subprocess.Popen[bytes]":
        """The warm verifier, or a new one."""
        return self._verifier or _spawn("verify")

    def dismiss(self) -> None:
        """Close their stdin, on which they leave."""
        for child in (self.tracer, self._verifier):
            if child is not None and child.stdin is not None:
                child.stdin.close()
                child.wait()


def _spawn(role: str, *arguments: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-u", "-X", "faulthandler", sys.argv[0], role, *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE)


def tell(child: "subprocess.Popen[bytes]", path: Path) -> None:
    """Give a waiting child its folder; its stdin stays open, and its end tells the child that we are gone."""
    assert child.stdin is not None
    try:
        child.stdin.write(f"{path}\n".encode())
        child.stdin.flush()
    except BrokenPipeError:
        pass  # it died first; waiting for it tells how


def run(path: Path) -> int:
    """Be the worker of this run folder, from a cold start."""
    return _supervise(RunFolder(path), None)


def stand_by() -> int:
    """Keep a warm tracer until a run folder arrives on stdin; leave when stdin closes first."""
    children = Children(warm=True)
    line = sys.stdin.readline()
    if not line:
        children.dismiss()
        return 0
    return _supervise(RunFolder(Path(line.rstrip("\n"))), children)


def _supervise(folder: RunFolder, children: Optional[Children]) -> int:
    if not _take_lock(folder):
        print(f"{folder.path} has a worker already", file=sys.stderr)
        return 1
    redirect_output(folder.log_file)
    signal.signal(signal.SIGTERM, _on_sigterm)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    journal = Journal(folder.events_file)
    try:
        journal.append(RunStarted(os.getpid(), os.uname().nodename, sys.executable))
        return _work(folder, journal, children or Children(warm=False))
    except Stopped:
        return _leave_stopped(folder, journal)
    except Exception as error:
        return _leave_failed(folder, journal, failure_of(error, _stage(folder), folder.log_tail()))


def _work(folder: RunFolder, journal: Journal, children: Children) -> int:
    tell(children.tracer, folder.path)
    status = children.tracer.wait()
    if status == SAID_SO:
        _clear(folder)
        return 1
    if status != 0:
        return _leave_failed(folder, journal, died(status, _stage(folder), folder.log_tail()))
    prove(folder, journal, children.verifier, tell)
    journal.append(RunFinished())
    return 0


def _leave_failed(folder: RunFolder, journal: Journal, failure: RunFailed) -> int:
    # First make room: on a full disk the half-made bundle is what stands in the record's way.
    _clear(folder)
    journal.append(failure)
    return 1


def _leave_stopped(folder: RunFolder, journal: Journal) -> int:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    deadline = time.monotonic() + _GRACE_S
    while _others_in_group() and time.monotonic() < deadline:
        _reap()
        time.sleep(0.02)
    for pid in _others_in_group():
        os.kill(pid, signal.SIGKILL)
    _clear(folder)
    journal.append(RunStopped(_stage(folder)))
    return STOPPED


def _reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def _others_in_group() -> "list[int]":
    return [pid for pid in processes.in_group(os.getpgid(0)) if pid != os.getpid()]


def _clear(folder: RunFolder) -> None:
    shutil.rmtree(str(folder.bundle_aside(folder.read_spec())), ignore_errors=True)


def _stage(folder: RunFolder) -> str:
    state = fold_all(RunState(folder.read_spec()), JournalReader(folder.events_file).read())
    return state.stage.name if state.stage else stages.PREPARE


def _take_lock(folder: RunFolder) -> bool:
    fd = os.open(str(folder.lock_file), os.O_RDWR | os.O_CREAT, 0o600)
    for _ in range(50):
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            time.sleep(0.02)  # someone may just be looking whether the lock is free
    else:
        return False
    holder = {"pid": os.getpid(), "host": os.uname().nodename, "started": time.time()}
    os.ftruncate(fd, 0)
    os.write(fd, dumps(holder).encode())
    return True  # the descriptor stays open, and the lock held, until this process ends


def _on_sigterm(_number: int, _frame: object) -> None:
    raise Stopped
