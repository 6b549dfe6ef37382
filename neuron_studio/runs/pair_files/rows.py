"""The rows of a pairs file one by one, each with its line number; a broken one never takes others with it."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple, TextIO

from neuron_studio.core.pair_layout import DELIMITERS, Form

# A row of more characters is not a pair of sentences; it is passed over without being held.
LONGEST_ROW = 1_000_000

_TOO_LONG = f"longer than {LONGEST_ROW:,} characters"
_CHUNK = 65_536
_BETWEEN = re.compile(r"[\s,]*")
_CSV_REASONS = {
    "unexpected end of data": "a quotation mark opens and never closes",
    "expected after": "a quotation mark closes inside a cell; a mark of the text has to be doubled",
    "field larger": f"a cell longer than {csv.field_size_limit():,} characters",
    "NUL": "a NUL character in the line",
}


class Row(NamedTuple):
    """Cells or a JSON object, or the reason why there is neither; text is the line as it stands in the file."""

    number: int
    content: list[str] | dict[str, Any] | str
    text: str


class Line(NamedTuple):
    """A line of the file with its end; of one that is too long, the beginning."""

    number: int
    text: str
    is_cut: bool


class _Lines:
    """The lines of a file, whichever way they end; lines can be put back."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._number = 0
        self._again: list[Line] = []

    def __iter__(self) -> Iterator[Line]:
        return self

    def __next__(self) -> Line:
        if self._again:
            return self._again.pop()
        text = self._file.readline(LONGEST_ROW + 1)
        if not text:
            raise StopIteration
        self._number += 1
        is_cut, rest = len(text) > LONGEST_ROW, text
        while len(rest) > LONGEST_ROW and not rest.endswith(("\n", "\r")):
            rest = self._file.readline(LONGEST_ROW + 1)
        return Line(self._number, text.removeprefix("\ufeff") if self._number == 1 else text, is_cut)

    def put_back(self, lines: list[Line]) -> None:
        """Give these again, before any other."""
        self._again.extend(reversed(lines))


def rows_of(file: TextIO, form: Form) -> Iterator[Row]:
    """All rows but blank ones; the file is open without translation of line ends."""
    if form is Form.JSON_ARRAY:
        return _array_rows(file)
    lines = _Lines(file)
    if form is Form.JSON_LINES:
        return (_record(line) for line in lines if not line.text.isspace())
    if form is Form.TAB:
        return (_cells(line) for line in lines if line.text.rstrip("\r\n"))
    return _quoted_rows(lines, DELIMITERS[form])


def _cells(line: Line) -> Row:
    return Row(line.number, _TOO_LONG if line.is_cut else line.text.rstrip("\r\n").split("\t"), line.text)


def _record(line: Line) -> Row:
    if line.is_cut:
        return Row(line.number, _TOO_LONG, line.text)
    try:
        record = json.loads(line.text)
    except (ValueError, RecursionError):
        return Row(line.number, "not JSON", line.text)
    return Row(line.number, record if isinstance(record, dict) else "not a JSON object", line.text)


def _quoted_rows(lines: _Lines, delimiter: str) -> Iterator[Row]:
    taken: list[Line] = []

    def feed() -> Iterator[str]:
        size = 0
        for line in lines:
            size = len(line.text) + (size if taken else 0)
            taken.append(line)
            if line.is_cut or size > LONGEST_ROW:
                raise csv.Error(_TOO_LONG if len(taken) == 1 else "unexpected end of data")
            yield line.text

    while True:
        try:
            for cells in csv.reader(feed(), delimiter=delimiter, strict=True):
                if cells:
                    yield Row(taken[0].number, cells, taken[0].text)
                taken.clear()
            return
        except csv.Error as error:
            # Only the line where the row begins is given up: those after it may be rows of their own.
            reason = next((words for part, words in _CSV_REASONS.items() if part in str(error)), str(error))
            yield Row(taken[0].number, reason, taken[0].text)
            lines.put_back(taken[1:])
            taken.clear()


def _array_rows(file: TextIO) -> Iterator[Row]:
    """The objects of a JSON array, decoded one by one; behind a broken one nothing can be told apart."""
    decode = json.JSONDecoder().raw_decode
    text = file.read(_CHUNK)
    place = len(text) - len(text.lstrip("\ufeff \t\r\n")) + 1
    number = text.count("\n", 0, place) + 1
    if text[place - 1 : place] != "[":
        yield Row(number, "not a JSON array; nothing was read", text[:200])
        return
    while True:
        begin = _BETWEEN.match(text, place).end()  # type: ignore[union-attr]
        number += text.count("\n", place, begin)
        place = begin
        if text.startswith("]", place):
            return
        try:
            record, end = decode(text, place)
        except (ValueError, RecursionError):
            more = file.read(max(_CHUNK, len(text) - place)) if len(text) - place <= LONGEST_ROW else ""
            if not more:
                reason = "not a whole JSON object; nothing behind it was read"
                yield Row(number, reason, text[place : place + _CHUNK])
                return
            text, place = text[place:] + more, 0
            continue
        yield Row(number, record if isinstance(record, dict) else "not a JSON object", text[place : place + 200])
        number += text.count("\n", place, end)
        place = end
