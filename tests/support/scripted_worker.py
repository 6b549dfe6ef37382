"""A stand-in for an interpreter with torch: started like one, it writes a scripted run instead of tracing.

It takes the lock, obeys SIGTERM and leaves when its stdin closes, as the worker does, but imports nothing.
"""

from __future__ import annotations

import os
import signal
import stat
import sys
import time
from pathlib import Path

from neuron_studio.wire import events
from neuron_studio.wire.run_folder import RunFolder
from tests.support.scripted_run import SAME, ScriptedRun

ROOT = Path(__file__).resolve().parents[2]


def scripted_python(folder: Path, behaviour: str = "finish") -> str:
    """The path of an interpreter whose worker finishes at once, or lingers in its trace until it is stopped."""
    path = folder / f"python-{behaviour}"
    path.write_text(
        f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m tests.support.scripted_worker {behaviour} "$@"\n'
    )
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def main(behaviour: str, arguments: list[str]) -> int:
    """Be the worker: the role stands behind the worker folder's name."""
    role = next(number for number, argument in enumerate(arguments) if argument in ("run", "standby"))
    if arguments[role] == "run":
        path = arguments[role + 1]
    else:
        path = sys.stdin.readline().rstrip("\n")
        if not path:
            return 0
    return work(Path(path), behaviour)


def work(path: Path, behaviour: str) -> int:
    """Live in the run folder as the behaviour says."""
    run = ScriptedRun(RunFolder(path))
    run.take_lock(os.getpid(), os.uname().nodename)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(run.write(events.RunStopped("trace")) and 130))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    run.begin().log("tracing\n")
    if behaviour == "linger":
        time.sleep(60)
    run.judge(SAME[: len(run.spec.pairs)]).finish()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
