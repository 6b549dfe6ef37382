"""Follow a run from any point: its records, its worker's life; the only way anyone learns about a run."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator

from neuron_studio.core.diagnosis import died
from neuron_studio.core.run_state import RunState, fold, fold_all
from neuron_studio.runs import worker_lock
from neuron_studio.wire.journal import Entry, JournalReader
from neuron_studio.wire.run_folder import RunFolder

BEAT_S = 0.25

# A worker that has not even taken its lock by then never will.
_START_S = 60.0


class Follower:
    """One reader of one run; process is the worker where this program started it."""

    def __init__(self, folder: RunFolder, process: subprocess.Popen[bytes] | None = None) -> None:
        self.folder = folder
        self.state = RunState(folder.read_spec())
        self._journal = JournalReader(folder.events_file)
        self._process = process

    def refresh(self) -> RunState:
        """The state as of now; notices a worker that died without a word."""
        if self.state.is_over:
            return self.state
        alive = self._worker_lives()
        # Read after asking: whatever the worker wrote before it ended is in the journal by now.
        self.state = fold_all(self.state, self._journal.read())
        if not alive and not self.state.is_over:
            self._bury()
        elif self.state.is_over:
            self._reap()
        return self.state

    def _worker_lives(self) -> bool:
        if self._process is not None and self._process.poll() is None:
            return True
        if worker_lock.is_held(self.folder):
            return True
        never_seen = self._process is None and worker_lock.holder(self.folder) is None
        return never_seen and time.time() - self.folder.spec_file.stat().st_mtime < _START_S

    def _bury(self) -> None:
        self._reap()
        worker_lock.sweep(self.folder)
        status = self._process.returncode if self._process else None
        event = died(status, self.state.stage.name if self.state.stage else "prepare", self.folder.log_tail())
        self.state = fold(self.state, Entry(self._last_sign_of_life(), event))

    def _last_sign_of_life(self) -> float:
        files = (self.folder.events_file, self.folder.log_file, self.folder.spec_file)
        return max(path.stat().st_mtime for path in files if path.exists())

    def _reap(self) -> None:
        if self._process is not None:
            self._process.wait()


def follow(
    folder: RunFolder,
    process: subprocess.Popen[bytes] | None = None,
    beat_s: float = BEAT_S,
    is_wanted: Callable[[], bool] = lambda: True,
) -> Iterator[RunState]:
    """The run's states as they change, at most one a beat, until it is over or no longer wanted."""
    follower = Follower(folder, process)
    seen: RunState | None = None
    while is_wanted():
        state = follower.refresh()
        if state is not seen:
            seen = state
            yield state
        if state.is_over:
            return
        time.sleep(beat_s)


def read_state(folder: RunFolder) -> RunState:
    """The state of a run as its folder tells it now."""
    return Follower(folder).refresh()

