"""A limit on how long a stage may take, where the SDK has none of its own."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from typing import Callable, Iterator, Optional


@contextmanager
def time_limit(seconds: Optional[float], say_so: Callable[[], None]) -> Iterator[None]:
    """Let a block take so long and no longer: then say so and leave this process, None for no limit.

    Whatever hangs, in Python or below it, ends with the process; the worker ends the children that are left.
    """
    if seconds is None:
        yield
        return
    done = threading.Event()

    def watch() -> None:
        if not done.wait(seconds):
            try:
                say_so()
            finally:
                os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        done.set()
