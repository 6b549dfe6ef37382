"""Read a pairs file: a look at its first rows, then all of it, with what is broken listed and nothing dropped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TextIO

from neuron_studio.core.pair_columns import (
    NO_COLUMNS,
    NO_LABEL,
    Columns,
    Places,
    flaw_of,
    numbered_names,
    pair_of_cells,
    pair_of_record,
    places_of,
    propose,
    propose_unnamed,
    unique_names,
)
from neuron_studio.core.pair_encoding import guess_encoding, other_kind
from neuron_studio.core.pair_layout import Form, Layout, guess_form, guess_header
from neuron_studio.runs.pair_files.rows import Row, rows_of
from neuron_studio.wire.errors import Blame, StudioError
from neuron_studio.wire.spec import SentencePair

# What is read at most, so that neither memory nor patience runs out.
MOST_BYTES = 512 * 2**20
MOST_PAIRS = 1_000_000

LOOKED_AT = 50
BROKEN_KEPT = 1000
_LABELS_KEPT = 12

_HEAD = 2**20
_WATCHED_EVERY = 2000
_SHOWN_OF_A_ROW = 80
_OTHER_FILE = "Choose a CSV, TSV or JSONL file."
_PART = "Take a part of it, such as: head -n 100000 FILE > part.tsv"


@dataclass(frozen=True)
class BrokenRow:
    """A row that is no pair: where, why, and how its line begins."""

    number: int
    reason: str
    beginning: str

    def __str__(self) -> str:
        return f"line {self.number}: {self.reason}: {self.beginning}"


@dataclass(frozen=True)
class Look:
    """What a file is taken for: its layout, its columns' names, those proposed, and its first rows."""

    path: Path
    size_bytes: int
    layout: Layout
    names: tuple[str, ...]
    columns: Columns
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Reading:
    """The pairs of a file and what is no pair.

    broken holds the first of broken_count; labels are the most frequent expected ones; unlabelled had "-" as label;
    flawed can stand in a table and in no run: they are among the pairs or among the broken, as was asked.
    """

    pairs: tuple[SentencePair, ...]
    broken: tuple[BrokenRow, ...] = ()
    broken_count: int = 0
    labels: tuple[str, ...] = ()
    unlabelled: int = 0
    flawed: int = 0


def look(
    path: Path,
    form: Form | None = None,
    encoding: str | None = None,
    has_header: bool | None = None,
    asked: Columns = NO_COLUMNS,
) -> Look:
    """Look at the first rows; what is not given is found. Raises StudioError where the file is no table of text."""
    size, head = _head(path)
    encoding = encoding or guess_encoding(head)
    lines = head.decode(encoding, "replace").removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    form = form or guess_form([line for line in lines.split("\n", LOOKED_AT)[:LOOKED_AT] if line], path.suffix)
    with _open(path, encoding) as file:
        # A row that is cut short at the end of the file is told when all of it is read.
        rows = tuple(islice(_until_undecodable(rows_of(file, form), encoding), LOOKED_AT + 1))
    if not rows:
        raise _bad("pairs-file-empty", f"{path} is empty.", "Choose a file with one pair a line.")
    if not form.is_table:
        records = [row.content for row in rows if isinstance(row.content, dict)]
        names = tuple(dict.fromkeys(name for record in records for name in record))
        return Look(path, size, Layout(form, encoding), names, propose(names, asked), rows[:LOOKED_AT])
    cells = rows[0].content if isinstance(rows[0].content, list) else [""]
    is_header = guess_header(cells) if has_header is None else has_header
    names = unique_names(cells) if is_header else numbered_names(len(cells))
    columns = propose(names, asked) if is_header else propose_unnamed(names, asked)
    shown = rows[1:] if is_header else rows[:LOOKED_AT]
    return Look(path, size, Layout(form, encoding, is_header), names, columns, shown)


def first_pairs(seen: Look, columns: Columns, keeps_flawed: bool = False) -> Reading:
    """What the rows that were looked at come to with these columns."""
    return _judge(seen.rows, seen, columns, keeps_flawed)


def read(
    seen: Look,
    columns: Columns,
    watch: Callable[[float], None] = lambda share: None,
    keeps_flawed: bool = False,
) -> Reading:
    """All pairs of a file; watch is told the share that was read, and what it raises ends the reading."""

    def watched(rows: Iterator[Row], file: TextIO) -> Iterator[Row]:
        for number, row in enumerate(rows):
            if number % _WATCHED_EVERY == 0:
                watch(min(1.0, file.buffer.tell() / seen.size_bytes))
            yield row

    with _open(seen.path, seen.layout.encoding) as file:
        rows = _until_undecodable(rows_of(file, seen.layout.form), seen.layout.encoding)
        return _judge(
            islice(watched(rows, file), 1 if _begins_with_names(seen) else 0, None), seen, columns, keeps_flawed
        )


def read_pairs(
    path: Path, columns: Columns = NO_COLUMNS, encoding: str | None = None, skip_broken: bool = False
) -> tuple[Look, Reading]:
    """What a file was taken for and its pairs; raises StudioError over broken rows unless they are to be skipped."""
    seen = look(path, encoding=encoding, asked=columns)
    _refuse_unknown(seen, columns)
    reading = read(seen, seen.columns)
    if reading.broken and not skip_broken:
        first = "\n".join(f"  {row}" for row in reading.broken[:3])
        what = "1 row is no pair" if reading.broken_count == 1 else f"{reading.broken_count:,} rows are no pairs"
        raise _bad(
            "pairs-file-broken",
            f"{path}: {what}.\n{first}",
            "Mend the lines, or leave them out with --skip-broken-rows.",
        )
    if not reading.pairs:
        raise _bad("pairs-file-empty", f"{path} holds no pairs.", "Add one pair a line.")
    return seen, reading


def _judge(rows: Iterator[Row] | Sequence[Row], seen: Look, columns: Columns, keeps_flawed: bool) -> Reading:
    places = places_of(seen.names, columns, seen.layout.has_header) if seen.layout.form.is_table else None
    pairs: list[SentencePair] = []
    broken: list[BrokenRow] = []
    broken_count = unlabelled = flawed = 0
    for row in rows:
        pair = _pair(row, places, columns)
        flaw = "" if isinstance(pair, str) else flaw_of(pair)
        flawed += bool(flaw)
        if isinstance(pair, str) or (flaw and not keeps_flawed):
            broken_count += 1
            if len(broken) < BROKEN_KEPT:
                broken.append(BrokenRow(row.number, flaw or str(pair), _beginning(row.text)))
            continue
        if pair.expected in NO_LABEL:
            pair, unlabelled = SentencePair(pair.first, pair.second), unlabelled + 1
        pairs.append(pair)
        if len(pairs) > MOST_PAIRS:
            raise _bad("pairs-file-too-large", f"{seen.path} holds more than {MOST_PAIRS:,} pairs.", _PART)
    labels = Counter(pair.expected for pair in pairs if pair.expected is not None).most_common(_LABELS_KEPT)
    return Reading(tuple(pairs), tuple(broken), broken_count, tuple(label for label, _ in labels), unlabelled, flawed)


def _pair(row: Row, places: Places | None, columns: Columns) -> SentencePair | str:
    if isinstance(row.content, list) and places is not None:
        return pair_of_cells(row.content, places)
    return pair_of_record(row.content, columns) if isinstance(row.content, dict) else str(row.content)


def _begins_with_names(seen: Look) -> bool:
    return seen.layout.form.is_table and seen.layout.has_header


def _beginning(text: str) -> str:
    shown = text[: _SHOWN_OF_A_ROW + 1].rstrip("\r\n").encode("utf-8", "replace").decode().replace("\t", " ⇥ ")
    return shown if len(shown) <= _SHOWN_OF_A_ROW else f"{shown[:_SHOWN_OF_A_ROW]}…"


def _until_undecodable(rows: Iterator[Row], encoding: str) -> Iterator[Row]:
    number = 0
    try:
        for row in rows:
            number = row.number
            yield row
    except UnicodeDecodeError as error:
        yield Row(number + 1, f"not {encoding} from here on ({error.reason}); nothing behind it was read", "")


def _head(path: Path) -> tuple[int, bytes]:
    """The size of a file and its beginning; whatever cannot be a table of pairs is refused."""
    try:
        # Opening a pipe would wait for its writer, and a device never ends.
        if path.exists() and not path.is_file():
            raise _bad("pairs-file-unreadable", f"{path} is not a file.", _OTHER_FILE)
        size = path.stat().st_size
        if size > MOST_BYTES:
            what = f"{path} has {size / 2**20:,.0f} MB; at most {MOST_BYTES // 2**20} MB are read."
            raise _bad("pairs-file-too-large", what, _PART)
        with open(path, "rb") as file:
            head = file.read(_HEAD)
    except (OSError, ValueError) as error:
        why = f"{path} cannot be read: {getattr(error, 'strerror', None) or error}."
        raise _bad("pairs-file-unreadable", why, _OTHER_FILE) from None
    if not head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0"):
        raise _bad("pairs-file-empty", f"{path} is empty.", "Choose a file with one pair a line.")
    other = other_kind(head)
    if other is not None:
        raise _bad("pairs-file-not-text", f"{path} is {other[0]}.", other[1])
    return size, head


@contextmanager
def _open(path: Path, encoding: str) -> Iterator[TextIO]:
    # What the encoding does not know stays in the row that has it, and breaks no other.
    errors = "surrogatepass" if encoding.startswith(("utf-16", "utf-32")) else "surrogateescape"
    try:
        with open(path, encoding=encoding, errors=errors, newline="") as file:
            yield file
    except OSError as error:
        why = f"{path} cannot be read: {error.strerror}."
        raise _bad("pairs-file-unreadable", why, _OTHER_FILE) from None
    except UnicodeError as error:
        why = f"{path} is not {encoding} text: {error}."
        raise _bad("pairs-file-not-text", why, "Choose another encoding.") from None


def _refuse_unknown(seen: Look, asked: Columns) -> None:
    known = [name.casefold() for name in seen.names]
    for name in (asked.first, asked.second, asked.expected):
        if name and name.casefold() not in known:
            raise _bad("pairs-file-columns", f"{seen.path} has no column {name!r}.", f"There are: {_shown(seen)}.")
    if not seen.columns.are_enough:
        raise _bad(
            "pairs-file-columns",
            f"{seen.path} has no columns for two sentences; there are: {_shown(seen)}.",
            "Name the columns sentence1 and sentence2 (and label, where there is one) in the first line, "
            "or say which they are with --first-column and --second-column.",
        )


def _shown(seen: Look) -> str:
    return ", ".join(seen.names)[:200] or "none"


def _bad(code: str, message: str, remedy: str) -> StudioError:
    return StudioError(code, message, remedy, Blame.INPUT)
