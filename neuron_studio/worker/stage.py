"""The stages as they pass: each is journalled when it begins and when it ends well."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import Iterator, Optional

from neuron_studio.wire import stages
from neuron_studio.wire.events import Progressed, StageFinished, StageStarted
from neuron_studio.wire.journal import Journal

# More often than this nobody looks, and each record costs its reader a redraw.
_PROGRESS_EVERY_S = 0.25


class Stages:
    """Journals the stages; current is the one that runs, or the last that did."""

    def __init__(self, journal: Journal) -> None:
        self.current = stages.PREPARE
        self._journal = journal
        self._last_progress = 0.0

    @contextmanager
    def run(self, name: str) -> Iterator[None]:
        """Run a block as the stage of this name."""
        self.current = name
        self._last_progress = 0.0
        self._journal.append(StageStarted(name))
        begun = time.monotonic()
        yield
        self._journal.append(StageFinished(name, round(time.monotonic() - begun, 3)))

    def progress(self, done: int, total: Optional[int], unit: str) -> None:
        """Say how far the stage is; most calls are passed over, the last one never."""
        now = time.monotonic()
        if done == total or now - self._last_progress >= _PROGRESS_EVERY_S:
            self._last_progress = now
            self._journal.append(Progressed(self.current, done, total, unit))
