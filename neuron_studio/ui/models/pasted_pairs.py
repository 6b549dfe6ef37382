"""Sentence pairs in the clipboard: rows as spreadsheets and text files give them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence

from neuron_studio.wire.spec import SentencePair

_CELL = re.compile(r'(?:"(?P<quoted>(?:[^"]|"")*)"|(?P<bare>[^\t\n]*))(?P<end>\t|\n|\Z)')


def pairs_in_text(text: str) -> tuple[SentencePair, ...]:
    """The pairs of tab-separated rows; a third column is the expected label, empty rows are passed over."""
    return tuple(_pairs(text))


def text_of_pairs(pairs: Sequence[SentencePair]) -> str:
    """The same rows as text, so that a spreadsheet takes them back unchanged."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, dialect="excel-tab", lineterminator="\n")
    for pair in pairs:
        writer.writerow([pair.first, pair.second] + ([pair.expected] if pair.expected else []))
    return buffer.getvalue()


def _pairs(text: str) -> Iterator[SentencePair]:
    for row in _rows(text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")):
        cells = [cell.strip() for cell in row]
        if any(cells):
            first, second, expected = (*cells, "", "", "")[:3]
            yield SentencePair(first, second, expected or None)


def _rows(text: str) -> Iterator[list[str]]:
    row: list[str] = []
    for cell in _CELL.finditer(text):
        row.append(_plain(cell["quoted"]) if cell["quoted"] is not None else cell["bare"])
        if cell["end"] != "\t":
            yield row
            row = []


def _plain(quoted: str) -> str:
    # Spreadsheets quote only what holds a tab, a line feed or a quotation mark; elsewhere quotes are the writer's own.
    return quoted.replace('""', '"') if any(sign in quoted for sign in ("\t", "\n", '""')) else f'"{quoted}"'
