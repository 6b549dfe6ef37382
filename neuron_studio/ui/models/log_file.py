"""The lines of a growing log: where each begins is kept in memory, what it says stays on disk."""

from __future__ import annotations

import re
from array import array
from operator import sub
from pathlib import Path
from typing import BinaryIO

# Reading in pieces keeps the memory flat and gives the window its turn in between.
_PIECE = 1 << 20
_LONGEST_LINE = 4000
LINES_AT_ONCE = 2000
_READ_AT_ONCE = 1 << 22
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07|[\x00-\x08\x0b-\x1f\x7f]")
_ODD = re.compile(rb"[\x00-\x09\x0b-\x1f\x7f]")
_LINE_FEED = re.compile(b"\n")


class LogFile:
    """One reader of one log; grow() is for a background thread, everything else for the window."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # Where each line begins; the last entry is where the line that is being written begins.
        self._starts = array("Q", [0])
        self._size = 0
        self.is_complete = False

    @property
    def count(self) -> int:
        """How many lines there are, an unfinished last one included."""
        return len(self._starts) - (1 if self._size == self._starts[-1] else 0)

    @property
    def whole_count(self) -> int:
        """How many lines there are that will not change any more."""
        return self.count if self.is_complete else len(self._starts) - 1

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
                start, end = self._starts[first], self._end(last - 1)
                if end - start > _READ_AT_ONCE:
                    return [_shown(self._read_line(file, number)) for number in range(first, last)]
                file.seek(start)
                piece = file.read(end - start)
        except OSError:
            return []
        ends = [self._end(number) - start for number in range(first, last)]
        if not _ODD.search(piece) and len(piece) == end - start and max(map(sub, ends, [0, *ends])) <= _LONGEST_LINE:
            # All but the least of logs is plain, and searching a million lines one by one takes its time.
            return piece.decode("utf-8", errors="replace").removesuffix("\n").split("\n")
        return [_shown(_kept(piece[begin:end])) for begin, end in zip([0, *ends], ends, strict=False)]

    def _end(self, number: int) -> int:
        return self._starts[number + 1] if number + 1 < len(self._starts) else self._size

    def _read_line(self, file: BinaryIO, number: int) -> bytes:
        start, end = self._starts[number], self._end(number)
        file.seek(start)
        if end - start <= 2 * _LONGEST_LINE:
            return _kept(file.read(end - start))
        head = file.read(_LONGEST_LINE)
        file.seek(end - _LONGEST_LINE)
        return _kept(head + file.read(_LONGEST_LINE))

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
            texts = self.lines(first, min(LINES_AT_ONCE, last - first))
            hits = [first + offset for offset, text in enumerate(texts) if needle in text.casefold()]
            hits = [hit for hit in hits if (hit <= line if backwards else hit >= line)]
            if hits:
                return hits[-1] if backwards else hits[0]
        return None

    def _pieces(self, line: int, backwards: bool) -> range:
        if backwards:
            return range(line - line % LINES_AT_ONCE, -1, -LINES_AT_ONCE)
        return range(max(0, line), self.count, LINES_AT_ONCE)


def _kept(line: bytes) -> bytes:
    """As much of a line as is shown; of one that overwrites itself, as progress bars do, only the end can be seen."""
    tail = line[-_LONGEST_LINE:]
    return tail if len(line) > _LONGEST_LINE and b"\r" in tail.rstrip(b"\r\n") else line[:_LONGEST_LINE]


def _shown(line: bytes) -> str:
    text = line.decode("utf-8", errors="replace").rstrip("\r\n")
    return _ESCAPES.sub("", text.rpartition("\r")[2]).expandtabs(8)
