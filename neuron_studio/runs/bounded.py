"""Run a command that may hang: within a time limit, in a process group that ends as a whole."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

# Those that are under way, so that a program that leaves takes them along.
_under_way: set[subprocess.Popen[bytes]] = set()


@dataclass(frozen=True)
class Ended:
    """How a command ended: status as subprocess gives it, None where it had to be killed; and what it wrote."""

    status: int | None
    stdout: str
    stderr: str


def run_bounded(command: Sequence[str], timeout_s: float, env: Mapping[str, str]) -> Ended:
    """Run a command to its end or to the end of its time; raises OSError where it cannot be started."""
    # Files and not pipes: a grandchild that got away would keep a pipe open for ever.
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=errors, env=dict(env), cwd="/", start_new_session=True
        )
        _under_way.add(process)
        status: int | None = None
        try:
            with suppress(subprocess.TimeoutExpired):
                status = process.wait(timeout_s)
        finally:
            _under_way.discard(process)
            _kill(process)
        texts = []
        for file in (out, errors):
            file.seek(0)
            texts.append(file.read().decode("utf-8", "replace"))
        return Ended(status, texts[0], texts[1])


def end_all() -> None:
    """Kill what is under way: nobody will hear its answer."""
    for process in list(_under_way):
        _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    # Also where it has ended: what it started may not have.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
