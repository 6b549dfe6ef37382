"""What a user demands of a comparison: read from words, held to the numbers, and answered in words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Dict, Optional, Tuple

from neuron_studio.core.counting import counted
from neuron_studio.core.labelled import Labelled
from neuron_studio.wire.spec import Goal

NO_FLIPS, ACCURACY_DROP, MAX_DIFFERENCE = "no-flips", "accuracy-drop", "max-difference"

# Each kind with what its bound counts; no-flips has none.
KINDS: Dict[str, str] = {NO_FLIPS: "", ACCURACY_DROP: "percentage points", MAX_DIFFERENCE: "logits"}

FORMS = "no-flips, accuracy-drop=POINTS or max-difference=LOGITS"


@dataclass(frozen=True)
class GoalOutcome:
    """Whether a goal was met and by which number; met None where it could not be judged, which does not meet it."""

    goal: Goal
    met: Optional[bool]
    measured: Optional[float]
    in_words: str


def read_goal(text: str) -> Goal:
    """The goal that a text means, such as accuracy-drop=0.5; what is wrong with it, goal_problem tells."""
    kind, sign, bound = text.strip().partition("=")
    if not sign:
        return Goal(kind, 0.0 if KINDS.get(kind) == "" else math.nan)
    try:
        number = float(bound)
    except ValueError:
        number = math.nan
    # One NaN for all: another object would make the same words another goal.
    return Goal(kind, math.nan if math.isnan(number) else number)


def goal_text(goal: Goal) -> str:
    """The text that read_goal reads."""
    is_bare = KINDS.get(goal.kind) == "" and goal.bound == 0
    return goal.kind if is_bare else f"{goal.kind}={goal.bound:.12g}"


def goal_problem(goal: Goal) -> Optional[Tuple[str, str]]:
    """Why a goal cannot be set, and what to write instead; None where it can."""
    if goal.kind not in KINDS:
        return f"There is no goal {goal.kind!r}.", f"Write {FORMS}."
    unit = KINDS[goal.kind]
    if not unit:
        return None if goal.bound == 0 else (f"The goal {goal.kind} takes no number.", f"Write {goal.kind}.")
    if not 0 <= goal.bound < math.inf:
        example = 0.5 if goal.kind == ACCURACY_DROP else 0.01
        return f"The goal {goal.kind} needs a bound in {unit}, 0 or more.", f"Write for example {goal.kind}={example}."
    return None


def goal_words(goal: Goal) -> str:
    """What is demanded, for people."""
    if goal.kind == NO_FLIPS:
        return "no flipped decision"
    if goal.kind == ACCURACY_DROP:
        return f"accuracy at most {goal.bound:g} percentage points down"
    return f"no logit off by more than {goal.bound:g}"


def hold(
    goal: Goal, flips: Optional[int], labelled: Optional[Labelled], max_abs_error: Optional[float]
) -> GoalOutcome:  # fmt: skip
    """A goal held to what was measured; None is what the comparison does not have."""
    measured, said = _measured(goal, flips, labelled, max_abs_error)
    met = None if measured is None else measured <= goal.bound
    word = {True: "met", False: "missed", None: "not judged, so not met"}[met]
    return GoalOutcome(goal, met, measured, f"{goal_words(goal)}: {word} ({said})")


def _measured(
    goal: Goal, flips: Optional[int], labelled: Optional[Labelled], max_abs_error: Optional[float]
) -> Tuple[Optional[float], str]:
    if max_abs_error is None:
        return None, "there are no logits of both sides to compare"
    if goal.kind == MAX_DIFFERENCE:
        return max_abs_error, f"{max_abs_error:.4g}"
    if goal.kind == NO_FLIPS:
        if flips is None:
            return None, "scores without a threshold decide nothing"
        return float(flips), counted(flips, "flip")
    if labelled is None:
        return None, "no pair has an expected label"
    points = f"{abs(labelled.drop):.2f} points {'up' if labelled.drop < 0 else 'down'} on {labelled.count:,} pairs"
    return labelled.drop, points
