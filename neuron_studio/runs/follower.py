"""Follow a run from any point: its records, its worker's life; the only way anyone learns about a run."""

from __future__ import annotations

import math
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

from neuron_studio.core.diagnosis import RECENT_BYTES, died, disk_full
from neuron_studio.core.run_state import RunState, fold, fold_all
from neuron_studio.runs import worker_lock
from neuron_studio.wire import processes
from neuron_studio.wire.errors import ProtocolError
from neuron_studio.wire.events import RunFailed
from neuron_studio.wire.journal import Entry, JournalReader
from neuron_studio.wire.run_folder import RunFolder

BEAT_S = 0.25

# For those who draw each state across a slow link.
FRUGAL_BEAT_S = 1.0


class Follower:
    """One reader of one run; process is the worker where this program started it."""

    def __init__(self, folder: RunFolder, process: subprocess.Popen[bytes] | None = None) -> None:
        self.folder = folder
        self.state = RunState(folder.read_spec())
        self._journal = JournalReader(folder.events_file)
        self._process = process

    def refresh(self) -> RunState:
        """The state as of now; notices a worker that died without a word. ProtocolError where it cannot be read."""
        if self.state.is_over:
            return self.state
        try:
            alive = self._worker_lives()
            # Read after asking: whatever the worker wrote before it ended is in the journal by now.
            self._read()
            if not alive and not self.state.is_over:
                self._bury()
        except OSError as error:
            raise ProtocolError(
                f"The run folder {self.folder.path} cannot be read: {error.strerror}.",
                "Look whether it was removed, or belongs to somebody else.",
            ) from error
        if self.state.is_over and self._process is not None:
            self._process.wait()
        return self.state

    def _read(self) -> None:
        self.state = fold_all(self.state, self._journal.read())

    def _worker_lives(self) -> bool:
        if self._process is not None and self._process.poll() is None:
            return True
        if worker_lock.is_held(self.folder):
            return True
        return self._process is None and worker_lock.may_be_starting(self.folder)

    def _bury(self) -> None:
        # On record for good: whoever reads this run later is to see the same end.
        failure = self._last_words(self.state)
        seen = self._last_sign_of_life()
        with suppress(OSError):  # it may lie where nothing can be written
            worker_lock.settle(self.folder, self._last_words, seen)
        self._read()
        if not self.state.is_over:
            self.state = fold(self.state, Entry(seen, failure))

    def _last_words(self, state: RunState) -> RunFailed:
        tail = self.folder.log_tail(RECENT_BYTES)
        if self.folder.is_out_of_room(state.spec):
            return disk_full(state.stage_name, tail)  # so it could not say why
        return died(self._exit_status(), state.stage_name, tail, state.consumption)

    def _exit_status(self) -> int | None:
        if self._process is not None:
            return self._process.returncode
        found = worker_lock.holder(self.folder)
        return processes.exit_status(found.pid) if found is not None and found.is_here else None

    def _last_sign_of_life(self) -> float:
        written = [path for path in (self.folder.events_file, self.folder.log_file) if path.exists()]
        return max(path.stat().st_mtime for path in (self.folder.spec_file, *written))


def follow(
    folder: RunFolder,
    process: subprocess.Popen[bytes] | None = None,
    beat_s: float = BEAT_S,
    is_wanted: Callable[[], bool] = lambda: True,
    tick_s: float = math.inf,
) -> Iterator[RunState]:
    """The run's states as they change, at most one a beat, until it is over or no longer wanted.

    After so long without a change the same state comes again, for those who count the seconds.
    """
    follower = Follower(folder, process)
    seen: RunState | None = None
    told = 0.0
    while is_wanted():
        state = follower.refresh()
        if state is not seen or time.monotonic() - told >= tick_s:
            seen, told = state, time.monotonic()
            yield state
        if state.is_over:
            return
        time.sleep(beat_s)


def read_state(folder: RunFolder) -> RunState:
    """The state of a run as its folder tells it now."""
    return Follower(folder).refresh()
