"""Write pairs into a file that reads back as they were; its name says in which form."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from neuron_studio.runs.whole_file import write_whole
from neuron_studio.wire.codec import dumps
from neuron_studio.wire.errors import Blame, StudioError
from neuron_studio.wire.spec import SentencePair

SUFFIXES = (".csv", ".tsv", ".jsonl")

_HEADER = ("sentence1", "sentence2", "label")


def write_pairs(path: Path, pairs: Sequence[SentencePair]) -> None:
    """Write all pairs or nothing; raises StudioError where the form cannot hold them or the file cannot be written."""
    writers = {".csv": _as_csv, ".tsv": _as_tsv, ".jsonl": json_lines}
    if path.suffix.lower() not in writers:
        raise _bad(f"{path.name} does not end in {', '.join(SUFFIXES)}.", "Choose a name that ends so.")
    try:
        content = writers[path.suffix.lower()](pairs).encode("utf-8")
        write_whole(path, content)
    except UnicodeEncodeError:
        raise _bad(_first(pairs, _is_not_text, "is not valid Unicode text"), "Write the pair again.") from None
    except OSError as error:
        raise _bad(f"{path} cannot be written: {error.strerror}.", "Choose another file.") from None


def _as_csv(pairs: Sequence[SentencePair]) -> str:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(_HEADER)
    writer.writerows(map(_cells, pairs))
    return buffer.getvalue()


def _as_tsv(pairs: Sequence[SentencePair]) -> str:
    if any(map(_breaks_rows, pairs)):
        raise _bad(_first(pairs, _breaks_rows, "holds a tab or a line end, which TSV cannot"), "Choose .csv or .jsonl.")
    return "".join("\t".join(cells) + "\n" for cells in (_HEADER, *map(_cells, pairs)))


def json_lines(pairs: Iterable[SentencePair]) -> str:
    """Pairs as JSONL; whatever stands in them comes back."""
    rows = (dict(zip(_HEADER, (pair.first, pair.second, pair.expected), strict=True)) for pair in pairs)
    return "".join(dumps(row) + "\n" for row in rows)


def _cells(pair: SentencePair) -> tuple[str, str, str]:
    return pair.first, pair.second, pair.expected or ""


def _breaks_rows(pair: SentencePair) -> bool:
    return any(sign in cell for cell in _cells(pair) for sign in "\t\n\r")


def _is_not_text(pair: SentencePair) -> bool:
    return any("\ud800" <= character <= "\udfff" for cell in _cells(pair) for character in cell)


def _first(pairs: Sequence[SentencePair], is_wrong: Callable[[SentencePair], bool], what: str) -> str:
    number = next(number for number, pair in enumerate(pairs, start=1) if is_wrong(pair))
    return f"Pair {number} {what}."


def _bad(message: str, remedy: str) -> StudioError:
    return StudioError("pairs-file-not-written", message, remedy, Blame.INPUT)
