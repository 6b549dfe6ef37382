"""Sentence pairs in the clipboard: rows as spreadsheets and text files give them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from neuron_studio.wire.spec import SentencePair

_CELL = re.compile(r'(?:"(?P<quoted>[^"]*(?:""[^"]*)*)"|(?P<bare>[^\t\r\n]*))(?P<end>\t|\r\n|\r|\n|\Z)')
_MUST_BE_QUOTED = re.compile('[\t\n\r"]')

Rows = tuple[tuple[str, ...], ...]


def rows_in_text(text: str) -> Rows:
    """The cells of tab-separated rows, unchanged; a line end at the very end begins no row."""
    rows = tuple(_rows(text))
    return rows[:-1] if rows and rows[-1] == ("",) else rows


def pairs_in_rows(rows: Rows) -> tuple[SentencePair, ...]:
    """A pair for every row that is not empty; a third cell is the expected label."""
    return tuple(_pair(row) for row in rows if any(cell.strip() for cell in row))


def text_of_rows(rows: Iterable[Sequence[str]]) -> str:
    """The same rows as text, so that a spreadsheet takes them back unchanged."""
    return "".join("\t".join(map(_written, row)) + "\n" for row in rows)


def _written(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if _MUST_BE_QUOTED.search(cell) else cell


def _pair(row: tuple[str, ...]) -> SentencePair:
    first, second, expected = (*row, "", "")[:3]
    return SentencePair(first, second, expected.strip() or None)


def _rows(text: str) -> Iterator[tuple[str, ...]]:
    row: list[str] = []
    for cell in _CELL.finditer(text):
        row.append(_plain(cell["quoted"]) if cell["quoted"] is not None else cell["bare"])
        if cell["end"] != "\t":
            yield tuple(row)
            row = []


def _plain(quoted: str) -> str:
    # Spreadsheets quote only what holds a tab, a line end or a quotation mark; elsewhere quotes are the writer's own.
    is_quoted = any(sign in quoted for sign in ("\t", "\n", "\r", '""'))
    return quoted.replace('""', '"') if is_quoted else f'"{quoted}"'
