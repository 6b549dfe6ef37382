"""Both sides against what people expect: who is right where, how sure that is, and what was no label at all."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from neuron_studio.core.comparison import Comparison, compare
from neuron_studio.core.decision import judge
from neuron_studio.core.labelled import Correlation, NotExpected
from neuron_studio.wire.events import PairOutcome
from neuron_studio.wire.spec import SentencePair
from tests.support.oracle import stats

TWO, THREE, ONE = ("no", "yes"), ("contradiction", "entailment", "neutral"), ("LABEL_0",)
NO, YES = (1.0, 0.0), (0.0, 1.0)


def compared(
    rows: Sequence[tuple[Sequence[float], Sequence[float], str | None]], labels: tuple[str, ...] = TWO
) -> Comparison:
    """The comparison of rows (cpu, neuron, expected word)."""
    pairs = [SentencePair(f"a {number}", "b", word) for number, (_, _, word) in enumerate(rows)]
    outcomes = [
        PairOutcome(number, 9, False, tuple(cpu), (), tuple(neuron)) for number, (cpu, neuron, _) in enumerate(rows)
    ]
    return compare([judge(outcome, labels) for outcome in outcomes], pairs, labels)


def test_that_each_labelled_pair_stands_where_the_sides_are_right_or_wrong() -> None:
    rows = [(YES, YES, "yes"), (YES, NO, "1"), (NO, YES, "YES"), (YES, YES, "no"), (NO, YES, None), (NO, NO, "0")]
    found = compared(rows).labelled
    assert found is not None
    assert found.count == 5
    assert (found.both_right, found.only_cpu_right) == ((0, 5), (1,))
    assert (found.only_neuron_right, found.both_wrong) == ((2,), (3,))
    assert (found.cpu.correct, found.cpu.accuracy, found.neuron.accuracy) == (3, 0.6, 0.6)
    assert found.cpu.confusion == ((1, 1), (1, 2))
    assert found.neuron.confusion == ((1, 1), (1, 2))
    assert found.mcnemar_p == 1.0
    assert found.drop == 0.0


def test_that_the_fall_of_mrpc_from_0_852_to_0_685_is_no_chance() -> None:
    # 408 pairs of the validation set; a broken runtime that mostly says no.
    rows = [(YES, YES, "yes")] * 250 + [(YES, NO, "yes")] * 97 + [(YES, NO, "no")] * 29 + [(NO, NO, "yes")] * 32
    found = compared(rows).labelled
    assert found is not None
    assert found.cpu.accuracy == pytest.approx(0.850, abs=1e-3)
    assert found.neuron.accuracy == pytest.approx(0.684, abs=1e-3)
    assert found.drop == pytest.approx(100 * 68 / 408)
    assert found.cpu.interval is not None
    assert found.neuron.interval is not None
    assert found.neuron.interval[1] < found.cpu.interval[0]
    assert found.mcnemar_p == pytest.approx(stats.binomtest(29, 126).pvalue)
    assert found.mcnemar_p < 1e-8


def test_that_f1_takes_the_last_of_two_labels_for_the_positive_one_and_leaves_more_to_the_mean() -> None:
    found = compared([(YES, YES, "yes"), (YES, YES, "no"), (NO, NO, "yes"), (NO, NO, "no"), (NO, NO, "no")]).labelled
    assert found is not None
    assert found.cpu.f1 == pytest.approx(2 / 4)
    assert found.cpu.macro_f1 == pytest.approx((2 / 4 + 4 / 6) / 2)
    three = compared([((0.0, 1.0, 0.0), (0.0, 1.0, 0.0), "1"), ((1.0, 0.0, 0.0), (1.0, 0.0, 0.0), "2")], THREE).labelled
    assert three is not None
    assert three.cpu.f1 is None
    assert three.cpu.macro_f1 == pytest.approx(1 / 3)


def test_that_words_which_are_no_labels_are_counted_and_named() -> None:
    rows = [(YES, YES, "maybe"), (YES, YES, "yes"), (NO, NO, ""), (NO, NO, "maybe"), (NO, NO, None)]
    found = compared(rows)
    assert found.labelled is not None
    assert found.labelled.count == 1
    assert found.not_expected == (NotExpected("maybe", (0, 3)), NotExpected("", (2,)))
    assert compared([(YES, YES, "maybe")]).labelled is None


def test_that_sides_which_never_differ_have_no_p() -> None:
    found = compared([(YES, YES, "yes"), (NO, NO, "yes")]).labelled
    assert found is not None
    assert found.mcnemar_p is None


def test_that_nothing_is_said_of_labels_where_there_are_none() -> None:
    found = compared([(YES, YES, None), (NO, NO, None)])
    assert (found.labelled, found.graded, found.not_expected) == (None, None, ())


# Degrees of one logit.


def test_that_scores_are_held_to_the_numbers_that_people_expect() -> None:
    wanted = [0.0, 1.5, 2.0, 3.25, 5.0]
    cpu, neuron = [-2.0, -1.0, 0.5, 1.0, 2.0], [-2.0, 0.6, 0.5, 1.0, 1.5]
    rows = [((a,), (b,), f"{word}") for a, b, word in zip(cpu, neuron, wanted, strict=True)]
    found = compared([*rows, ((0.1,), (0.1,), "alike"), ((0.1,), (0.1,), "nan"), ((0.2,), (0.2,), None)], ONE)
    assert found.graded is not None
    assert found.graded.count == 5
    for side, scores in ((found.graded.cpu, cpu), (found.graded.neuron, neuron)):
        assert side.pearson == pytest.approx(float(stats.pearsonr(wanted, scores).statistic))
        assert side.spearman == pytest.approx(float(stats.spearmanr(wanted, scores).statistic))
    assert [wrong.word for wrong in found.not_expected] == ["alike", "nan"]
    assert found.labelled is None


def test_that_numbers_which_never_vary_have_no_correlation() -> None:
    found = compared([((1.0,), (1.0,), "3"), ((2.0,), (2.0,), "3")], ONE)
    assert found.graded is not None
    assert found.graded.cpu == Correlation(None, None)
