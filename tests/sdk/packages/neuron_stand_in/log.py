"""Where the SDKs write: the runtime's lines, and the framework's logger called Neuron."""

from __future__ import annotations

import logging
import os
import sys
import time


class _Stderr(logging.Handler):
    """Writes LEVEL:Neuron:text to whatever stderr is at that moment."""

    def emit(self, record: logging.LogRecord) -> None:
        """One line."""
        sys.stderr.write(f"{record.levelname}:{record.name}:{record.getMessage()}\n")
        sys.stderr.flush()


def neuron_logger() -> logging.Logger:
    """The logger that torch_neuron and torch_neuronx share by name."""
    logger = logging.getLogger("Neuron")
    if not logger.handlers:
        logger.addHandler(_Stderr())
        logger.setLevel(logging.INFO)
        logger.propagate = False
    return logger


def runtime_error(component: str, function: str, message: str) -> None:
    """One line in the runtime's own format, on stderr."""
    now = time.time()
    stamp = f"{time.strftime('%Y-%b-%d %H:%M:%S', time.gmtime(now))}.{int(now % 1 * 1e6):06d}"
    place = f"{component}:{function}"
    sys.stderr.write(f"{stamp} {os.getpid():5}:{os.getpid():<5} ERROR {place:>5}  {message}\n")
    sys.stderr.flush()
