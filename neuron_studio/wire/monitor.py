"""One report of neuron-monitor, which would go on for ever: which process uses which NeuronCores."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from typing import Any, List, Optional

_TIMEOUT_S = 5.0
_MOST_BYTES = 1 << 22

# The cores of every process, and nothing else; the first report comes after one period.
_CONFIG = {
    "period": "1s",
    "neuron_runtimes": [{"tag_filter": ".*", "metrics": [{"type": "neuroncore_counters"}]}],
    "system_metrics": [],
}


def first_report(path: str) -> Optional[Any]:
    """What the tool at this path reports first; None where it does not in time, or says something else."""
    try:
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as config:
            json.dump(_CONFIG, config)
            config.flush()
            return json.loads(_first_line([path, "-c", config.name]).decode("utf-8", "replace"))
    except (OSError, ValueError):
        return None


def _first_line(command: List[str]) -> bytes:
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd="/",
        start_new_session=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        return _line_of(process.stdout.fileno())
    finally:
        # It starts programs of its own; as the leader of a group it takes them with it.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def _line_of(fd: int) -> bytes:
    deadline, said = time.monotonic() + _TIMEOUT_S, b""
    while b"\n" not in said and len(said) < _MOST_BYTES:
        ready, _, _ = select.select([fd], [], [], max(0.0, deadline - time.monotonic()))
        more = os.read(fd, 1 << 16) if ready else b""
        if not more:
            break
        said += more
    return said.partition(b"\n")[0]
