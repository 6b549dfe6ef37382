"""Real workers for tests: runs that take seconds, held in the stage that a test wants, and what is left of them."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from neuron_studio.core.run_state import RunState
from neuron_studio.runs import launcher, worker_lock
from neuron_studio.runs.follower import Follower
from neuron_studio.runs.store import RunStore
from neuron_studio.wire import processes
from neuron_studio.wire.events import StageStarted
from neuron_studio.wire.journal import JournalReader
from neuron_studio.wire.run_folder import BUNDLE_KIND, RunFolder
from neuron_studio.wire.spec import ModelChoice, Options, RunSpec, SentencePair, Target
from tests.support.until import PATIENCE_S, until

# The interpreter that workers run in: this one, or that of an older environment, named by TEST_PYTHON.
WORKER_PYTHON = os.environ.get("TEST_PYTHON", sys.executable)
IS_OLDER = sys.executable != WORKER_PYTHON

EQUIPMENT = Path(__file__).parent / "at_stage"
ROOT = Path(__file__).parents[2]

FOREVER = "import time\nwhile True: time.sleep(1)"
PAIRS = (
    SentencePair("the company is based in new york city", "the headquarters are situated in manhattan"),
    SentencePair("a man plays a guitar", "a woman sings a song"),
)


def until_exists(path: Path) -> str:
    """The code that waits for a file."""
    return f"import os, time\nwhile not os.path.exists({str(path)!r}): time.sleep(0.01)"


def at_stage(environment: pytest.MonkeyPatch, stage: str, code: str = FOREVER) -> None:
    """From now on, workers run this code where they enter the stage."""
    path = [str(EQUIPMENT), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    environment.setenv("PYTHONPATH", os.pathsep.join(dict.fromkeys(path)))
    environment.setenv("AT_STAGE", stage)
    environment.setenv("AT_STAGE_DO", code)


def a_spec(model: Path, **changes: Any) -> RunSpec:
    """A spec that is run within seconds: Inf2 as it is by default, emulated."""
    options = Options(sequence_length=32)
    target = Target("emulator", "inf2", "inf2.xlarge", 2)
    return RunSpec(**{  # type: ignore[arg-type]
        "model": ModelChoice(str(model)), "pairs": PAIRS, "target": target, "options": options,
        "python": WORKER_PYTHON, **changes,
    })  # fmt: skip


@dataclass
class RealRun:
    """A run with a worker of its own, as the studio that started it sees it."""

    folder: RunFolder
    process: subprocess.Popen[bytes]
    follower: Follower

    @property
    def state(self) -> RunState:
        return self.follower.refresh()

    def reach(self, stage: str) -> RealRun:
        """Wait until the stage has begun."""
        until(lambda: self.state.is_over or _is_in(self.state, stage))
        assert _is_in(self.state, stage), self.state.failure
        return self

    def end(self, timeout_s: float = PATIENCE_S) -> RunState:
        """Wait until it is over."""
        until(lambda: self.state.is_over, timeout_s)
        return self.state

    def child(self, role: str) -> int:
        """The worker's child of this role, once it is there."""
        return until(lambda: next((pid for pid in self.processes() if _role(pid) == role), 0))

    def processes(self) -> set[int]:
        """Every process that the run brought forth."""
        found = worker_lock.holder(self.folder)
        children = processes.marked(found.mark) if found is not None else []
        return {*children, *processes.in_session(self.process.pid)}


def begin(store: RunStore, spec: RunSpec, standby: launcher.Standby | None = None) -> RealRun:
    """Start a run as the studio does, on the standby where there is one."""
    folder = store.create(spec, datetime.now())
    process = standby.take(folder) if standby is not None else launcher.start(folder, spec.python)
    return RealRun(folder, process, Follower(folder, process))


@contextmanager
def cleared_away(*runs: RealRun) -> Iterator[None]:
    """Leave no process behind, however the test ended."""
    try:
        yield
    finally:
        for run in runs:
            processes.end(lambda run=run: sorted(run.processes() | _if_alive(run.process)), 0.0)  # type: ignore[misc]
            run.process.wait()


def records(folder: RunFolder) -> list[str]:
    """The kinds of the journal's records, in order; beats, which come when they will, apart."""
    kinds = (type(entry.event).__name__ for entry in JournalReader(folder.events_file).read())
    return [kind for kind in kinds if kind != "Beat"]


def older_bundle(place: Path) -> Path:
    """Something that passes for a bundle made earlier."""
    place.mkdir(parents=True)
    (place / "manifest.json").write_text(json.dumps({"kind": BUNDLE_KIND}))
    (place / "model.pt").write_bytes(b"an older model")
    return place


def content(folder: Path) -> dict[str, str]:
    """The digest of every file below a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def half_made(*folders: Path) -> list[Path]:
    """What lies aside in these folders and should not."""
    return [path for folder in folders for path in folder.glob(".*") if path.name.endswith((".part", ".older"))]


def studio(*arguments: object, **options: Any) -> subprocess.Popen[str]:
    """The program itself, in a process of its own."""
    command = [sys.executable, "-m", "neuron_studio", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, **options)


def newest(store: RunStore) -> RunFolder:
    """The newest run, once there is one."""
    folder = until(lambda: next(store.folders(), None))
    assert folder is not None
    return folder


def reached(folder: RunFolder, stage: str) -> bool:
    """Whether the run has begun this stage."""
    entries = JournalReader(folder.events_file).read()
    return StageStarted(stage) in [entry.event for entry in entries]


def _is_in(state: RunState, stage: str) -> bool:
    return state.stage is not None and state.stage.name == stage


def _role(pid: int) -> str:
    try:
        words = Path("/proc", str(pid), "cmdline").read_bytes().split(b"\0")
    except OSError:
        return ""
    followed = (role for word, role in pairwise(words) if Path(os.fsdecode(word)).name.startswith("worker-"))
    return os.fsdecode(next(followed, b""))


def _if_alive(process: subprocess.Popen[bytes]) -> set[int]:
    return {process.pid} if process.poll() is None else set()
