"""The verdict: a tolerance informs, the decisions decide, and the yardstick says what is normal."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from neuron_studio.core.comparison import Comparison, Decisions, compare
from neuron_studio.core.decision import JudgedPair, decide, judge, label_named, margin, softmax
from neuron_studio.core.verdict_words import yardstick_meaning
from neuron_studio.core.wording import ratio_text
from neuron_studio.wire.events import PairOutcome
from neuron_studio.wire.spec import SentencePair

Row = tuple[float, ...]

TWO = ("different", "same")
THREE = ("contradiction", "entailment", "neutral")
ONE = ("LABEL_0",)


def outcome(cpu: Sequence[float], neuron: Sequence[float], bf16: Sequence[float] = (), index: int = 0) -> PairOutcome:
    return PairOutcome(index, 9, False, tuple(cpu), tuple(bf16), tuple(neuron))


def judged(cpu: Sequence[float], neuron: Sequence[float], labels: Sequence[str] = TWO) -> JudgedPair:
    return judge(outcome(cpu, neuron), labels)


def verdict(
    *rows: tuple[Sequence[float], Sequence[float]], bf16: Sequence[Row] = (), expected: Sequence[str | None] = ()
) -> Comparison:
    """The comparison of rows (cpu, neuron) with as many labels as logits."""
    labels = {1: ONE, 2: TWO, 3: THREE}[len(rows[0][0])]
    outcomes = [outcome(cpu, neuron, bf16[index] if bf16 else (), index) for index, (cpu, neuron) in enumerate(rows)]
    words = expected or [None] * len(rows)
    pairs = [SentencePair(f"a {index}", f"b {index}", word) for index, word in enumerate(words)]
    return compare([judge(each, labels) for each in outcomes], pairs, labels)


# What a tolerance of 1e-3 gets wrong.


def test_that_a_flip_within_any_usual_tolerance_is_a_flip() -> None:
    found = verdict(([0.2000, 0.2005], [0.2008, 0.2004]))
    assert found.decisions is Decisions.FLIPPED
    assert found.flipped == (0,)
    assert found.max_abs_error == pytest.approx(8e-4)


def test_that_a_harmless_error_beyond_a_usual_tolerance_is_the_same_decision() -> None:
    found = verdict(([-3.0, 3.0], [-2.992, 2.990]))
    assert found.decisions is Decisions.SAME
    assert found.required_tolerance == pytest.approx(0.010)


def test_that_one_wild_value_among_many_is_not_averaged_away() -> None:
    rows = [([0.5, 0.0], [0.5, 0.0])] * 199 + [([0.5, 0.0], [9.0, 0.0])]
    found = verdict(*rows)
    assert found.decisions is Decisions.CLOSE
    assert found.max_abs_error == 8.5
    assert found.required_tolerance == 8.5


def test_that_one_small_error_among_many_is_seen_and_harmless() -> None:
    found = verdict(*[([0.5, 0.0], [0.5, 0.0])] * 199, ([0.5, 0.0], [0.6, 0.0]))
    assert found.decisions is Decisions.SAME
    assert found.max_abs_error == pytest.approx(0.1)


def test_that_nan_is_invalid_and_its_pair_is_named() -> None:
    found = verdict(([-3.0, 3.0], [-3.0, 3.0]), ([-3.0, 3.0], [math.nan, math.nan]))
    assert found.decisions is Decisions.INVALID
    assert found.invalid == (1,)
    assert "Pair 2" in found.reason


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("side", ["cpu", "neuron"])
def test_that_what_is_no_number_on_either_side_is_invalid(bad: float, side: str) -> None:
    cpu, neuron = ([1.0, bad], [1.0, 2.0]) if side == "cpu" else ([1.0, 2.0], [1.0, bad])
    found = verdict((cpu, neuron))
    assert found.decisions is Decisions.INVALID
    assert not found.passed
    assert found.max_abs_error is None


# Decisions and margins.


def test_that_the_largest_logit_decides_and_the_first_of_equals() -> None:
    assert decide((0.1, 0.3, 0.2), THREE) == "entailment"
    assert decide((0.5, 0.5), TWO) == "different"


def test_that_a_single_logit_is_decided_at_zero() -> None:
    assert decide((0.0,), ONE) == "score ≥ 0"
    assert decide((-1e-9,), ONE) == "score < 0"
    assert judged([0.01], [-0.01], ONE).agrees is False
    assert judged([-0.01], [-4.0], ONE).agrees is True


def test_that_the_margin_is_best_minus_second_best_or_the_distance_from_zero() -> None:
    assert margin((1.0, -2.0, 0.25)) == 0.75
    assert margin((-0.75,)) == 0.75
    assert margin((2.0, 2.0)) == 0.0


def test_that_an_error_below_half_the_margin_is_same_and_one_that_reaches_it_is_close() -> None:
    assert verdict(([0.0, 1.0], [0.0, 0.501])).decisions is Decisions.SAME
    assert verdict(([0.0, 1.0], [0.0, 0.5])).decisions is Decisions.CLOSE
    assert verdict(([0.0, 1.0], [0.4999, 0.5001])).decisions is Decisions.SAME


def test_that_the_margin_of_the_cpu_counts_and_not_that_of_the_target() -> None:
    assert verdict(([0.0, 0.1], [0.0, 5.0])).decisions is Decisions.CLOSE
    assert verdict(([0.0, 5.0], [0.0, 2.6])).decisions is Decisions.SAME


def test_that_a_tie_without_any_error_is_the_same() -> None:
    assert verdict(([0.5, 0.5], [0.5, 0.5])).decisions is Decisions.SAME


def test_that_one_flip_among_many_decides_and_every_flip_is_named() -> None:
    same, flip = ([0.0, 1.0], [0.0, 1.0]), ([0.0, 1.0], [1.0, 0.0])
    found = verdict(same, flip, same, flip)
    assert found.decisions is Decisions.FLIPPED
    assert found.flipped == (1, 3)
    assert found.reason.startswith("Pairs 2, 4")


def test_that_the_verdict_over_classes_stays_when_all_logits_move_together() -> None:
    rng = np.random.default_rng(5)
    for _ in range(200):
        cpu = rng.normal(size=(4, 3))
        neuron = cpu + rng.normal(size=(4, 3)) * rng.choice([0.01, 0.2, 1.0])
        bf16 = cpu + rng.normal(size=(4, 3)) * 0.01
        shift = rng.integers(-8, 8, size=(4, 1)).astype(float)
        plain = verdict(*zip(cpu.tolist(), neuron.tolist(), strict=True), bf16=[tuple(row) for row in bf16.tolist()])
        moved = verdict(
            *zip((cpu + shift).tolist(), (neuron + shift).tolist(), strict=True),
            bf16=[tuple(row) for row in (bf16 + shift).tolist()],
        )
        assert moved.decisions is plain.decisions
        assert moved.flipped == plain.flipped
        assert moved.max_abs_error == pytest.approx(plain.max_abs_error)
        assert moved.yardstick == pytest.approx(plain.yardstick)


# Constant output.


def test_that_a_defect_of_the_traced_module_is_no_pass_however_well_its_pairs_agree() -> None:
    pairs = [SentencePair("a", "b")]
    found = compare([judged([3.0, -3.0], [3.0, -3.0])], pairs, TWO, defects=("It heeds no mask.",))
    assert found.decisions is Decisions.DEFECTIVE
    assert not found.passed
    assert found.reason.endswith("But the traced module is defective: It heeds no mask.")


def test_that_a_target_that_says_the_same_of_every_pair_is_invalid() -> None:
    found = verdict(([0.0, 1.0], [0.0, 0.9]), ([0.0, 2.0], [0.0, 0.9]))
    assert found.decisions is Decisions.INVALID
    assert "same logits for every pair" in found.reason


def test_that_pairs_which_the_cpu_judges_alike_may_come_out_alike() -> None:
    assert verdict(([0.0, 1.0], [0.0, 0.9]), ([0.0, 1.0], [0.0, 0.9])).decisions is Decisions.SAME
    assert verdict(([0.0, 1.0], [0.0, 0.9])).decisions is Decisions.SAME


def test_that_logits_which_rounding_makes_equal_are_not_a_dead_target() -> None:
    rows = [([-2.301, 2.352], [-2.296875, 2.34375]), ([-2.299, 2.349], [-2.296875, 2.34375])]
    found = verdict(*rows, bf16=[(-2.296875, 2.359375), (-2.296875, 2.34375)])
    assert found.decisions is Decisions.SAME


# The numbers that inform.


def test_that_the_yardstick_is_one_for_an_error_as_large_as_that_of_bfloat16() -> None:
    found = verdict(([0.0, 1.0], [0.01, 1.0]), ([0.0, 2.0], [0.0, 2.02]), bf16=[(0.0, 1.01), (0.02, 2.0)])
    assert found.yardstick == pytest.approx(1.0)


def test_that_the_yardstick_is_ten_for_an_error_ten_times_as_large() -> None:
    found = verdict(([0.0, 5.0], [0.1, 5.1]), bf16=[(0.01, 5.01)])
    assert found.yardstick == pytest.approx(10.0)


def test_that_there_is_no_yardstick_where_bfloat16_changes_nothing_or_was_not_measured() -> None:
    assert verdict(([0.0, 1.0], [0.0, 1.1]), bf16=[(0.0, 1.0)]).yardstick is None
    assert verdict(([0.0, 1.0], [0.0, 1.1])).yardstick is None
    assert verdict(([0.0, 1.0], [0.0, 1.1]), bf16=[(math.nan, 1.0)]).yardstick is None


def test_that_it_is_known_why_there_is_no_yardstick() -> None:
    equal, unmeasured = verdict(([0.0, 1.0], [0.0, 1.1]), bf16=[(0.0, 1.0)]), verdict(([0.0, 1.0], [0.0, 1.1]))
    assert (equal.rounding, unmeasured.rounding) == (0.0, None)
    assert "changes no logit at all" in yardstick_meaning(equal)
    assert "was not measured" in yardstick_meaning(unmeasured)


@pytest.mark.parametrize(("times", "meaning"), [(1, "rounding."), (5, "more than rounding."), (10, "far more than")])
def test_that_r_is_told_in_words(times: int, meaning: str) -> None:
    found = verdict(([0.0, 5.0], [0.01 * times, 5.0]), bf16=[(0.01, 5.0)])
    assert f"Here R is {ratio_text(found.yardstick)}: {meaning}" in yardstick_meaning(found)
    assert "saved in bfloat16" in yardstick_meaning(found, "bfloat16")


def test_that_each_pair_has_a_yardstick_of_its_own() -> None:
    pair = judge(outcome([0.0, 5.0], [0.03, 5.0], [0.01, 5.0]), TWO)
    assert pair.yardstick == pytest.approx(3.0)
    assert judge(outcome([0.0, 5.0], [0.03, 5.0], [0.0, 5.0]), TWO).yardstick is None
    assert judge(outcome([0.0, 5.0], [0.03, 5.0]), TWO).yardstick is None
    assert judge(outcome([0.0, 5.0], []), TWO).yardstick is None


def test_that_a_relative_error_is_a_share_of_the_largest_logit() -> None:
    assert judged([0.001, -4.0], [0.201, -4.0]).relative_error == pytest.approx(0.05)
    assert judged([0.0, 0.0], [0.0, 0.0]).relative_error is None
    assert judged([0.0, 1.0], []).relative_error is None


def test_that_errors_are_taken_over_all_logits_of_all_pairs() -> None:
    found = verdict(([0.0, 4.0], [0.1, 4.2]), ([0.0, 8.0], [0.3, 8.4]))
    assert found.max_abs_error == pytest.approx(0.4)
    assert found.mean_abs_error == pytest.approx(0.25)
    assert found.p99_abs_error == pytest.approx(np.quantile([0.1, 0.2, 0.3, 0.4], 0.99))


def test_that_the_cosine_begins_with_three_logits() -> None:
    assert verdict(([0.0, 1.0], [0.0, 0.9])).cosine is None
    assert verdict(([1.0, 0.0, 0.0], [1.0, 0.0, 0.0])).cosine == pytest.approx(1.0)
    assert verdict(([1.0, 0.0, 0.0], [0.8, 0.6, 0.0])).cosine == pytest.approx(0.8)


def test_that_nothing_is_compared_where_the_target_did_not_run() -> None:
    found = verdict(([0.0, 1.0], []))
    assert found.decisions is Decisions.NOT_RUN
    assert not found.passed
    assert judged([0.0, 1.0], []).agrees is None


# Labels that people expect.


@pytest.mark.parametrize(
    ("word", "label"),
    [("entailment", "entailment"), ("ENTAILMENT", "entailment"), (" Neutral ", "neutral"), ("0", "contradiction"),
     ("2", "neutral"), ("3", None), ("-1", None), ("²", None), ("maybe", None), ("", None), (None, None)],
)  # fmt: skip
def test_that_an_expected_label_is_found_by_name_in_any_case_or_by_number(word: str | None, label: str | None) -> None:
    assert label_named(word, THREE) == label


def test_that_a_label_whose_name_is_a_number_is_meant_by_its_name() -> None:
    assert label_named("0", ("1", "0")) == "0"


# Probabilities for display.


def test_that_probabilities_survive_logits_of_any_size() -> None:
    assert softmax((0.0, 0.0)) == (0.5, 0.5)
    assert softmax((1000.0, -1000.0)) == (1.0, 0.0)
    assert softmax((0.0,)) == (0.5,)
    assert softmax((-1000.0,)) == (0.0,)
    assert softmax((1000.0,)) == (1.0,)
