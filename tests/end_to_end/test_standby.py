"""The standby worker: takes a folder and finishes, leaves when it is not wanted, and is not missed when it is dead."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from neuron_studio.core.run_state import Phase
from neuron_studio.runs.launcher import Standby
from neuron_studio.runs.store import RunStore
from neuron_studio.wire import processes, stages
from tests.support.until import until
from tests.support.workers import ROOT, RealRun, a_spec, begin, cleared_away

STARTS_ONE = """
import sys, time
from neuron_studio.runs.launcher import Standby
standby = Standby(sys.executable)
print(standby.pid, flush=True)
time.sleep(1000)
"""


def children(worker: int) -> list[int]:
    """The two children of a standby worker, once they are up."""
    return until(lambda: found if len(found := processes.in_session(worker)) == 3 else [], 20)[1:]


def imported(worker: int) -> bool:
    """Whether its children have come to rest: what they import takes them seconds of CPU."""
    before = cpu_ticks(worker)
    time.sleep(0.3)
    return before > 100 and cpu_ticks(worker) - before <= 1


def cpu_ticks(worker: int) -> int:
    stats = [Path("/proc", str(pid), "stat").read_text().split() for pid in processes.in_session(worker)]
    return sum(int(stat[13]) + int(stat[14]) for stat in stats)


def seconds_to_the_end(run: RealRun, begun: float) -> float:
    with cleared_away(run):
        assert run.end().phase is Phase.FINISHED
    return time.monotonic() - begun


def test_that_a_standby_finishes_a_run_without_the_imports(tiny_model: Path, store: RunStore) -> None:
    spec = a_spec(tiny_model)
    with Standby(spec.python) as standby:
        assert standby.fits(spec.python)
        assert not standby.fits("/another/python")
        until(lambda: imported(standby.pid))
        begun = time.monotonic()
        run = begin(store, spec, standby)
        assert not standby.fits(spec.python), "it has its run"
        warm = seconds_to_the_end(run, begun)
        assert "golden:" in run.folder.log_file.read_text(), "the warm verifier speaks into the log of its run"
    begun = time.monotonic()
    cold = seconds_to_the_end(begin(store, spec), begun)
    print(f"click to proven bundle: {warm:.2f} s with a standby, {cold:.2f} s without")


def test_that_a_standby_leaves_at_once_when_it_is_dismissed() -> None:
    standby = Standby(sys.executable)
    worker = standby.pid
    children(worker)
    begun = time.monotonic()
    standby.dismiss()
    assert time.monotonic() - begun < 2.0
    assert processes.in_session(worker) == []


def test_that_a_standby_leaves_when_its_studio_is_killed() -> None:
    studio = subprocess.Popen([sys.executable, "-c", STARTS_ONE], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert studio.stdout is not None
    worker = int(studio.stdout.readline())
    children(worker)
    studio.kill()
    studio.communicate()
    until(lambda: processes.in_session(worker) == [], timeout_s=5.0)


def test_that_a_dead_standby_gives_way_to_a_cold_start(tiny_model: Path, store: RunStore) -> None:
    spec = a_spec(tiny_model)
    standby = Standby(spec.python)
    worker = standby.pid
    children(worker)
    os.kill(worker, signal.SIGKILL)
    run = begin(store, spec, standby)
    with cleared_away(run):
        assert run.process.pid != worker
        run.reach(stages.PREPARE)
    until(lambda: processes.in_session(worker) == [], timeout_s=5.0)


def test_that_a_standby_whose_children_died_starts_others(tiny_model: Path, store: RunStore) -> None:
    spec = a_spec(tiny_model)
    standby = Standby(spec.python)
    for pid in children(standby.pid):
        os.kill(pid, signal.SIGKILL)
    run = begin(store, spec, standby)
    with cleared_away(run):
        run.reach(stages.PREPARE)
