"""The worker itself: holds the lock, starts the tracer, proves the bundle, and always has the last word.

It never imports torch, so a stop is obeyed at once, a tracer that the kernel kills is noticed with its
exit status, and the cores that the tracer took are free again before the bundle is verified.
"""

from __future__ import annotations

import fcntl
import os
import select
import shutil
import signal
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Dict, Iterator, List, Optional, Union

from neuron_studio.core.diagnosis import RECENT_BYTES, died, disk_full, failure_of
from neuron_studio.core.run_state import RunState, StageStatus, fold_all
from neuron_studio.wire import processes, stages
from neuron_studio.wire.codec import dumps
from neuron_studio.wire.events import RunFailed, RunFinished, RunStarted, RunStopped
from neuron_studio.wire.journal import Journal, JournalReader
from neuron_studio.wire.run_folder import RESERVE_BYTES, RunFolder
from neuron_studio.worker.deep import NOT_COMPARED, not_compared
from neuron_studio.worker.heart import STEP_S, Heart
from neuron_studio.worker.leftovers import make_room
from neuron_studio.worker.meter import Meter
from neuron_studio.worker.output import redirect_output
from neuron_studio.worker.proof import prove
from neuron_studio.worker.stage import Stages

_GRACE_S = 1.0
_EXIT_CODES = {RunFinished: 0, RunFailed: 1, RunStopped: 130}

Last = Union[RunFinished, RunFailed, RunStopped]


class Stopped(BaseException):
    """SIGTERM arrived."""


class Children:
    """The tracer and the verifier; a warm one waits on its stdin until it is wanted."""

    def __init__(self, warm: bool) -> None:
        os.environ[processes.MARK] = uuid.uuid4().hex
        self._warm: Dict[str, subprocess.Popen[bytes]] = {}
        if warm:
            self._warm = {"trace": _spawn("trace", "--warm"), "verify": _spawn("verify")}

    def send(self, role: str, folder: RunFolder, heart: Heart) -> int:
        """Set the child of this role to work on the run folder; its exit status, once it has ended."""
        child = self._warm.pop(role, None)
        if child is None or child.poll() is not None:
            child = _spawn(role)
        assert child.stdin is not None
        with suppress(BrokenPipeError):  # it died first; waiting for it tells how
            child.stdin.write(os.fsencode(str(folder.path)) + b"\n")
            child.stdin.flush()
        # Its stdin stays open: that it ends tells the child that we are gone.
        while not _ends_within(child, STEP_S):
            heart.feel()
        heart.rest()
        return child.returncode

    def heart(self, folder: RunFolder, journal: Journal) -> Heart:
        """The pulse of all that comes from these, from now on."""
        return Heart(folder, journal, Meter(processes.Family(os.environ[processes.MARK], os.getpid())))

    def end(self) -> None:
        """End every process that came from these, wherever it went, and the warm ones that nobody wanted."""
        processes.end(self._left, _GRACE_S)

    def _left(self) -> List[int]:
        marked = processes.marked(os.environ[processes.MARK])
        # As the leader of a session of our own we also know those that cleared their environment.
        return [*marked, *processes.in_session(os.getpid())]


def _spawn(role: str, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-u", "-X", "faulthandler", sys.argv[0], role, *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE)


def _ends_within(child: subprocess.Popen[bytes], seconds: float) -> bool:
    # A child that ends closes its end of the pipe, which wakes us at once; waiting in steps would be late.
    pipe = select.poll()
    pipe.register(child.stdin, 0)  # type: ignore[arg-type]
    has_closed = pipe.poll(seconds * 1000)
    with suppress(subprocess.TimeoutExpired):
        child.wait(seconds if has_closed else 0)
    return child.returncode is not None


class Supervisor:
    """One run from its first record to its last, whatever happens in between."""

    def __init__(self, folder: RunFolder, children: Children) -> None:
        self._folder = folder
        self._children = children
        self._spec = folder.read_spec()
        self._journal = Journal(folder.events_file)
        self._heart = children.heart(folder, self._journal)

    def run(self) -> int:
        """Work on the run, clear away what is left of it, and write the last record."""
        try:
            with _stoppable():
                last = self._work()
        except Stopped:
            last = RunStopped(self._state().stage_name)
        except Exception as error:
            last = failure_of(error, self._state().stage_name, self._folder.log_tail(RECENT_BYTES))
        self._children.end()
        make_room(self._folder, self._spec)
        if last is None:
            return 1
        self._journal.append(last)
        return _EXIT_CODES[type(last)]

    def _work(self) -> Optional[Last]:
        self._journal.append(RunStarted(os.getpid(), os.uname().nodename, sys.executable))
        # Random, so that no file system stores it in less room than it is to keep.
        self._folder.reserve.write_bytes(os.urandom(RESERVE_BYTES))
        status = self._children.send("trace", self._folder, self._heart)
        state = self._state()
        if state.is_over:
            return None  # the tracer said why
        walked = [stage for stage in state.stages if stage.name not in (stages.LAYERS, stages.VERIFY)]
        is_through = all(stage.status is StageStatus.DONE for stage in walked)
        if status != 0 or not is_through:
            return self._why_it_died(status, state)
        if self._spec.bundle is not None:
            return RunFinished()
        if self._spec.deep:
            with Stages(self._journal).run(stages.LAYERS):
                self._compare_layers()
        with Stages(self._journal).run(stages.VERIFY):
            prove(self._folder, self._state(), self._journal, self._verify)
        return RunFinished()

    def _compare_layers(self) -> None:
        status = self._children.send("layers", self._folder, self._heart)
        # Room that the bundle may need, and nobody else does.
        shutil.rmtree(str(self._folder.work_on_layers), ignore_errors=True)
        state = self._state()
        if state.layers is None and not any(note.code == NOT_COMPARED for note in state.notes):
            failure = died(status, stages.LAYERS, self._folder.log_tail(RECENT_BYTES), state.consumption)
            self._journal.append(not_compared(failure.message, failure.remedy))

    def _verify(self) -> int:
        return self._children.send("verify", self._folder, self._heart)

    def _why_it_died(self, status: int, state: RunState) -> RunFailed:
        # torch aborts on a full disk, and where the log lies on that disk too, not even its words are left.
        tail = self._folder.log_tail(RECENT_BYTES)
        if self._folder.is_out_of_room(self._spec):
            return disk_full(state.stage_name, tail)
        return died(status, state.stage_name, tail, state.consumption)

    def _state(self) -> RunState:
        return fold_all(RunState(self._spec), JournalReader(self._folder.events_file).read())


def run(path: Path) -> int:
    """Be the worker of this run folder, from a cold start."""
    return _supervise(RunFolder(path), Children(warm=False))


def stand_by() -> int:
    """Keep both children warm until a run folder arrives on stdin; leave when stdin closes first."""
    children = Children(warm=True)
    with _stoppable():  # in the plain way: there is nothing yet that would have to be put in order
        line = sys.stdin.buffer.readline()
    if line:
        return _supervise(RunFolder(Path(os.fsdecode(line.rstrip(b"\n")))), children)
    children.end()
    return 0


def _supervise(folder: RunFolder, children: Children) -> int:
    # Held back until it can be obeyed in order: from before the lock names us until the work begins.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    signal.signal(signal.SIGTERM, _on_sigterm)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    redirect_output(folder.log_file)
    if not _take_lock(folder) or folder.events_file.exists():
        print(f"{folder.path} has or had a worker of its own", file=sys.stderr)
        return 1
    return Supervisor(folder, children).run()


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
    holder = {
        "pid": os.getpid(),
        "host": os.uname().nodename,
        "started": time.time(),
        "mark": os.environ[processes.MARK],
    }
    os.ftruncate(fd, 0)
    os.write(fd, dumps(holder).encode())
    return True  # the descriptor stays open, and the lock held, until this process ends


@contextmanager
def _stoppable() -> Iterator[None]:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})


def _on_sigterm(_number: int, _frame: object) -> None:
    raise Stopped
