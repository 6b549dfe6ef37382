"""Which pairs are shown, and which numbers lead to them."""

from __future__ import annotations

import math

import pytest

from neuron_studio.core.compared import Compared
from neuron_studio.core.comparison import compare
from neuron_studio.core.decision import judge
from neuron_studio.core.pair_filter import PairFilter, Show, groups, rows_of
from tests.support.scripted_run import FLIPPED, LABELS, PAIRS, SAME, an_outcome

CLOSE = an_outcome(2, (0.0, 0.001), (0.0, 0.0004))


def of(*outcomes: object) -> Compared:
    judged = tuple(judge(outcome, LABELS) for outcome in outcomes)
    return Compared(PAIRS, judged, LABELS, compare(judged, PAIRS, LABELS))


SET = of(SAME[0], an_outcome(1, (0.5, 0.1), (math.nan, 0.1)), CLOSE, FLIPPED[3])


@pytest.mark.parametrize(
    ("wanted", "rows"),
    [
        (PairFilter(), [0, 1, 2, 3]),
        (PairFilter(Show.FLIPPED), [3]),
        (PairFilter(Show.COULD_FLIP), [2, 3]),
        (PairFilter(Show.INVALID), [1]),
        (PairFilter(Show.WRONG), [3]),
        (PairFilter(Show.WORST), [0, 1, 2, 3]),
        (PairFilter(text="BICYCLE"), [3]),
        (PairFilter(Show.FLIPPED, text="ferry"), []),
        (PairFilter(chosen=frozenset({0, 2})), [0, 2]),
        (PairFilter(Show.COULD_FLIP, chosen=frozenset({0, 2})), [2]),
    ],
)
def test_that_a_filter_lets_through_what_it_names(wanted: PairFilter, rows: list[int]) -> None:
    assert rows_of(SET, wanted) == rows


def test_that_the_worst_are_those_with_the_largest_difference_and_nan_is_the_worst() -> None:
    outcomes = [an_outcome(n % 4, (0.5, 0.1), (0.5 + n / 1000, 0.1)) for n in range(150)]
    outcomes[7] = an_outcome(3, (0.5, 0.1), (math.nan, 0.1))
    rows = rows_of(of(*outcomes), PairFilter(Show.WORST))
    assert rows == [7, *range(51, 150)]


def test_that_the_numbers_of_a_labelled_set_lead_to_their_pairs() -> None:
    found = {group.text: group.indices for group in groups(of(*FLIPPED))}
    assert found == {"flipped": (3,), "could flip": (3,), "both right": (2,), "only CPU right": (3,)}
    assert groups(of(*SAME))[0].text == "both right"
