"""Looks at a pairs file and reads it for the window, on threads; a newer wish ends an older one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, SignalInstance

from neuron_studio.core.pair_columns import Columns
from neuron_studio.core.pair_layout import Form
from neuron_studio.runs.pair_files.reading import Look, look, read
from neuron_studio.ui.background import begin, in_thread
from neuron_studio.wire.errors import StudioError


class _NotWantedError(Exception):
    """Nobody waits for this reading any more."""


class FileReader(QObject):
    """Reads at most one file at a time.

    Signals:
        looked: a Look at the first rows.
        progressed: the share of the file that was read, from 0 to 1.
        read: the Reading of all rows.
        failed: a StudioError that says why there is nothing to read.
    """

    looked = Signal(object)
    progressed = Signal(object)
    read = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wish = object()

    def look_at(
        self, path: Path, form: Form | None = None, encoding: str | None = None, has_header: bool | None = None
    ) -> None:
        """Look at the first rows; what is not given is found."""
        begin(self._ask(self.looked, lambda watch: look(path, form, encoding, has_header)))

    def read_all(self, seen: Look, columns: Columns, keeps_flawed: bool) -> None:
        """Read every row into pairs."""
        begin(self._ask(self.read, lambda watch: read(seen, columns, watch, keeps_flawed)))

    def stop(self) -> None:
        """Give up what is going on."""
        self._wish = object()

    def _ask(self, answer: SignalInstance, work: Callable[[Callable[[float], None]], object]) -> Any:
        self._wish = wish = object()
        return self._answer(wish, answer, work)

    async def _answer(
        self, wish: object, answer: SignalInstance, work: Callable[[Callable[[float], None]], object]
    ) -> None:
        def watch(share: float) -> None:
            if self._wish is not wish:
                raise _NotWantedError
            self.progressed.emit(share)

        try:
            found = await in_thread(work, watch)
        except _NotWantedError:
            return
        except StudioError as error:
            answer, found = self.failed, error
        if self._wish is wish:
            answer.emit(found)
