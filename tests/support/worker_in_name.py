"""A stand-in that holds a run's lock as a worker does, and does no work."""

from __future__ import annotations

import fcntl
import json
import os
import time
from types import TracebackType

from neuron_studio.wire.run_folder import RunFolder


class WorkerInName:
    """Holds the lock from its beginning until it is left; the process that the lock names never was."""

    def __init__(self, folder: RunFolder, host: str | None = None) -> None:
        self._fd = os.open(folder.lock_file, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        holder = {"pid": 2**22 + 1, "host": host or os.uname().nodename, "started": time.time(), "mark": "nobody's"}
        os.write(self._fd, json.dumps(holder).encode())

    def __enter__(self) -> WorkerInName:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._fd)
