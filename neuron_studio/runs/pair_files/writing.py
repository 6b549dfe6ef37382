"""Write pairs row by row into a file that reads back as they were; its name says in which form."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from neuron_studio.runs.whole_file import whole_file
from neuron_studio.wire.errors import Blame, StudioError
from neuron_studio.wire.spec import SentencePair

SUFFIXES = (".csv", ".tsv", ".jsonl")

_HEADER = ("sentence1", "sentence2", "label")


def write_pairs(path: Path, pairs: Iterable[SentencePair]) -> None:
    """Write all pairs or nothing; raises StudioError where the form cannot hold them or the file cannot be written."""
    writers = {".csv": _csv_rows, ".tsv": _tsv_rows, ".jsonl": _json_rows}
    if path.suffix.lower() not in writers:
        raise _bad(f"{path.name} does not end in {', '.join(SUFFIXES)}.", "Choose a name that ends so.")
    rows = writers[path.suffix.lower()](pairs)
    try:
        with whole_file(path) as file:
            # The row before the first pair is the header, which JSON lines do not have.
            for number, row in enumerate(rows, start=1 if path.suffix.lower() == ".jsonl" else 0):
                file.write(_text(row, number))
    except OSError as error:
        raise _bad(f"{path} cannot be written: {error.strerror}.", "Choose another file.") from None


def write_json_lines(file: BinaryIO, pairs: Iterable[SentencePair]) -> None:
    """Pairs as JSONL; whatever stands in them comes back, half a character as JSON's own escape."""
    file.writelines(row.encode("utf-8", "backslashreplace") for row in _json_rows(pairs))


def _csv_rows(pairs: Iterable[SentencePair]) -> Iterator[str]:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    for cells in _with_header(pairs):
        writer.writerow(cells)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _tsv_rows(pairs: Iterable[SentencePair]) -> Iterator[str]:
    for number, cells in enumerate(_with_header(pairs)):
        if any(sign in cell for cell in cells for sign in "\t\n\r"):
            raise _bad(f"Pair {number} holds a tab or a line end, which TSV cannot.", "Choose .csv or .jsonl.")
        yield "\t".join(cells) + "\n"


def _json_rows(pairs: Iterable[SentencePair]) -> Iterator[str]:
    for pair in pairs:
        cells = zip(_HEADER, (pair.first, pair.second, pair.expected), strict=True)
        yield json.dumps(dict(cells), ensure_ascii=False) + "\n"


def _with_header(pairs: Iterable[SentencePair]) -> Iterator[tuple[str, str, str]]:
    yield _HEADER
    yield from ((pair.first, pair.second, pair.expected or "") for pair in pairs)


def _text(row: str, number: int) -> bytes:
    try:
        return row.encode()
    except UnicodeEncodeError:
        raise _bad(f"Pair {number} is not valid Unicode text.", "Write the pair again.") from None


def _bad(message: str, remedy: str) -> StudioError:
    return StudioError("pairs-file-not-written", message, remedy, Blame.INPUT)
