"""Starts, follows and stops runs for the window; one background thread owns the run that is shown."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, QTimer, Signal

from neuron_studio.core.run_state import RunState
from neuron_studio.runs import engine, launcher, worker_lock
from neuron_studio.runs.follower import BEAT_S, follow
from neuron_studio.runs.store import RunStore
from neuron_studio.wire.errors import StudioError
from neuron_studio.wire.run_folder import RunFolder
from neuron_studio.wire.spec import RunSpec

# Long enough for the window to be painted and for a choice of environment to settle.
_WARM_AFTER_MS = 700


class _Watch:
    """One look at one run: the thread that follows it goes on while this is wanted."""

    def __init__(self) -> None:
        self.wanted = True
        self.folder: RunFolder | None = None

    def is_wanted(self) -> bool:
        return self.wanted


class RunController(QObject):
    """The window's only way to runs.

    Signals:
        folder_changed: the RunFolder that is shown from now on, or None.
        state_changed: the RunState of that run, at most once a beat.
        error_raised: a StudioError that kept a run from starting, or a folder from being read.
    """

    folder_changed = Signal(object)
    state_changed = Signal(object)
    error_raised = Signal(object)
    _told = Signal(object)

    def __init__(self, store: RunStore, parent: QObject | None = None, beat_s: float = BEAT_S) -> None:
        super().__init__(parent)
        self._store = store
        self._beat_s = beat_s
        self._watch = _Watch()
        self._state: RunState | None = None
        self._is_starting = False
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._standby: launcher.Standby | None = None
        self._warm_python: str | None = None
        self._warming = QTimer(self, singleShot=True, interval=_WARM_AFTER_MS)
        self._warming.timeout.connect(self._on_warming_timeout)
        self._told.connect(self._on_thread_told)

    @property
    def folder(self) -> RunFolder | None:
        """The run that is shown."""
        return self._watch.folder

    @property
    def is_running(self) -> bool:
        """Whether the run that is shown has not ended."""
        return self._is_starting or (self._state is not None and not self._state.is_over)

    def start(self, spec: RunSpec) -> None:
        """Start a run and show it."""
        standby, self._standby = self._standby, None
        watch = self._begin_watch()
        self._is_starting = True
        _on_thread(self._follow_new, watch, spec, standby)

    def attach(self, folder: RunFolder) -> None:
        """Show a run that exists, whether or not it still goes on."""
        watch = self._begin_watch()
        watch.folder = folder
        self.folder_changed.emit(folder)
        _on_thread(self._follow_old, watch, folder)

    def detach(self) -> None:
        """Show no run; one that goes on is left running."""
        self._begin_watch()
        self.folder_changed.emit(None)

    def stop(self) -> None:
        """End the run that is shown; its last records say when it has ended."""
        if self.is_running and self.folder is not None:
            _on_thread(self._stop, self._watch, self.folder)

    def keep_warm(self, python: str | None) -> None:
        """Keep a worker of this interpreter standing by while no run goes on; None lets it go."""
        self._warm_python = python
        self._warming.start()

    def close(self) -> None:
        """Let go of everything but the workers that have a run."""
        self._warming.stop()
        self._warm_python = None
        self._watch.wanted = False
        standby, self._standby = self._standby, None
        if standby is not None:
            _on_thread(standby.dismiss)

    def _begin_watch(self) -> _Watch:
        self._watch.wanted = False
        self._watch = _Watch()
        self._state = None
        self._is_starting = False
        return self._watch

    # The following run on the background thread.

    def _follow_new(self, watch: _Watch, spec: RunSpec, standby: launcher.Standby | None) -> None:
        with self._errors_told(watch):
            begun = engine.begin(spec, self._store, standby)
            self._processes[begun.folder.name] = begun.process
            self._tell(watch, begun.folder)
            for state in follow(begun.folder, begun.process, self._beat_s, is_wanted=watch.is_wanted):
                self._tell(watch, state)
        if standby is not None:
            standby.dismiss()

    def _follow_old(self, watch: _Watch, folder: RunFolder) -> None:
        with self._errors_told(watch):
            for state in follow(folder, self._processes.get(folder.name), self._beat_s, is_wanted=watch.is_wanted):
                self._tell(watch, state)

    def _stop(self, watch: _Watch, folder: RunFolder) -> None:
        with self._errors_told(watch):
            worker_lock.stop(folder, process=self._processes.get(folder.name))

    @contextmanager
    def _errors_told(self, watch: _Watch) -> Iterator[None]:
        try:
            yield
        except StudioError as error:
            self._tell(watch, error)
        except OSError as error:
            remedy = "Look whether the disk is full or the folder was removed, then try again."
            self._tell(watch, StudioError("run-folder-lost", f"The run folder cannot be used: {error}.", remedy))

    def _tell(self, watch: _Watch, fact: object) -> None:
        try:
            self._told.emit((watch, fact))
        except RuntimeError:
            watch.wanted = False  # the window is gone; the run goes on

    # Back in the window's thread.

    def _on_thread_told(self, told: tuple[_Watch, object]) -> None:
        watch, fact = told
        if watch is not self._watch:
            return
        if isinstance(fact, RunFolder):
            watch.folder = fact
            self.folder_changed.emit(fact)
        elif isinstance(fact, RunState):
            self._is_starting = False
            self._state = fact
            self.state_changed.emit(fact)
            if fact.is_over:
                self._warming.start()
        else:
            self._is_starting = False
            if watch.folder is None:
                self.folder_changed.emit(None)  # what was shown before is let go of, and there is nothing new
            self.error_raised.emit(fact)
            self._warming.start()

    def _on_warming_timeout(self) -> None:
        if self.is_running:
            return
        old = self._standby
        if old is not None:
            if self._warm_python is not None and old.fits(self._warm_python):
                return
            self._standby = None
            _on_thread(old.dismiss)
        if self._warm_python is not None:
            try:
                self._standby = launcher.Standby(self._warm_python)
            except (StudioError, OSError):
                return  # a run in this interpreter will say what is wrong with it


def _on_thread(function: Callable[..., None], *arguments: object) -> None:
    threading.Thread(target=function, name=function.__name__, args=arguments, daemon=True).start()
