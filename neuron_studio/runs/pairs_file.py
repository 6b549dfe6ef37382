"""Sentence pairs in files: CSV, TSV, JSONL and GLUE's own TSV, where a quotation mark is only a character."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from neuron_studio.wire.codec import dumps
from neuron_studio.wire.errors import Blame, StudioError
from neuron_studio.wire.spec import SentencePair

# Column names of the published data sets, in the order they are tried.
_FIRST = ("sentence1", "first", "#1 string", "question1", "premise", "text1", "query", "sentence_a", "text_a")
_SECOND = ("sentence2", "second", "#2 string", "question2", "hypothesis", "text2", "passage", "sentence_b", "text_b")
_EXPECTED = ("label", "expected", "quality", "is_duplicate", "gold_label", "score")


@dataclass(frozen=True)
class Columns:
    """The names of the columns that hold a pair; empty names are found by what such files usually call them."""

    first: str = ""
    second: str = ""
    expected: str = ""


def read_pairs(path: Path, columns: Columns = Columns()) -> tuple[SentencePair, ...]:
    """All pairs of a file; raises StudioError, with the line, where a row is not a pair."""
    rows = _rows(path, _text(path))
    header = next(rows, None)
    if header is None:
        raise _bad("pairs-file-empty", f"{path} is empty.", "Choose a file with a header line and one pair a line.")
    places = _places(path, header[1], columns)
    pairs = tuple(_pair(path, number, cells, places) for number, cells in rows)
    if not pairs:
        raise _bad("pairs-file-empty", f"{path} has a header but no pairs.", "Add one pair a line below the header.")
    return pairs


def write_pairs(path: Path, pairs: Iterable[SentencePair]) -> None:
    """Write pairs as JSONL where the name ends so, else as CSV; both read back as they were."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        if path.suffix == ".jsonl":
            file.write(pairs_text(pairs))
            return
        writer = csv.writer(file)
        writer.writerow(("sentence1", "sentence2", "label"))
        writer.writerows((pair.first, pair.second, pair.expected or "") for pair in pairs)


def pairs_text(pairs: Iterable[SentencePair]) -> str:
    """Pairs as JSONL."""
    rows = ({"sentence1": pair.first, "sentence2": pair.second, "label": pair.expected} for pair in pairs)
    return "".join(dumps(row) + "\n" for row in rows)


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        why = f"{path} cannot be read: {error.strerror}."
        raise _bad("pairs-file-unreadable", why, "Choose another file.") from None
    if b"\0" in raw[:65536] and not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _bad("pairs-file-not-text", f"{path} is not a text file.", "Choose a CSV, TSV or JSONL file.")
    for encoding in ("utf-16",) if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig",):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError as error:
            raise _bad(
                "pairs-file-not-text", f"{path} is not {encoding[:5]} text (byte {error.start}).",
                "Save it as UTF-8 and choose it again.",
            ) from None  # fmt: skip
    return ""


def _rows(path: Path, text: str) -> Iterator[tuple[int, Sequence[str]]]:
    """The header and the rows with their line numbers, as cells."""
    if path.suffix in (".jsonl", ".ndjson") or text.lstrip().startswith("{"):
        return _json_rows(path, text)
    first = text.partition("\n")[0]
    if path.suffix == ".tsv" or "\t" in first:
        # GLUE's files hold quotation marks that open and never close; a csv reader would swallow the lines between.
        lines = text.split("\n")
        return ((number, line.rstrip("\r").split("\t")) for number, line in enumerate(lines, 1) if line.strip())
    return _csv_rows(path, text)


def _csv_rows(path: Path, text: str) -> Iterator[tuple[int, Sequence[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begun = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield begun, row
            begun = reader.line_num + 1
    except csv.Error as error:
        raise _bad(
            "pairs-file-broken", f"{path}, line {begun}: {error}.",
            "Close the quotation mark, or save the file with tabs between the columns.",
        ) from None  # fmt: skip


def _json_rows(path: Path, text: str) -> Iterator[tuple[int, Sequence[str]]]:
    names: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except ValueError:
            record = None
        if not isinstance(record, dict):
            why = f"{path}, line {number}: not a JSON object."
            raise _bad("pairs-file-broken", why, "Put one object on each line.")
        if not names:
            names = list(record)
            yield number, names
        yield number, ["" if record.get(name) is None else str(record[name]) for name in names]


def _places(path: Path, header: Sequence[str], columns: Columns) -> tuple[int, int, int | None]:
    names = [name.strip().casefold() for name in header]

    def place(wanted: str, usual: Sequence[str]) -> int | None:
        if wanted:
            return names.index(wanted.casefold()) if wanted.casefold() in names else None
        return next((names.index(name) for name in usual if name in names), None)

    first, second = place(columns.first, _FIRST), place(columns.second, _SECOND)
    if first is None or second is None:
        shown = ", ".join(header[:8])
        raise _bad(
            "pairs-file-columns", f"{path} has no columns for two sentences; its first line reads: {shown[:200]}.",
            "Name the columns sentence1 and sentence2 (and label, where there is one) in the first line.",
        )  # fmt: skip
    return first, second, place(columns.expected, _EXPECTED)


def _pair(path: Path, number: int, cells: Sequence[str], places: tuple[int, int, int | None]) -> SentencePair:
    first, second, expected = places
    if max(first, second) >= len(cells):
        raise _bad(
            "pairs-file-broken", f"{path}, line {number}: {len(cells)} columns, at least "
            f"{max(first, second) + 1} are needed.", "Mend the line, or remove it.",
        )  # fmt: skip
    label = cells[expected].strip() if expected is not None and expected < len(cells) else ""
    return SentencePair(cells[first], cells[second], label or None)


def _bad(code: str, message: str, remedy: str) -> StudioError:
    return StudioError(code, message, remedy, Blame.INPUT)
