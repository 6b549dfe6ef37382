"""Sentence pairs in the clipboard."""

from __future__ import annotations

import pytest

from neuron_studio.ui.models.pasted_pairs import pairs_in_text, text_of_pairs
from neuron_studio.wire.spec import SentencePair


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("a\tb", [("a", "b", None)]),
        ("a\tb\tyes\r\nc\td\t\n\n", [("a", "b", "yes"), ("c", "d", None)]),
        ("only one", [("only one", "", None)]),
        ('"two\nlines"\tb\n', [("two\nlines", "b", None)]),
        ('He said "no"\tb', [('He said "no"', "b", None)]),
        ('"a quotation" begins it\tb\nc\td', [('"a quotation" begins it', "b", None), ("c", "d", None)]),
        ("a\0\tb\tyes\tmore", [("a", "b", "yes")]),
        (" \t \n", []),
        ("", []),
    ],
)
def test_that_rows_become_pairs_as_they_were_meant(text: str, pairs: list[tuple[str, str, str | None]]) -> None:
    assert pairs_in_text(text) == tuple(SentencePair(*pair) for pair in pairs)


def test_that_what_is_copied_can_be_pasted_unchanged() -> None:
    pairs = (SentencePair('tab\there, "quoted"', "line\nfeed", "yes"), SentencePair("plain", "ünïcode 😀", "no"))
    assert pairs_in_text(text_of_pairs(pairs)) == pairs
