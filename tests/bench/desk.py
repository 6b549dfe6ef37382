"""The studio as a user has it before them: its process, its folders, its runs; all seen from outside."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from neuron_studio.runs import worker_lock
from neuron_studio.runs.store import RunStore
from neuron_studio.wire.errors import StudioError
from neuron_studio.wire.events import Event, RunFailed, RunFinished, RunStopped, StageStarted
from neuron_studio.wire.journal import Entry, JournalReader
from neuron_studio.wire.run_folder import RunFolder
from tests.bench import watching
from tests.bench.display import ROOT, Keyboard, Screen
from tests.support.until import until
from tests.support.workers import EQUIPMENT

TITLE = "Neuron Studio"
_LOOK_EVERY_S = 0.05


class NotMeasured(Exception):
    """A row cannot be measured here, for the stated reason."""


class Desk:
    """A home of its own for one row: no run, no setting and no cache of the user's is touched."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        # As over a forwarded display, which the bench's own, a few processes away, cannot be told from.
        self.is_forwarded = False
        self.folder = Path(tempfile.mkdtemp(prefix="neuron-studio-bench-"))
        self.environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(EQUIPMENT), str(ROOT))),
                            "HF_HUB_OFFLINE": "1", "QT_QPA_PLATFORM": "xcb"}  # fmt: skip
        for name in ("DATA", "CONFIG", "CACHE"):
            self.environment[f"NEURON_STUDIO_{name}"] = str(self.folder / name.lower())
        self.store = RunStore(self.folder / "data" / "runs")

    def remember(self, **memory: object) -> None:
        """Let the next window find this as what it left behind."""
        place = self.folder / "config"
        place.mkdir(exist_ok=True)
        (place / "window.json").write_text(json.dumps(memory))

    def during_trace(self, code: str) -> None:
        """Let workers do this as they begin to trace."""
        self.environment.update(AT_STAGE="trace", AT_STAGE_DO=f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n{code}")

    def open(self, display: str = "", ticks: Path | None = None) -> Window:
        """Start the studio; with a file for its ticks, under watch."""
        module = ["neuron_studio"] if ticks is None else ["tests.bench.programs.watched_studio", str(ticks)]
        frugal = {"NEURON_STUDIO_FRUGAL": str(int(self.is_forwarded))}
        environment = {**self.environment, **frugal, "DISPLAY": display or self.screen.name}
        process = subprocess.Popen([sys.executable, "-m", *module], cwd=ROOT, env=environment)
        return Window(self, process, has_clock=ticks is not None)

    def command(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start the program in a terminal; it says nothing here."""
        return subprocess.Popen([sys.executable, "-m", "neuron_studio", *arguments], cwd=ROOT, env=self.environment,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip

    def compile(self, *arguments: str) -> RunFolder:
        """A run from a terminal, once it has ended well."""
        known = self.runs
        process = self.command("compile", *arguments)
        run = self.run_after(known)
        ended(run)
        process.wait()
        return run

    def run_after(self, known: set[str]) -> RunFolder:
        """The run that was not known before, once it is there."""
        return until(lambda: next((run for run in self.store.folders() if run.name not in known), None), 30.0)

    @property
    def runs(self) -> set[str]:
        """The names of all runs."""
        return {run.name for run in self.store.folders()}

    def __enter__(self) -> Desk:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for run in self.store.folders():
            with suppress(StudioError):  # the bench itself may stand for the worker
                worker_lock.stop(run)
        shutil.rmtree(self.folder, ignore_errors=True)


class Window:
    """One studio process with its window."""

    def __init__(self, desk: Desk, process: subprocess.Popen[bytes], has_clock: bool) -> None:
        self.desk, self.process, self._has_clock = desk, process, has_clock

    def settle(self) -> None:
        """Wait until neither the window nor anything that it started is at work."""
        until(lambda: self.process.poll() is not None or watching.rests(self.process.pid, self._has_clock), 180.0)
        if self.process.poll() is not None:
            raise NotMeasured(f"the window ended with {self.process.returncode}")

    def stand_by(self) -> None:
        """Wait until a worker stands by with everything imported."""
        until(lambda: watching.stands_by(self.process.pid), 120.0)
        self.settle()

    def take_keys(self, keyboard: Keyboard) -> None:
        """Have the keyboard."""
        keyboard.focus(TITLE)
        # Over a slow link the window rests between its first questions to the server, too.
        if self.desk.screen.until(lambda: not self.desk.screen.is_blank, 120.0) is None:
            raise NotMeasured("no window was painted")
        self.settle()

    def start_run(self, keyboard: Keyboard) -> tuple[RunFolder, float]:
        """Press Compile & Save; the run's folder, and by the wall clock when the key was sent."""
        known, pressed = self.desk.runs, time.time()
        keyboard.press("ctrl+Return")
        return self.desk.run_after(known), pressed

    def close(self) -> None:
        """Close it as its user's Ctrl-C does."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)

    def __enter__(self) -> Window:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def ended(run: RunFolder, timeout_s: float = 600.0, meanwhile: Callable[[], object] = lambda: None) -> Entry:
    """The last record of a run; raises NotMeasured where it did not end well."""
    last = _first(run, lambda event: isinstance(event, (RunFinished, RunFailed, RunStopped)), timeout_s, meanwhile)
    if not isinstance(last.event, RunFinished):
        raise NotMeasured(f"the run ended with {last.event}")
    return last


def began(run: RunFolder, stage: str, timeout_s: float = 600.0) -> Entry:
    """The record of a stage's begin, once it is there."""
    found = _first(run, lambda event: isinstance(event, RunFailed) or event == StageStarted(stage), timeout_s)
    if isinstance(found.event, RunFailed):
        raise NotMeasured(f"the run ended with {found.event}")
    return found


def _first(
    run: RunFolder, wanted: Callable[[Event], bool], timeout_s: float, meanwhile: Callable[[], object] = lambda: None
) -> Entry:
    reader = JournalReader(run.events_file)

    def look() -> Entry | None:
        meanwhile()
        return next((entry for entry in reader.read() if wanted(entry.event)), None)

    return until(look, timeout_s, _LOOK_EVERY_S)
