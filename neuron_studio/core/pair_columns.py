"""Which columns of a table hold the pairs, and what pair a row is or why it is none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, List, Mapping, Optional, Sequence, Tuple, Union

from neuron_studio.wire.spec import SentencePair

# What published data sets call the columns of their two sentences, in the order they are tried.
_SENTENCES = (
    ("sentence1", "sentence2"),
    ("first", "second"),
    ("#1 string", "#2 string"),
    ("question1", "question2"),
    ("premise", "hypothesis"),
    ("text1", "text2"),
    ("query", "passage"),
    ("query", "document"),
    ("question", "sentence"),
    ("question", "answer"),
    ("sentence_a", "sentence_b"),
    ("sentence_1", "sentence_2"),
    ("text_a", "text_b"),
)
_EXPECTED = ("gold_label", "label", "expected", "quality", "is_duplicate", "score", "similarity_score")

# How data sets write that annotators did not agree (SNLI, MNLI) or that a label is kept back (test sets on the hub).
NO_LABEL = ("-", "-1")

_NOT_TEXT = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Columns:
    """The names of the columns that hold a pair; an empty name is a column that is still to be chosen, or none."""

    first: str = ""
    second: str = ""
    expected: str = ""

    @property
    def are_enough(self) -> bool:
        """Whether there are two columns of sentences, and not the same twice."""
        return bool(self.first and self.second and self.first != self.second)


NO_COLUMNS = Columns()


@dataclass(frozen=True)
class Places:
    """Where in a row the columns are; width is how many cells each row has to have, where that is known."""

    first: int
    second: int
    expected: Optional[int]
    width: Optional[int]


def unique_names(header: Sequence[str]) -> Tuple[str, ...]:
    """The names of a header, so that each means one column: numbered where they repeat or are missing."""
    names: List[str] = []
    for number, cell in enumerate(header, start=1):
        name = given = cell.strip() or f"Column {number}"
        again = 2
        while name in names:
            name, again = f"{given} ({again})", again + 1
        names.append(name)
    return tuple(names)


def numbered_names(width: int) -> Tuple[str, ...]:
    """The names of columns that have none."""
    return tuple(f"Column {number}" for number in range(1, width + 1))


def propose(names: Sequence[str], asked: Columns = NO_COLUMNS) -> Columns:
    """The columns that were asked for, the others by their usual names in any case."""
    known = {name.casefold(): name for name in reversed(names)}
    pairs = ((known[first], known[second]) for first, second in _SENTENCES if first in known and second in known)
    first, second = next(pairs, ("", ""))
    expected = next((known[name] for name in _EXPECTED if name in known), "")
    taken = (
        known.get(asked.first.casefold(), first),
        known.get(asked.second.casefold(), second),
        known.get(asked.expected.casefold(), expected),
    )
    return Columns(*taken)


def propose_unnamed(names: Sequence[str], asked: Columns = NO_COLUMNS) -> Columns:
    """The columns of a table without names: of two or three columns, in their order."""
    found = propose(names, asked)
    if found.are_enough or len(names) not in (2, 3):
        return found
    return Columns(found.first or names[0], found.second or names[1], found.expected or "".join(names[2:]))


def places_of(names: Sequence[str], columns: Columns, is_header: bool) -> Places:
    """Where chosen columns are in a row of these names."""
    expected = names.index(columns.expected) if columns.expected else None
    width = len(names) if is_header else None
    return Places(names.index(columns.first), names.index(columns.second), expected, width)


def pair_of_cells(cells: Sequence[str], places: Places) -> Union[SentencePair, str]:
    """The pair in a row of a table, or the reason why it is none."""
    # One cell more or less is a separator inside a sentence: everything behind it would be taken for something else.
    if places.width is not None and len(cells) != places.width:
        return f"{_count(len(cells))} where the first line has {places.width}"
    needed = max(places.first, places.second, places.expected or 0) + 1
    if len(cells) < needed:
        return f"{_count(len(cells))} where at least {needed} are needed"
    return _pair(cells[places.first], cells[places.second], "" if places.expected is None else cells[places.expected])


def pair_of_record(record: Mapping[str, Any], columns: Columns) -> Union[SentencePair, str]:
    """The pair in a JSON object, or the reason why it is none."""
    for name in (columns.first, columns.second):
        if name not in record:
            return f"no {name!r} in this object"
        if not isinstance(record[name], str):
            return f"{name!r} is not text"
    label = record.get(columns.expected) if columns.expected else None
    if isinstance(label, (dict, list)):
        return f"{columns.expected!r} is neither a word nor a number"
    return _pair(record[columns.first], record[columns.second], "" if label is None else str(label))


def flaw_of(pair: SentencePair) -> str:
    """Why no run takes a pair, which a table can hold nevertheless; empty where runs take it."""
    for side, sentence in (("first", pair.first), ("second", pair.second)):
        if not sentence or sentence.isspace():
            return f"the {side} sentence is empty"
        if "\0" in sentence:
            return f"the {side} sentence has a NUL character"
    return ""


def _pair(first: str, second: str, label: str) -> Union[SentencePair, str]:
    for side, sentence in (("first", first), ("second", second)):
        if not sentence.isascii() and _NOT_TEXT.search(sentence):
            return f"the {side} sentence has bytes that the chosen encoding does not know"
    label = label.strip()
    if _NOT_TEXT.search(label) or "\0" in label:
        return "the expected label is not text"
    return SentencePair(first, second, label or None)


def _count(columns: int) -> str:
    return "1 column" if columns == 1 else f"{columns} columns"
