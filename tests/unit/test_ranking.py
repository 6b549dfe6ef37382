"""One-logit models: what divides a score, what its order says, and who is on top of a query."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from neuron_studio.core.comparison import Comparison, Decisions, compare
from neuron_studio.core.decision import SCORE_THRESHOLD, judge, threshold_of
from neuron_studio.core.ranking import ChangedTop
from neuron_studio.wire.events import ModelDescribed, PairOutcome
from neuron_studio.wire.spec import SentencePair
from tests.support.oracle import stats

# What bfloat16 does to the scores of these tests, and so, four times that, what nobody need tell apart.
ROUNDING = 0.005


def compared(
    cpu: Sequence[float], neuron: Sequence[float], threshold: float | None = SCORE_THRESHOLD,
    queries: Sequence[str] = (), rounding: float = ROUNDING,
) -> Comparison:  # fmt: skip
    """The comparison of scores; each pair is its own query unless told otherwise."""
    pairs = [SentencePair(queries[row] if queries else f"q {row}", f"b {row}") for row in range(len(cpu))]
    outcomes = [
        PairOutcome(row, 9, False, (a,), (a + rounding,), (b,))
        for row, (a, b) in enumerate(zip(cpu, neuron, strict=True))
    ]
    return compare([judge(outcome, ("LABEL_0",), threshold) for outcome in outcomes], pairs, ("LABEL_0",))


def a_model(name: str, problem_type: str | None = None) -> ModelDescribed:
    return ModelDescribed(name, None, "Roberta", 7, ("LABEL_0",), problem_type, None, ("input_ids",))


@pytest.mark.parametrize(
    ("model", "threshold"),
    [
        (a_model("cross-encoder/stsb-roberta-base"), None),
        (a_model("textattack/bert-base-uncased-STS-B"), None),
        (a_model("/models/mine/", "regression"), None),
        (a_model("cross-encoder/ms-marco-MiniLM-L6-v2"), 0.0),
        (a_model("cross-encoder/quora-roberta-base"), 0.0),
        (a_model("/data/stsb/reranker"), 0.0),
    ],
)
def test_that_a_degree_has_no_threshold_and_other_scores_have_zero(
    model: ModelDescribed, threshold: float | None
) -> None:  # fmt: skip
    assert threshold_of(model) == threshold


# Scores with a threshold.


def test_that_a_score_on_the_other_side_of_the_threshold_is_flipped() -> None:
    found = compared([0.01, 2.0], [-0.01, 2.0])
    assert found.decisions is Decisions.FLIPPED
    assert found.ranking is not None
    assert found.ranking.threshold_flips == (0,)


def test_that_scores_out_of_order_beyond_rounding_fail_though_no_sign_flips() -> None:
    found = compared([-10.0, -8.0, -3.0], [-8.1, -9.9, -3.0])
    assert found.decisions is Decisions.REORDERED
    assert found.reason.startswith("Pairs 1, 2: out of order")
    assert found.ranking is not None
    assert (found.ranking.reordered, found.ranking.threshold_flips) == ((0, 1), ())
    assert found.telling == (0, 1)
    assert not found.passed


def test_that_near_ties_may_change_places() -> None:
    found = compared([3.0, 3.01, 5.0], [3.012, 3.0, 5.0])
    assert found.decisions is Decisions.CLOSE
    assert found.ranking is not None
    assert (found.ranking.exchanged, found.ranking.reordered) == (1, ())
    assert found.passed


def test_that_without_a_measure_of_rounding_no_exchange_is_excused() -> None:
    assert compared([3.0, 3.01], [3.012, 3.0], rounding=0.0).decisions is Decisions.REORDERED


def test_that_rows_out_of_order_are_those_that_a_look_at_every_two_finds() -> None:
    rng = np.random.default_rng(21)
    for noise in (0.01, 0.05, 0.5):
        cpu = rng.normal(size=60).round(2)
        neuron = cpu + rng.normal(size=60) * noise
        found = compared(cpu.tolist(), neuron.tolist(), threshold=None)
        assert found.ranking is not None
        blur = found.ranking.blur
        expected = {
            row
            for a in range(60)
            for b in range(60)
            if cpu[a] < cpu[b] - blur and neuron[a] > neuron[b]
            for row in (a, b)
        }
        assert found.ranking.reordered == tuple(sorted(expected))
        assert found.ranking.spearman == pytest.approx(float(stats.spearmanr(cpu, neuron).statistic))
        assert found.ranking.kendall == pytest.approx(float(stats.kendalltau(cpu, neuron).statistic))


# Degrees, which nothing divides.


def test_that_a_degree_around_zero_does_not_flip() -> None:
    found = compared([0.004, 2.0], [-0.004, 2.0], threshold=None)
    assert found.decisions is Decisions.SAME
    assert found.flipped == ()
    assert found.ranking is not None
    assert found.ranking.threshold_flips is None


def test_that_a_degree_is_close_where_its_error_is_beyond_rounding() -> None:
    found = compared([0.5, 2.0], [0.5, 2.5], threshold=None)
    assert found.decisions is Decisions.CLOSE
    assert "Pair 2" in found.reason


def test_that_degrees_out_of_order_beyond_rounding_fail() -> None:
    assert compared([0.5, 2.0, 4.0], [2.5, 2.0, 4.0], threshold=None).decisions is Decisions.REORDERED


def test_that_one_answer_for_all_degrees_is_invalid() -> None:
    assert compared([0.5, 2.0, 4.0], [2.0, 2.0, 2.0], threshold=None).decisions is Decisions.INVALID


# Queries.


def test_that_a_query_whose_best_pair_changes_is_named() -> None:
    queries = ["one", "one", "two", "two", "alone"]
    found = compared([3.0, 3.01, 1.0, 2.0, 9.0], [3.0, 2.99, 1.0, 2.0, 9.0], queries=queries).ranking
    assert found is not None
    assert found.queries == 2
    assert found.changed_tops == (ChangedTop("one", 1, 0),)


def test_that_a_pair_which_shares_the_first_place_has_not_lost_it() -> None:
    found = compared([3.0, 3.01], [3.0, 3.0], queries=["one", "one"]).ranking
    assert found is not None
    assert found.changed_tops == ()


def test_that_one_score_alone_has_no_order() -> None:
    found = compared([1.0], [1.0])
    assert found.decisions is Decisions.SAME
    assert found.ranking is not None
    assert (found.ranking.spearman, found.ranking.kendall, found.ranking.queries) == (None, None, 0)
