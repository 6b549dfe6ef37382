"""Keeps the index of a log up to date on a thread, for as long as somebody looks at it."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from neuron_studio.ui.models.log_file import LogFile

BEAT_S = 0.25


class LogReader(QObject):
    """Follows one log file at a time.

    Signals:
        grown: the LogFile that has more lines than before, at most four times a second.
    """

    grown = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reading: _Reading | None = None

    def follow(self, path: Path) -> LogFile:
        """Begin to index a file; it may not be there yet."""
        self.leave()
        self._reading = _Reading(LogFile(path), self)
        threading.Thread(target=self._reading.run, daemon=True).start()
        return self._reading.file

    def expect_no_more(self) -> None:
        """Index what is there, then leave the file alone: nobody writes to it any longer."""
        if self._reading is not None:
            self._reading.is_complete.set()

    def leave(self) -> None:
        """Stop looking at the present file."""
        if self._reading is not None:
            self._reading.is_wanted = False
            self._reading.is_complete.set()
            self._reading = None


class _Reading:
    """The thread's side: one file, until it is complete or no longer wanted."""

    def __init__(self, file: LogFile, reader: LogReader) -> None:
        self.file = file
        self.is_wanted = True
        self.is_complete = threading.Event()
        self._reader = reader
        self._told = 0.0

    def run(self) -> None:
        while self.is_wanted:
            was_complete = self.is_complete.is_set()
            if self._read_all():
                self._tell()
            elif was_complete:
                self.file.is_complete = True
                self._tell()
                return
            self.is_complete.wait(BEAT_S)

    def _read_all(self) -> bool:
        has_grown = False
        while self.is_wanted and self.file.grow():
            has_grown = True
            if time.monotonic() - self._told > BEAT_S:
                self._tell()
            # The indexing of a piece holds the interpreter; here the window gets its turn.
            time.sleep(0.001)
        return has_grown

    def _tell(self) -> None:
        self._told = time.monotonic()
        try:
            if self.is_wanted:
                self._reader.grown.emit(self.file)
        except RuntimeError:
            self.is_wanted = False  # the window is gone
