"""Goals: read from words, held to the numbers, and what decides once there are any."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from neuron_studio.cli.render import exit_code, text_report
from neuron_studio.core.comparison import Comparison, Decisions, compare
from neuron_studio.core.decision import judge
from neuron_studio.core.goals import goal_problem, goal_text, hold, read_goal
from neuron_studio.core.run_state import Phase, RunState
from neuron_studio.wire.events import PairOutcome
from neuron_studio.wire.spec import Goal, SentencePair
from tests.support.scripted_run import a_spec

LABELS = ("no", "yes")
NO, YES = (3.0, 0.0), (0.0, 3.0)


def compared(
    *goals: str, rows: Sequence[tuple[Sequence[float], Sequence[float], str | None]],
    defects: Sequence[str] = (), lacking: Sequence[str] = (),
) -> Comparison:  # fmt: skip
    """The comparison of rows (cpu, neuron, expected word) against goals."""
    pairs = [SentencePair("a", "b", word) for _, _, word in rows]
    outcomes = [PairOutcome(row, 9, False, tuple(a), (), tuple(b)) for row, (a, b, _) in enumerate(rows)]
    judged = [judge(outcome, LABELS) for outcome in outcomes]
    return compare(judged, pairs, LABELS, lacking, defects, tuple(map(read_goal, goals)))


def ends(comparison: Comparison) -> int:
    return exit_code(RunState(a_spec(), Phase.FINISHED, comparison=comparison))


# Words.


@pytest.mark.parametrize("text", ["no-flips", "accuracy-drop=0.5", "max-difference=0.01", "max-difference=1e-05"])
def test_that_a_goal_is_written_as_it_is_read(text: str) -> None:
    assert goal_text(read_goal(text)) == text
    assert goal_problem(read_goal(text)) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("faster", "There is no goal 'faster'."),
        ("", "There is no goal ''."),
        ("no-flips=3", "The goal no-flips takes no number."),
        ("accuracy-drop", "The goal accuracy-drop needs a bound in percentage points, 0 or more."),
        ("accuracy-drop=half", "The goal accuracy-drop needs a bound in percentage points, 0 or more."),
        ("accuracy-drop=-1", "The goal accuracy-drop needs a bound in percentage points, 0 or more."),
        ("max-difference=inf", "The goal max-difference needs a bound in logits, 0 or more."),
        ("max-difference=nan", "The goal max-difference needs a bound in logits, 0 or more."),
    ],
)
def test_that_what_is_no_goal_is_told_with_what_to_write(text: str, message: str) -> None:
    problem = goal_problem(read_goal(text))
    assert problem is not None
    assert problem[0] == message
    assert problem[1].startswith("Write ")
    assert read_goal(text) == read_goal(text)


# Against the numbers.


def test_that_half_a_point_is_met_by_exactly_half_a_point() -> None:
    rows = [(YES, YES, "yes")] * 169 + [(YES, NO, "yes")] + [(NO, NO, "yes")] * 30
    (outcome,) = compared("accuracy-drop=0.5", rows=rows).goals
    assert (outcome.met, outcome.measured) == (True, 0.5)
    assert outcome.in_words == "accuracy at most 0.5 percentage points down: met (0.50 points down on 200 pairs)"
    assert compared("accuracy-drop=0.49", rows=rows).goals[0].met is False


def test_that_accuracy_that_rises_meets_a_drop_of_nothing() -> None:
    (outcome,) = compared("accuracy-drop=0", rows=[(NO, YES, "yes"), (NO, NO, "no")]).goals
    assert outcome.met
    assert "50.00 points up" in outcome.in_words


def test_that_a_goal_without_labels_is_not_met_and_says_why() -> None:
    found = compared("accuracy-drop=5", rows=[(YES, YES, None)])
    assert found.goals[0].met is None
    assert found.goals[0].in_words.endswith("not judged, so not met (no pair has an expected label)")
    assert found.decisions is Decisions.SAME
    assert not found.passed
    assert ends(found) == 5


def test_that_scores_which_decide_nothing_cannot_be_free_of_flips() -> None:
    outcome = hold(Goal("no-flips", 0.0), None, None, 0.1)
    assert outcome.met is None
    assert "scores without a threshold decide nothing" in outcome.in_words


def test_that_no_goal_is_judged_where_nothing_was_compared() -> None:
    goals = ("no-flips", "max-difference=9", "accuracy-drop=9")
    for neuron in ((), (math.nan, 0.0)):
        found = compared(*goals, rows=[(YES, neuron, "yes")])
        assert [outcome.met for outcome in found.goals] == [None, None, None]
        assert ends(found) == 5


# What decides.


def test_that_a_flip_within_the_users_goals_ends_well_and_is_still_called_flipped() -> None:
    rows = [(YES, YES, "yes")] * 198 + [(NO, NO, "no"), (YES, NO, "yes")]
    found = compared("accuracy-drop=0.5", "max-difference=3", rows=rows)
    assert found.decisions is Decisions.FLIPPED
    assert ends(found) == 0
    assert ends(compared(rows=rows)) == 5


def test_that_one_missed_goal_ends_a_run_badly_however_well_its_pairs_agree() -> None:
    rows = [(YES, (0.0, 2.9), None)]
    found = compared("no-flips", "max-difference=0.01", rows=rows)
    assert [outcome.met for outcome in found.goals] == [True, False]
    assert found.decisions is Decisions.SAME
    assert ends(found) == 5
    assert ends(compared(rows=rows)) == 0


@pytest.mark.parametrize("rows", [[(YES, YES, "yes")], [(YES, NO, "yes")]])
def test_that_goals_excuse_no_defect_and_no_lack_of_proof(
    rows: list[tuple[Sequence[float], Sequence[float], str]],
) -> None:
    assert ends(compared("max-difference=3", rows=rows)) == 0
    assert ends(compared("max-difference=3", rows=rows, defects=("It heeds no mask.",))) == 5
    assert ends(compared("max-difference=3", rows=rows, lacking=("no NEFF",))) == 5


def test_that_the_tolerance_that_would_pass_is_shown_and_does_not_decide() -> None:
    found = compared(rows=[((0.2, 0.2005), (0.2008, 0.2004), None)])
    assert found.required_tolerance == pytest.approx(8e-4)
    assert ends(found) == 5


def test_that_the_terminal_tells_each_goal_beneath_the_verdict() -> None:
    found = compared("no-flips", "max-difference=0.01", rows=[(YES, (0.0, 2.9), None)])
    lines = text_report(RunState(a_spec(), Phase.FINISHED, comparison=found)).splitlines()
    assert lines[0].startswith("✓ SAME DECISIONS")
    assert lines[2] == "✓ no flipped decision: met (0 flips)"
    assert lines[3] == "✗ no logit off by more than 0.01: missed (0.1)"
