"""Changes to a list of pairs as values, and where they leave the trace example."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from neuron_studio.ui.models.pair_changes import MOST_STEPS, Change, PairList, Steps
from neuron_studio.wire.spec import SentencePair


def a_list(letters: str, trace: int = 0) -> PairList:
    return PairList(tuple(SentencePair(letter, letter) for letter in letters), trace)


def letters(pairs: PairList) -> str:
    """The first sentences, the trace example's as a capital."""
    return "".join(pair.first.upper() if row == pairs.trace else pair.first for row, pair in enumerate(pairs.pairs))


X = (SentencePair("x", "x"),)


@pytest.mark.parametrize(
    ("change", "after"),
    [
        (lambda pairs: pairs.inserting(0, X, ""), "xabCde"),
        (lambda pairs: pairs.inserting(2, X, ""), "abxCde"),
        (lambda pairs: pairs.inserting(3, X, ""), "abCxde"),
        (lambda pairs: pairs.removing([0, 4], ""), "bCd"),
        (lambda pairs: pairs.removing([2], ""), "abDe"),
        (lambda pairs: pairs.removing([2, 3, 4], ""), "aB"),
        (lambda pairs: pairs.removing(range(5), ""), ""),
        (lambda pairs: pairs.moving([2], 0, ""), "Cabde"),
        (lambda pairs: pairs.moving([2], 5, ""), "abdeC"),
        (lambda pairs: pairs.moving([0, 1], 4, ""), "Cdabe"),
        (lambda pairs: pairs.moving([0, 4], 2, ""), "baeCd"),
        (lambda pairs: pairs.putting({2: X[0]}, ""), "abXde"),
        (lambda pairs: pairs.putting({4: X[0], 5: X[0]}, ""), "abCdxx"),
        (lambda pairs: pairs.replacing_all(X, ""), "X"),
        (lambda pairs: pairs.tracing(4, ""), "abcdE"),
    ],
)
def test_that_the_trace_example_stays_with_its_pair_and_every_change_can_be_taken_back(
    change: Callable[[PairList], Change], after: str
) -> None:
    before = a_list("abcde", trace=2)
    done = change(before)
    assert letters(before.after(done)) == after
    assert before.after(done).after(done.reverse) == before


def test_that_a_first_pair_is_the_trace_example() -> None:
    nothing = PairList()
    assert letters(nothing.after(nothing.inserting(0, X, ""))) == "X"


def test_that_a_change_keeps_no_more_than_the_rows_it_touches() -> None:
    change = a_list("abcde").removing([1, 3], "")
    assert len(change.old) == 3


def test_that_a_new_step_forgets_what_was_taken_back_and_old_steps_go() -> None:
    steps = Steps()
    for number in range(MOST_STEPS + 5):
        steps.add(a_list("ab").tracing(1, f"step {number}"))
    steps.back()
    assert steps.redo_name == f"step {MOST_STEPS + 4}"
    steps.add(a_list("ab").tracing(1, "another"))
    assert (steps.undo_name, steps.redo_name) == ("another", "")
    for _ in range(MOST_STEPS):
        steps.back()
    assert steps.undo_name == ""
