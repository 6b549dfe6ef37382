"""What a program prints within its time; it and whatever it started end with the reading."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time
from contextlib import suppress
from typing import List, Optional, Tuple

_MOST_BYTES = 1 << 24


def output_of(command: List[str], timeout_s: float, lines: Optional[int] = None) -> Tuple[Optional[int], bytes]:
    """Exit status and stdout, of that no more than so many lines; the status is None where it did not end by itself.

    Raises OSError where it cannot be started.
    """
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd="/",
        start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    deadline = time.monotonic() + timeout_s
    try:
        said = _read(process.stdout.fileno(), deadline, lines)
        with suppress(subprocess.TimeoutExpired):
            # Who has closed its stdout is about to end; who is told to stop after a line is not.
            process.wait(timeout=0.0 if lines else max(0.0, deadline - time.monotonic()))
        status = process.returncode
    finally:
        # As the leader of a group of its own it takes those along that it started.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
    return status, b"".join(said.splitlines(keepends=True)[:lines])


def _read(fd: int, deadline: float, lines: Optional[int]) -> bytes:
    said = b""
    while len(said) < _MOST_BYTES and (lines is None or said.count(b"\n") < lines):
        ready, _, _ = select.select([fd], [], [], max(0.0, deadline - time.monotonic()))
        more = os.read(fd, 1 << 16) if ready else b""
        if not more:
            break
        said += more
    return said
