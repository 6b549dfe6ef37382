"""A look at a model before a run, in the environment that would trace it: a process that goes no further."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from neuron_studio.core.diagnosis import RECENT_BYTES, died
from neuron_studio.core.run_state import RunState, fold, fold_all
from neuron_studio.runs import launcher
from neuron_studio.wire import processes
from neuron_studio.wire.journal import Entry, JournalReader
from neuron_studio.wire.run_folder import RunFolder
from neuron_studio.wire.spec import RunSpec

_BEAT_S = 0.1
_GRACE_S = 0.5


def preflight(spec: RunSpec, is_wanted: Callable[[], bool] = lambda: True) -> Iterator[RunState]:
    """The states of the look as it goes on; the last one holds what was found, or why nothing was.

    Whoever stops asking, or no longer wants it, ends it with everything that it started.
    """
    with tempfile.TemporaryDirectory(prefix="neuron-studio-preflight-", ignore_cleanup_errors=True) as place:
        folder = RunFolder(Path(place))
        folder.write_spec(spec)
        process = launcher.start_preflight(folder, spec.python)
        try:
            yield from _follow(folder, spec, process, is_wanted)
        finally:
            _end(process)


def _follow(
    folder: RunFolder, spec: RunSpec, process: subprocess.Popen[bytes], is_wanted: Callable[[], bool]
) -> Iterator[RunState]:
    state, reader = RunState(spec), JournalReader(folder.events_file)
    has_ended = False
    while not has_ended and is_wanted():
        has_ended = process.poll() is not None  # asked first: what it wrote last is read all the same
        entries = reader.read()
        if entries:
            state = fold_all(state, entries)
            yield state
        elif not has_ended:
            time.sleep(_BEAT_S)
    if has_ended and state.preflight is None and state.failure is None:
        yield fold(state, Entry(time.time(), died(process.returncode, state.stage_name, folder.log_tail(RECENT_BYTES))))


def _end(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    process.stdin.close()  # it ends its children with itself, wherever they went
    processes.end(lambda: processes.in_session(process.pid), _GRACE_S)
    process.wait()
