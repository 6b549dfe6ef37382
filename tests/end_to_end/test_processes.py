"""No process of a run outlives it, however it hides; and none that does can make a dead worker look alive."""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from neuron_studio.core.run_state import Phase
from neuron_studio.runs import launcher, worker_lock
from neuron_studio.runs.follower import Follower
from neuron_studio.runs.store import RunStore
from neuron_studio.wire import processes, stages
from neuron_studio.wire.errors import ProtocolError
from tests.support.until import until
from tests.support.workers import FOREVER, a_spec, at_stage, begin, cleared_away, records, until_exists

# A compiler that will not hear of SIGTERM and has a family: one child beside it, one in a session of its own.
STUBBORN = """
import os, signal, subprocess, sys
code = '''
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if sys.argv[1:]:
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"])
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"], start_new_session=True)
open(sys.argv[2], "w").close() if sys.argv[1:] else None
time.sleep(1000)
'''
subprocess.Popen([sys.executable, "-c", code, "parent", {ready!r}])
"""

# One that has shed its environment and its session, so that nothing tells any more where it came from.
HIDDEN = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"], env={{}}, start_new_session=True,
                         close_fds=False)
open({ready!r} + ".part", "w").write(str(child.pid))
__import__("os").rename({ready!r} + ".part", {ready!r})
"""


@pytest.mark.parametrize("end", ["stop", "child killed", "worker killed"])
def test_that_a_compiler_that_ignores_sigterm_is_gone_with_its_whole_family(
    end: str, tiny_model: Path, store: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = tmp_path / "ready"
    at_stage(monkeypatch, stages.PREPARE, STUBBORN.format(ready=str(ready)) + FOREVER)
    run = begin(store, a_spec(tiny_model))
    with cleared_away(run):
        run.reach(stages.PREPARE)
        until(ready.exists)
        assert len(run.processes()) == 5, "the worker, its child, the compiler and the two it started"
        began = time.monotonic()
        if end == "stop":
            worker_lock.stop(run.folder)
        else:
            os.kill(run.child("trace") if end == "child killed" else run.process.pid, signal.SIGKILL)
        state = run.end()
        until(lambda: not run.processes(), timeout_s=2.0)
        assert time.monotonic() - began < 2.0
        assert state.phase is (Phase.STOPPED if end == "stop" else Phase.FAILED)


def test_that_a_survivor_does_not_make_a_dead_worker_look_alive(
    tiny_model: Path, store: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = tmp_path / "survivor"
    at_stage(monkeypatch, stages.PREPARE, HIDDEN.format(ready=str(ready)) + FOREVER)
    run = begin(store, a_spec(tiny_model))
    with cleared_away(run):
        run.reach(stages.PREPARE)
        until(ready.exists)
        survivor = int(ready.read_text())
        try:
            os.kill(run.process.pid, signal.SIGKILL)
            assert run.end(timeout_s=5.0).phase is Phase.FAILED
            assert Path("/proc", str(survivor)).exists()
            assert not worker_lock.is_held(run.folder)
        finally:
            os.kill(survivor, signal.SIGKILL)


def test_that_a_compiler_that_reads_stdin_finds_it_empty(
    tiny_model: Path, store: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = tmp_path / "said"
    code = f"import subprocess\nsubprocess.run(['cat'], stdout=open({str(said)!r}, 'w'), check=True)\n"
    at_stage(monkeypatch, stages.PREPARE, code + f"open({str(said)!r} + '.done', 'w').close()\n" + FOREVER)
    run = begin(store, a_spec(tiny_model))
    with cleared_away(run):
        until(Path(f"{said}.done").exists)
        assert said.read_bytes() == b""
        worker_lock.stop(run.folder)


def test_that_a_stop_is_obeyed_even_before_the_worker_has_begun(tiny_model: Path, store: RunStore) -> None:
    run = begin(store, a_spec(tiny_model))
    with cleared_away(run):
        worker_lock.stop(run.folder, process=run.process)
        assert run.state.phase is Phase.STOPPED
        assert run.process.returncode == 130
        assert records(run.folder)[-1:] == ["RunStopped"]


def test_that_a_stop_from_elsewhere_waits_for_a_worker_that_is_just_starting(tiny_model: Path, store: RunStore) -> None:
    run = begin(store, a_spec(tiny_model))
    with cleared_away(run):
        worker_lock.stop(run.folder)
        assert run.state.phase is Phase.STOPPED


def test_that_a_worker_that_is_stopped_in_its_tracks_is_ended_and_its_stop_recorded(
    tiny_model: Path, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_stage(monkeypatch, stages.PREPARE)
    run = begin(store, a_spec(tiny_model))
    with cleared_away(run):
        run.reach(stages.PREPARE)
        os.kill(run.process.pid, signal.SIGSTOP)
        worker_lock.stop(run.folder, grace_s=0.2)
        assert run.state.phase is Phase.STOPPED
        assert run.processes() == set()
        assert records(run.folder)[-1] == "RunStopped"


def test_that_a_run_folder_is_worked_on_once(
    tiny_model: Path, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_stage(monkeypatch, stages.PREPARE)
    run = begin(store, a_spec(tiny_model))
    with cleared_away(run):
        run.reach(stages.PREPARE)
        assert launcher.start(run.folder, run.follower.state.spec.python).wait(timeout=20) == 1
        worker_lock.stop(run.folder)
        assert launcher.start(run.folder, run.follower.state.spec.python).wait(timeout=20) == 1
        assert records(run.folder) == ["RunStarted", "StageStarted", "RunStopped"]


def test_that_a_reader_who_did_not_start_the_worker_learns_its_signal_while_nobody_has_asked(
    tiny_model: Path, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_stage(monkeypatch, stages.PREPARE)
    run = begin(store, a_spec(tiny_model))
    with cleared_away(run):
        run.reach(stages.PREPARE)
        os.kill(run.process.pid, signal.SIGKILL)
        stranger = Follower(run.folder)
        until(lambda: stranger.refresh().is_over, timeout_s=5.0)
        assert stranger.state.failure is not None
        assert stranger.state.failure.code == "killed"
        assert processes.exit_status(run.process.pid) == -signal.SIGKILL
        assert run.state == stranger.state


def test_that_a_run_whose_folder_is_removed_ends_by_itself_and_leaves_nothing(
    tiny_model: Path, store: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, output = tmp_path / "go on", tmp_path / "out" / "bundle"
    at_stage(monkeypatch, stages.SAVE, until_exists(go_on))
    run = begin(store, a_spec(tiny_model, output=str(output)))
    with cleared_away(run):
        run.reach(stages.SAVE)
        shutil.rmtree(run.folder.path)
        go_on.touch()
        assert run.process.wait(timeout=30) == 1
        with pytest.raises(ProtocolError, match="No such file"):
            run.follower.refresh()
        assert processes.in_session(run.process.pid) == []
    assert list(output.parent.iterdir()) == []
    assert not run.folder.path.exists()
