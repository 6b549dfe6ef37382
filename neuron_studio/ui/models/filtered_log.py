"""Those lines of a growing log that hold a text or speak of a level, as a log of their own."""

from __future__ import annotations

from array import array

from neuron_studio.core.log_level import LogLevel, level_of
from neuron_studio.ui.models.log_file import LINES_AT_ONCE, LogFile


class FilteredLog:
    """Numbers of lines in memory, the lines on disk; grow() is for a background thread, everything else for the window.

    An unfinished last line waits until it is whole.
    """

    def __init__(self, source: LogFile, text: str, level: LogLevel) -> None:
        self.source = source
        self._needle, self._level = text.casefold(), level
        self._numbers = array("Q")
        self._seen = 0

    @property
    def count(self) -> int:
        """How many lines are shown."""
        return len(self._numbers)

    @property
    def size(self) -> int:
        """How many bytes of the log have been indexed."""
        return self.source.size

    def grow(self) -> bool:
        """Look through the next lines of the log; whether there were any."""
        whole = self.source.whole_count
        texts = self.source.lines(self._seen, min(LINES_AT_ONCE, whole - self._seen))
        self._numbers.extend(self._seen + offset for offset, text in enumerate(texts) if self._is_shown(text))
        self._seen += len(texts)
        return bool(texts)

    def _is_shown(self, text: str) -> bool:
        return self._needle in text.casefold() and (self._level is LogLevel.ANY or level_of(text) >= self._level)

    def number(self, row: int) -> int:
        """Which line of the log stands in a row."""
        return self._numbers[row]

    def lines(self, first: int, count: int) -> list[str]:
        """So many of the shown lines from this row on; fewer at the end."""
        rows = range(max(0, first), min(first + count, self.count))
        return [line for row in rows for line in self.source.lines(self._numbers[row], 1)]

    def text(self, first: int, last: int) -> str:
        """The shown lines from first to last, as they are to be copied."""
        return "\n".join(self.lines(first, last - first + 1))

    def find(self, wanted: str, line: int, backwards: bool = False) -> int | None:
        """The nearest row from this one on (or before it) that holds a text in any case; blocking."""
        needle = wanted.casefold()
        rows = range(min(line, self.count - 1), -1, -1) if backwards else range(max(0, line), self.count)
        return next((row for row in rows if needle and needle in self.text(row, row).casefold()), None)
