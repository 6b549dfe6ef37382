"""Python's cycles, collected on the window's thread alone."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_LOOK_EVERY_MS = 1000


class GarbageCollector(QObject):
    """Collects in the window's loop what Python would collect on whichever thread happens to allocate.

    A widget that is freed on another thread leaves its timers in the window's, and Qt crashes when one is due.
    """

    def __init__(self, parent: QObject, every_ms: int = _LOOK_EVERY_MS) -> None:
        super().__init__(parent)
        gc.disable()
        # What a window is made of stays; looking it all through would hold the window for longer than a blink.
        gc.freeze()
        self._timer = QTimer(self)
        self._timer.setInterval(every_ms)
        self._timer.timeout.connect(collect_due)
        self._timer.start()


def collect_due() -> None:
    """Collect the oldest generation whose turn it is by Python's own thresholds, or nothing."""
    for generation in (2, 1, 0):
        if gc.get_count()[generation] > gc.get_threshold()[generation]:
            gc.collect(generation)
            return
