"""The verdict on a run: what its pairs say together, and the numbers that inform without deciding."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import Enum
from typing import Optional, Sequence, Tuple

from neuron_studio.core.decision import JudgedPair, distances
from neuron_studio.core.goals import GoalOutcome, hold
from neuron_studio.core.labelled import Graded, Labelled, NotExpected, grade, label, not_expected
from neuron_studio.core.ranking import Ranking, largest_rounding, rank
from neuron_studio.core.statistics import cosine, quantile
from neuron_studio.wire.spec import Goal, SentencePair


class Decisions(str, Enum):
    """What the run's pairs say together."""

    SAME = "same"
    CLOSE = "close"
    FLIPPED = "flipped"
    REORDERED = "reordered"
    INVALID = "invalid"
    DEFECTIVE = "defective"
    UNPROVEN = "unproven"
    NOT_RUN = "not_run"


_BROKEN = (Decisions.FLIPPED, Decisions.REORDERED, Decisions.INVALID)
_STOOD = (Decisions.SAME, Decisions.CLOSE)
_JUDGED = (*_STOOD, Decisions.FLIPPED, Decisions.REORDERED)
_EXCHANGED = "Some scores changed places, but only with those that bfloat16 can hardly tell apart either."


@dataclass(frozen=True)
class Comparison:
    """The run's verdict; None wherever a number was not computed.

    required_tolerance is the smallest absolute tolerance (relative zero) under which all logits would
    pass; it informs and does not decide. yardstick is R = |neuron - fp32| / |bf16 - fp32| over all logits
    (Euclidean norms): about 1 is what rounding does, 10 is a defect. rounding is its denominator: with 0, where
    bfloat16 changed nothing, and None, where it was not measured, there is no R. ranking and graded are of one-logit
    models, labelled of the others; not_expected names the words that are no labels of theirs.
    """

    decisions: Decisions
    reason: str
    count: int
    flipped: Tuple[int, ...] = ()
    invalid: Tuple[int, ...] = ()
    max_abs_error: Optional[float] = None
    mean_abs_error: Optional[float] = None
    p99_abs_error: Optional[float] = None
    required_tolerance: Optional[float] = None
    yardstick: Optional[float] = None
    rounding: Optional[float] = None
    cosine: Optional[float] = None
    labelled: Optional[Labelled] = None
    graded: Optional[Graded] = None
    not_expected: Tuple[NotExpected, ...] = ()
    ranking: Optional[Ranking] = None
    defects: Tuple[str, ...] = ()
    lacking: Tuple[str, ...] = ()
    goals: Tuple[GoalOutcome, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every decision stood; with goals, whether all are met and nothing is broken or unproven."""
        if not self.goals:
            return self.decisions in _STOOD
        is_sound = self.decisions in _JUDGED and not self.defects and not self.lacking
        return is_sound and all(goal.met for goal in self.goals)

    @property
    def telling(self) -> Tuple[int, ...]:
        """The pairs that the verdict is about, to be looked at first."""
        reordered = self.ranking.reordered if self.ranking else ()
        return tuple(sorted({*self.flipped, *self.invalid, *reordered}))


def compare(
    judged: Sequence[JudgedPair], pairs: Sequence[SentencePair], labels: Sequence[str], lacking: Sequence[str] = (),
    defects: Sequence[str] = (), goals: Sequence[Goal] = (),
) -> Comparison:  # fmt: skip
    """The verdict over all judged pairs of a run.

    lacking names what is missing of the proof that a device ran it; defects are what the traced module does
    and the model does not, whatever the pairs at hand decide; goals are held to the numbers.
    """
    found = replace(_compared(judged, pairs, labels), defects=tuple(defects), lacking=tuple(lacking))
    if defects and found.decisions in _BROKEN:
        found = replace(found, reason=" ".join((found.reason, *defects)))
    if defects and found.decisions in _STOOD:
        reason = f"{found.reason} But the traced module is defective: {' '.join(defects)}"
        found = replace(found, decisions=Decisions.DEFECTIVE, reason=reason)
    if lacking and found.decisions in _STOOD:
        reason = f"{found.reason} But nothing proves that Neuron did it: {'; '.join(lacking)}."
        found = replace(found, decisions=Decisions.UNPROVEN, reason=reason)
    flips = found.ranking.threshold_flips if found.ranking else found.flipped
    count = None if flips is None else len(flips)
    return replace(found, goals=tuple(hold(goal, count, found.labelled, found.max_abs_error) for goal in goals))


def _compared(judged: Sequence[JudgedPair], pairs: Sequence[SentencePair], labels: Sequence[str]) -> Comparison:
    if not judged or any(not pair.outcome.neuron for pair in judged):
        return Comparison(Decisions.NOT_RUN, "The traced model was not run, so nothing was compared.", len(judged))
    invalid = tuple(pair.outcome.index for pair in judged if not pair.is_finite)
    if invalid:
        return Comparison(Decisions.INVALID, f"{_pairs(invalid)}: NaN or infinity.", len(judged), invalid=invalid)
    is_score = len(judged[0].outcome.cpu) == 1
    ranking = rank(judged, pairs) if is_score else None
    decisions, reason = _decisions(judged, ranking)
    errors = sorted(abs(a - b) for pair in judged for a, b in zip(pair.outcome.cpu, pair.outcome.neuron))
    error, rounding = distances(pair.outcome for pair in judged)
    return Comparison(
        decisions,
        reason,
        len(judged),
        flipped=tuple(pair.outcome.index for pair in judged if pair.agrees is False),
        max_abs_error=errors[-1],
        mean_abs_error=math.fsum(errors) / len(errors),
        p99_abs_error=quantile(errors, 0.99),
        required_tolerance=errors[-1],
        yardstick=error / rounding if rounding else None,
        rounding=rounding,
        cosine=_least_cosine(judged),
        labelled=label(judged, pairs, labels),
        graded=grade(judged, pairs) if is_score else None,
        not_expected=not_expected(judged, pairs, labels),
        ranking=ranking,
    )


def _decisions(judged: Sequence[JudgedPair], ranking: Optional[Ranking]) -> Tuple[Decisions, str]:
    if _is_constant(judged):
        return Decisions.INVALID, "The traced model gives the same logits for every pair."
    flipped = tuple(pair.outcome.index for pair in judged if pair.agrees is False)
    if flipped:
        return Decisions.FLIPPED, f"{_pairs(flipped)}: decided differently."
    if ranking is not None and ranking.reordered:
        return Decisions.REORDERED, f"{_pairs(ranking.reordered)}: out of order, further than bfloat16 would put them."
    if ranking is not None and ranking.threshold_flips is None:
        return _degrees(judged, ranking)
    near = tuple(pair.outcome.index for pair in judged if not pair.is_safe)
    if near:
        return Decisions.CLOSE, f"{_pairs(near)}: the error reaches half the margin."
    if ranking is not None and ranking.exchanged:
        return Decisions.CLOSE, _EXCHANGED
    return Decisions.SAME, "Every decision agrees and no error reaches half its margin."


def _degrees(judged: Sequence[JudgedPair], ranking: Ranking) -> Tuple[Decisions, str]:
    """Of scores that no threshold divides, none of which is out of order."""
    near = tuple(pair.outcome.index for pair in judged if (pair.max_abs_error or 0.0) > ranking.blur)
    if near:
        return Decisions.CLOSE, f"{_pairs(near)}: the error is beyond four times the most that bfloat16 does."
    if ranking.exchanged:
        return Decisions.CLOSE, _EXCHANGED
    return Decisions.SAME, "Every score keeps its place; no threshold divides them, so nothing can flip."


def _is_constant(judged: Sequence[JudgedPair]) -> bool:
    """Whether the traced model says the same of all pairs where the CPU does not, by more than rounding blurs."""
    if len({pair.outcome.neuron for pair in judged}) > 1:
        return False
    columns = zip(*(pair.outcome.cpu for pair in judged))
    spread = max(max(column) - min(column) for column in columns)
    return bool(spread > 4 * largest_rounding(judged))


def _pairs(indices: Sequence[int]) -> str:
    named = ", ".join(str(index + 1) for index in indices[:5])
    more = f" and {len(indices) - 5} more" if len(indices) > 5 else ""
    return f"Pair{'s' if len(indices) > 1 else ''} {named}{more}"


def _least_cosine(judged: Sequence[JudgedPair]) -> Optional[float]:
    # Below three logits the angle between two answers says next to nothing.
    if len(judged[0].outcome.cpu) < 3:
        return None
    return min(cosine(pair.outcome.cpu, pair.outcome.neuron) for pair in judged)
