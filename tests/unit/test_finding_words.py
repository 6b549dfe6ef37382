"""Findings read the same everywhere, the gravest first."""

from __future__ import annotations

from neuron_studio.core.finding_words import count_line, findings_text, gravest, gravest_first
from neuron_studio.wire.codec import decode, encode
from neuron_studio.wire.findings import Finding, Level

DRIVER = Finding(Level.PROBLEM, "driver", "The driver is too new.", "Install 2.24.", "sudo apt-get x", "driver")
DISK = Finding(Level.WARNING, "disk", "4 GB are free.")
TORCH = Finding(Level.GOOD, "torch", "torch 2.13.0")


def test_that_the_gravest_comes_first_and_equals_keep_their_order() -> None:
    other = Finding(Level.WARNING, "other", "Another one.")
    assert gravest_first([TORCH, DISK, other, DRIVER]) == [DRIVER, DISK, other, TORCH]


def test_that_a_finding_says_what_to_do_and_gives_the_command() -> None:
    assert findings_text([TORCH, DRIVER]).splitlines() == [
        "✗ driver: The driver is too new.", "  → Install 2.24.", "  $ sudo apt-get x", "✓ torch 2.13.0",
    ]  # fmt: skip


def test_that_only_what_matters_is_counted() -> None:
    assert count_line([DRIVER, DISK, DISK, TORCH]) == "1 problem, 2 warnings"
    assert count_line([TORCH]) == "nothing stands in the way"


def test_that_all_together_are_as_grave_as_the_gravest() -> None:
    note = Finding(Level.NOTE, "note", "By the way.")
    assert [gravest(found) for found in ([TORCH, DISK, DRIVER], [TORCH, DISK], [note, TORCH], [])] == [
        Level.PROBLEM, Level.WARNING, Level.GOOD, Level.GOOD,
    ]  # fmt: skip


def test_that_a_finding_comes_back_from_json_as_it_was() -> None:
    assert decode(Finding, encode(DRIVER)) == DRIVER
