"""Where widgets that nobody holds any more are freed."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, QTimer

from neuron_studio.ui.garbage import GarbageCollector
from tests.ui.conftest import Run, until


def a_forgotten_timer() -> weakref.ref[QTimer]:
    """A running timer that only a cycle holds."""
    timer = QTimer()
    timer.itself = timer  # type: ignore[attr-defined]
    timer.start(1000)
    return weakref.ref(timer)


@pytest.fixture
def _thresholds_restored() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


@pytest.mark.usefixtures("_thresholds_restored")
def test_that_widgets_are_freed_on_the_windows_thread_however_much_others_allocate(run: Run) -> None:
    parent = QObject()
    freed_on: list[int] = []
    kept: list[object] = []

    def allocate() -> None:
        gc.set_threshold(10, 1, 1)
        kept.extend([] for _ in range(100_000))

    async def scene() -> None:
        GarbageCollector(parent, every_ms=1)
        timer = a_forgotten_timer()
        weakref.finalize(timer(), lambda: freed_on.append(threading.get_ident()))
        thread = threading.Thread(target=allocate)
        thread.start()
        thread.join()
        await until(lambda: freed_on)

    run(scene())
    assert freed_on == [threading.get_ident()]
