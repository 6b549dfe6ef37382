"""How a pairs file is laid out, found by looking at its first lines."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from enum import Enum
from typing import Dict, List, Sequence, Tuple

from neuron_studio.core.pair_columns import propose, unique_names


class Form(str, Enum):
    """What stands between cells, and what a quotation mark means."""

    COMMA = "comma"
    SEMICOLON = "semicolon"
    TAB = "tab"
    QUOTED_TAB = "quoted_tab"
    JSON_LINES = "json_lines"
    JSON_ARRAY = "json_array"

    @property
    def is_table(self) -> bool:
        """Whether rows are cells side by side, and not objects with names."""
        return self not in (Form.JSON_LINES, Form.JSON_ARRAY)


FORM_WORDS: Dict[Form, str] = {
    Form.COMMA: "CSV, commas",
    Form.SEMICOLON: "CSV, semicolons",
    Form.TAB: "TSV, quotation marks as they are",
    Form.QUOTED_TAB: "TSV, cells in quotation marks",
    Form.JSON_LINES: "JSON lines",
    Form.JSON_ARRAY: "JSON array",
}
DELIMITERS: Dict[Form, str] = {Form.COMMA: ",", Form.SEMICOLON: ";", Form.TAB: "\t", Form.QUOTED_TAB: "\t"}

# Names are short; a cell of the first line with more words is a sentence already.
_LONGEST_NAME = 3

_QUOTED = re.compile(r'"(?:[^"]|"")*"')


@dataclass(frozen=True)
class Layout:
    """How a file is read; has_header says whether the first line holds the columns' names."""

    form: Form
    encoding: str
    has_header: bool = True


def guess_form(lines: Sequence[str], suffix: str) -> Form:
    """The form that the first lines of a file have; its name decides only where they leave it open."""
    start = "".join(lines[:3]).lstrip()
    if start.startswith("{") or suffix.lower() in (".jsonl", ".ndjson"):
        return Form.JSON_LINES
    if start.startswith("[") and start[1:].lstrip()[:1] in ("", "{"):
        return Form.JSON_ARRAY
    if suffix.lower() == ".tsv" or (lines and "\t" in lines[0]):
        # GLUE's marks open and never close; they are read as cells' borders only where that is beyond doubt.
        is_quoted = suffix.lower() != ".tsv" and _is_quoted([cell for line in lines for cell in line.split("\t")])
        return Form.QUOTED_TAB if is_quoted else Form.TAB
    return max((Form.COMMA, Form.SEMICOLON), key=lambda form: _fitness(lines, DELIMITERS[form]))


def guess_header(cells: Sequence[str]) -> bool:
    """Whether the cells of the first line are names: usual ones, or at least short ones."""
    found = propose(unique_names(cells))
    return found.are_enough or all(len(cell.split()) <= _LONGEST_NAME for cell in cells)


def _is_quoted(cells: Sequence[str]) -> bool:
    marked = [cell.strip() for cell in cells if '"' in cell]
    return any('""' in cell[1:-1] for cell in marked) and all(_QUOTED.fullmatch(cell) for cell in marked)


def _fitness(lines: Sequence[str], delimiter: str) -> Tuple[bool, int, int]:
    rows: List[List[str]] = [row for row in csv.reader(_whole(lines), delimiter=delimiter) if row]
    if not rows or len(rows[0]) < 2:
        return False, 0, 0
    alike = sum(len(row) == len(rows[0]) for row in rows)
    return propose(unique_names(rows[0])).are_enough, alike, len(rows[0])


def _whole(lines: Sequence[str]) -> List[str]:
    # The reader refuses NUL on some versions of Python; here only the separators are counted.
    return [line.replace("\0", "")[:100_000] + "\n" for line in lines]
