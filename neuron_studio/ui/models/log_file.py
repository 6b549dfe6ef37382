"""The lines of a growing log: where each begins is kept in memory, what it says stays on disk."""

from __future__ import annotations

import re
from array import array
from pathlib import Path
from typing import BinaryIO

# Reading in pieces keeps the memory flat and gives the window its turn in between.
_PIECE = 1 << 20
_LONGEST_LINE = 4000
_SEARCHED_AT_ONCE = 2000
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07|[\x00-\x08\x0b-\x1f\x7f]")
_LINE_FEED = re.compile(b"\n")


class LogFile:
    """One reader of one log; grow() is for a background thread, everything else for the window."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # Where each line begins; the last entry is where the line that is being written begins.
        self._starts = array("Q", [0])
        self._size = 0

    @property
    def count(self) -> int:
        """How many lines there are, an unfinished last one included."""
        return len(self._starts) - (1 if self._size == self._starts[-1] else 0)

    @property
    def size(self) -> int:
        """How many bytes have been indexed."""
        return self._size

    def grow(self) -> bool:
        """Index the next piece of what was added; whether there was any."""
        try:
            with open(self.path, "rb") as file:
                file.seek(self._size)
                piece = file.read(_PIECE)
        except OSError:
            return False
        base = self._size
        self._starts.extend(base + match.end() for match in _LINE_FEED.finditer(piece))
        self._size = base + len(piece)
        return bool(piece)

    def lines(self, first: int, count: int) -> list[str]:
        """So many lines from this one on, fit to be shown; fewer at the end."""
        first, last = max(0, first), min(first + count, self.count)
        if first >= last:
            return []
        try:
            with open(self.path, "rb") as file:
                return [_shown(self._read_line(file, number)) for number in range(first, last)]
        except OSError:
            return []

    def _read_line(self, file: BinaryIO, number: int) -> bytes:
        start = self._starts[number]
        end = self._starts[number + 1] if number + 1 < len(self._starts) else self._size
        if end - start > _LONGEST_LINE:
            # Of a line that overwrites itself (a progress bar) only its end is there to be seen.
            file.seek(end - _LONGEST_LINE)
            tail = file.read(_LONGEST_LINE)
            if b"\r" in tail.rstrip(b"\r\n"):
                return tail
        file.seek(start)
        return file.read(max(0, min(end - start, _LONGEST_LINE)))

    def text(self, first: int, last: int) -> str:
        """The lines from first to last, as they are to be copied."""
        return "\n".join(self.lines(first, last - first + 1))

    def find(self, wanted: str, line: int, backwards: bool = False) -> int | None:
        """The nearest line from this one on (or before it) that holds a text in any case; blocking."""
        needle = wanted.casefold()
        if not needle:
            return None
        for first in self._pieces(line, backwards):
            last = line + 1 if backwards else self.count
            texts = self.lines(first, min(_SEARCHED_AT_ONCE, last - first))
            hits = [first + offset for offset, text in enumerate(texts) if needle in text.casefold()]
            hits = [hit for hit in hits if (hit <= line if backwards else hit >= line)]
            if hits:
                return hits[-1] if backwards else hits[0]
        return None

    def _pieces(self, line: int, backwards: bool) -> range:
        if backwards:
            return range(line - line % _SEARCHED_AT_ONCE, -1, -_SEARCHED_AT_ONCE)
        return range(max(0, line), self.count, _SEARCHED_AT_ONCE)


def _shown(line: bytes) -> str:
    text = line.decode("utf-8", errors="replace").rstrip("\r\n")
    return _ESCAPES.sub("", text.rpartition("\r")[2]).expandtabs(8)
