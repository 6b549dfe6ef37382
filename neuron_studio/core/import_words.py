"""What is said about a pairs file before its pairs come in, and after."""

from __future__ import annotations

from typing import Optional, Sequence

from neuron_studio.core.counting import counted
from neuron_studio.core.decision import label_named
from neuron_studio.core.pair_columns import Columns

_MOST_NAMED = 4


def import_words(pairs: int, broken: int) -> str:
    """What the button does; what it leaves out is part of it."""
    left_out = f", leave out {counted(broken, 'broken row')}" if broken else ""
    return f"Import {counted(pairs, 'pair')}{left_out}"


def imported_words(name: str, pairs: int, broken: int) -> str:
    """What was done."""
    left_out = f"; {counted(broken, 'broken row')} left out" if broken else ""
    return f"{counted(pairs, 'pair')} imported from {name}{left_out}."


def columns_words(columns: Columns, names: Sequence[str]) -> str:
    """Why these columns are proposed, or what is still to be chosen; empty where a person chose."""
    if columns.are_enough:
        return ""
    if columns.first and columns.first == columns.second:
        return "Both sentences come from the same column: choose another one."
    if len(names) < 2:
        return "There is one column only: read the file another way, or choose another file."
    return "No columns have names that such files usually use: choose the two columns of sentences."


def labels_words(expected: Sequence[str], labels: Sequence[str]) -> str:
    """What the file's labels mean to the model; empty where nothing is to be said."""
    if not expected or len(labels) < 2:
        return ""
    meant = [(word, label_named(word, labels)) for word in expected]
    unknown = [f"“{word}”" for word, label in meant if label is None]
    if unknown:
        more = " …" if len(unknown) > _MOST_NAMED else ""
        return (
            f"Not a label of the model ({', '.join(labels)}): {', '.join(unknown[:_MOST_NAMED])}{more}. "
            "Choose another column, or none."
        )
    return "; ".join(f"{word} means {label}" for word, label in sorted(meant) if word != label)


def unlabelled_words(count: int) -> str:
    """How many rows say that they have no label."""
    return f"{counted(count, 'pair')} with “-” or “-1” as label, which is none." if count else ""


def flawed_words(count: int, are_kept: bool) -> str:
    """What becomes of pairs that no run takes."""
    if not count or not are_kept:
        return ""
    return f"{counted(count, 'pair')} with an empty sentence or a NUL character, to be mended or removed before a run."


def encoding_words(encoding: str) -> str:
    """What is uncertain about an encoding that was found; empty where it is known."""
    return "The file is not UTF-8; Windows-1252 is a guess: look for wrong letters." if encoding == "cp1252" else ""


def rows_words(broken: int, kept: int) -> Optional[str]:
    """The heading over the broken rows; None where there are none."""
    if not broken:
        return None
    shown = f"; the first {kept:,} are shown" if kept < broken else ""
    return f"⚠ {counted(broken, 'broken row')}, with line number and reason{shown}"
