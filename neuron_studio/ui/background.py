"""Waiting without blocking: asyncio tasks in the window's loop, blocking calls on threads of their own."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

# asyncio itself holds tasks only weakly.
_running: set[asyncio.Task[None]] = set()


def begin(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """Start a task that lives until it ends; its failure reaches the window like any other."""
    task = asyncio.get_running_loop().create_task(work)
    _running.add(task)
    task.add_done_callback(_on_task_done)
    return task


def end_all() -> None:
    """Give up every task: the window that would show its outcome is going away."""
    for task in list(_running):
        task.cancel()


def _on_task_done(task: asyncio.Task[None]) -> None:
    _running.discard(task)
    error = None if task.cancelled() else task.exception()
    if error is not None:
        sys.excepthook(type(error), error, error.__traceback__)


async def in_thread(function: Callable[..., T], *arguments: Any) -> T:
    """The result of a blocking call; its thread never delays the end of the program, however long a network hangs."""
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if outcome.done():
            return
        if error is not None:
            outcome.set_exception(error)
        else:
            outcome.set_result(result)  # type: ignore[arg-type]

    def call() -> None:
        try:
            result, error = function(*arguments), None
        except Exception as caught:  # noqa: BLE001 - whoever waits for the call gets it
            result, error = None, caught
        try:
            loop.call_soon_threadsafe(settle, result, error)
        except RuntimeError:
            return  # the window is gone, and nobody waits

    threading.Thread(target=call, name="waited-for", daemon=True).start()
    return await outcome
