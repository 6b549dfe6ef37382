"""The verdict's numbers by name, the goals beneath it, and the definitions beside them."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from neuron_studio.core.comparison import Comparison, compare
from neuron_studio.core.decision import judge
from neuron_studio.core.definitions import definitions
from neuron_studio.core.goals import read_goal
from neuron_studio.core.run_state import Phase, RunState
from neuron_studio.core.verdict_words import (
    agreement_text,
    confusion_rows,
    decisions_text,
    number_rows,
    outcome_word,
    verdict_count,
    verdict_numbers,
    verdict_title,
)
from neuron_studio.wire.events import PairOutcome
from neuron_studio.wire.spec import SentencePair
from tests.support.scripted_run import FLIPPED, LABELS, PAIRS, SAME, a_spec

GOALS = (read_goal("no-flips"), read_goal("max-difference=0.5"))


def of(*outcomes: PairOutcome, pairs: tuple[SentencePair, ...] = PAIRS) -> Comparison:
    return compare([judge(outcome, LABELS) for outcome in outcomes], pairs, LABELS, goals=GOALS)


def degrees(*neuron: float) -> Comparison:
    """Degrees of similarity, nothing between them and zero, against 1, 2, 3 … on the CPU."""
    outcomes = [PairOutcome(n, 9, False, (n + 1.0,), (n + 1.01,), (value,)) for n, value in enumerate(neuron)]
    pairs = [SentencePair("one query", f"b {n}") for n in range(len(neuron))]
    return compare([judge(outcome, ("LABEL_0",), None) for outcome in outcomes], pairs, ("LABEL_0",))


def test_that_a_labelled_set_is_told_number_by_number() -> None:
    pairs = (*PAIRS[:1], replace(PAIRS[1], expected="apples"), *PAIRS[2:])
    rows = dict(number_rows(of(*FLIPPED, pairs=pairs), LABELS))
    assert rows == {
        "Largest difference of a logit": "0.0084",
        "Mean difference": "0.0025",
        "99th percentile": "0.0082",
        "Absolute tolerance that would pass": "0.0084 (it decides nothing)",
        "Yardstick R": "3.73 (more than rounding)",
        "Accuracy": "CPU 100.0% (34.2% to 100.0%), Neuron 50.0% (9.5% to 90.5%) on 2 labelled pairs",
        "F1 of 'paraphrase'": "CPU 1.0000, Neuron 0.6667",
        "Macro F1": "CPU 1.0000, Neuron 0.3333",
        "Both sides right": "1",
        "Only CPU right": "1 (pair 4)",
        "Only Neuron right": "0",
        "Both sides wrong": "0",
        "McNemar's exact p": "1",
        "Expected, but no label": "'apples' in pair 2; not counted",
    }


def test_that_a_confusion_reads_from_expected_to_decided() -> None:
    found = of(*FLIPPED).labelled
    assert found is not None
    assert confusion_rows(found.neuron, LABELS) == (("not paraphrase", "0", "1"), ("paraphrase", "0", "1"))


def test_that_goals_stand_beside_the_numbers() -> None:
    assert verdict_numbers(of(*FLIPPED)).endswith("   ✗ 1 of 2 goals met")
    assert verdict_numbers(of(*SAME)).endswith("   ✓ 2 of 2 goals met")
    finished = RunState(a_spec(), Phase.FINISHED, comparison=of(*FLIPPED))
    assert outcome_word(finished) == "✗ flipped, goals missed"
    assert outcome_word(replace(finished, comparison=of(*SAME))) == "✓ same"


def test_that_degrees_keep_their_order_and_decide_nothing() -> None:
    kept = degrees(1.0, 2.0, 3.01)
    assert (verdict_title(kept), verdict_count(kept)) == ("✓ SAME ORDER", "3 scores")
    pair = judge(PairOutcome(0, 9, False, (0.1,), (), (-0.1,)), ("LABEL_0",), None)
    assert agreement_text(pair) == "no decision"
    assert decisions_text(pair) == "score\nno decision"
    broken = judge(PairOutcome(0, 9, False, (0.1,), (), (math.nan,)), ("LABEL_0",), None)
    assert agreement_text(broken) == "✗ NaN"


def test_that_a_changed_order_is_told_with_its_pairs_and_its_query() -> None:
    found = degrees(1.0, 3.5, 3.0)
    assert (verdict_title(found), verdict_count(found)) == ("✗ ORDER CHANGED", "2 of 3 pairs out of order")
    rows = dict(number_rows(found, ("LABEL_0",)))
    assert "Threshold flips" not in rows
    assert rows["Kendall's tau-b of CPU and Neuron"] == "0.3333"
    assert rows["Out of order beyond rounding"] == "2 (pairs 2, 3)"
    assert rows["Queries with another pair on top"] == "1 of 1"
    assert rows["Another on top"] == "pair 2 instead of 3 for 'one query'"


@pytest.mark.parametrize("found", [of(*SAME), of(*FLIPPED), degrees(1.0, 2.0, 3.0), degrees(3.0, 2.0, 1.0)])
def test_that_a_report_defines_what_it_shows(found: Comparison) -> None:
    terms = [term for term, _ in definitions(RunState(a_spec(), Phase.FINISHED, comparison=found))]
    assert len(set(terms)) == len(terms)
    assert {"Decision", "Verdict", "Yardstick R", "Tolerance that would pass"} <= set(terms)
    assert ("McNemar's exact p" in terms) == (found.labelled is not None)
    assert ("Kendall's tau-b" in terms) == (found.ranking is not None)
    assert ("Goals" in terms) == bool(found.goals)
