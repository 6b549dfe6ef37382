"""Sentence pairs in the clipboard."""

from __future__ import annotations

import pytest

from neuron_studio.ui.models.pasted_pairs import pairs_in_rows, rows_in_text, text_of_rows
from neuron_studio.wire.spec import SentencePair


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("a\tb", [("a", "b", None)]),
        ("a\tb\tyes\r\nc\td\t\n\n", [("a", "b", "yes"), ("c", "d", None)]),
        ("a\tb\rc\td", [("a", "b", None), ("c", "d", None)]),
        ("only one", [("only one", "", None)]),
        ('"two\nlines"\tb\n', [("two\nlines", "b", None)]),
        ('"two\r\nlines"\tb\r\n', [("two\r\nlines", "b", None)]),
        ('He said "no"\tb', [('He said "no"', "b", None)]),
        ('"a quotation" begins it\tb\nc\td', [('"a quotation" begins it', "b", None), ("c", "d", None)]),
        (" a \tb\u00a0\t yes ", [(" a ", "b\u00a0", "yes")]),
        ("a\0\tb", [("a\0", "b", None)]),
        ("\u0634\u0643\u0631\u0627\t\U0001f600", [("\u0634\u0643\u0631\u0627", "\U0001f600", None)]),
        (" \t \n", []),
        ("", []),
    ],
)
def test_that_rows_become_pairs_and_no_character_is_changed(
    text: str, pairs: list[tuple[str, str, str | None]]
) -> None:
    assert pairs_in_rows(rows_in_text(text)) == tuple(SentencePair(*pair) for pair in pairs)


def test_that_only_the_line_end_at_the_end_begins_no_row() -> None:
    assert rows_in_text("a\n\nb\n") == (("a",), ("",), ("b",))


@pytest.mark.parametrize("cell", ["plain", 'tab\there, "quoted"', "line\nfeed", "a\r\nb", '""', '"', "", "a\0b", " a "])
def test_that_what_is_copied_can_be_pasted_unchanged(cell: str) -> None:
    rows = ((cell, "b"), ("c", cell))
    assert rows_in_text(text_of_rows(rows)) == rows


def test_that_a_megabyte_with_a_quotation_mark_that_never_closes_is_read_whole() -> None:
    text = '"' + "word\n" * 200_000
    rows = rows_in_text(text)
    assert len(rows) == 200_000
    assert rows[0] == ('"word',)
