"""A limit for a whole call: a network that sends a byte now and then outlasts every timeout of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


def answer_within(limit_s: float, ask: Callable[..., T], *arguments: Any) -> T:
    """What a call answers; raises TimeoutError once the limit has passed, and whatever the call raises itself.

    A call that is given up goes on by itself, on a thread that never delays the end of the program.
    """
    answers: list[T] = []
    errors: list[Exception] = []

    def call() -> None:
        try:
            answers.append(ask(*arguments))
        except Exception as error:  # noqa: BLE001 - whoever asked gets it
            errors.append(error)

    thread = threading.Thread(target=call, name="asked", daemon=True)
    thread.start()
    thread.join(limit_s)
    if errors:
        raise errors[0]
    if not answers:
        raise TimeoutError(f"no answer within {limit_s:g} s")
    return answers[0]
