"""Wait for what another process brings about: asked again and again, given up with a clear word."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

# Nothing is said about speed by it: a run of seconds takes more than a minute where a machine has much else to do.
PATIENCE_S = 150.0


def until(condition: Callable[[], T], timeout_s: float = PATIENCE_S, step_s: float = 0.02) -> T:
    """The first true value of the condition; fails where there is none in time."""
    deadline = time.monotonic() + timeout_s
    while not (value := condition()):
        assert time.monotonic() < deadline, f"not within {timeout_s:g} s, last seen: {value!r}"
        time.sleep(step_s)
    return value
