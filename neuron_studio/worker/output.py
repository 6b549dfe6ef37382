"""The worker's stdout and stderr: both go to the log, facts go to the journal."""

from __future__ import annotations

import os
from pathlib import Path


def redirect_output(log: Path) -> None:
    """Send stdout and stderr, and those of every child started from now on, to the log."""
    fd = os.open(str(log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(fd, 1)
    os.dup2(fd, 2)
    os.close(fd)
