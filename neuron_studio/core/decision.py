"""One pair: what each side decides, by which margin, and how far the two sides are apart."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Iterable, List, Optional, Sequence, Tuple

from neuron_studio.core.known_models import Kind, kind_of
from neuron_studio.wire.events import ModelDescribed, PairOutcome

# Scores of one logit are decided at zero, which is where a sigmoid says one half.
SCORE_THRESHOLD = 0.0


@dataclass(frozen=True)
class JudgedPair:
    """One pair with both sides' decisions; margin and errors are in logits.

    margin is None where a score has no threshold; agrees is None where there are no two decisions to agree.
    """

    outcome: PairOutcome
    cpu_label: str
    neuron_label: Optional[str]
    margin: Optional[float]
    max_abs_error: Optional[float]
    agrees: Optional[bool]

    @property
    def is_finite(self) -> bool:
        """Whether every logit of both sides is a number."""
        return all(map(math.isfinite, self.outcome.cpu + self.outcome.neuron))

    @property
    def is_safe(self) -> bool:
        """Whether the error is too small to have changed the decision: below half the margin."""
        if self.max_abs_error is None or self.margin is None:
            return False
        return self.max_abs_error == 0 or self.max_abs_error < self.margin / 2

    @property
    def relative_error(self) -> Optional[float]:
        """The largest difference as a share of the CPU's largest logit; None where that is zero or nothing ran."""
        largest = max(map(abs, self.outcome.cpu))
        return self.max_abs_error / largest if self.max_abs_error is not None and largest else None

    @property
    def yardstick(self) -> Optional[float]:
        """R of this pair alone."""
        return yardstick((self.outcome,)) if self.outcome.neuron else None


def threshold_of(model: ModelDescribed) -> Optional[float]:
    """Where the score of a one-logit model is divided; None for a degree, such as STS-B's, which nothing divides."""
    return threshold_by(model.id, model.problem_type)


def threshold_by(model_id: str, problem_type: Optional[str]) -> Optional[float]:
    """The same by what alone decides it."""
    name = model_id.rstrip("/").rsplit("/", 1)[-1]
    return None if problem_type == "regression" or kind_of(name) is Kind.STS else SCORE_THRESHOLD


def decide(logits: Sequence[float], labels: Sequence[str], threshold: Optional[float] = SCORE_THRESHOLD) -> str:
    """The label of the largest logit; for a single logit, on which side of the threshold it lies."""
    if len(logits) > 1:
        return labels[max(range(len(logits)), key=logits.__getitem__)]
    if threshold is None:
        return "score"
    return f"score ≥ {threshold:g}" if logits[0] >= threshold else f"score < {threshold:g}"


def margin(logits: Sequence[float], threshold: Optional[float] = SCORE_THRESHOLD) -> Optional[float]:
    """How far the decision is from another one, in logits: best minus second best, or distance to the threshold."""
    if len(logits) == 1:
        return None if threshold is None else abs(logits[0] - threshold)
    best, second = sorted(logits, reverse=True)[:2]
    return best - second


def judge(
    outcome: PairOutcome, labels: Sequence[str], threshold: Optional[float] = SCORE_THRESHOLD
) -> JudgedPair:  # fmt: skip
    """Both sides' decisions on one pair; the CPU's margin is the one that counts."""
    cpu_label, cpu_margin = decide(outcome.cpu, labels, threshold), margin(outcome.cpu, threshold)
    if not outcome.neuron:
        return JudgedPair(outcome, cpu_label, None, cpu_margin, None, None)
    if not all(map(math.isfinite, outcome.cpu + outcome.neuron)):
        return JudgedPair(outcome, cpu_label, None, cpu_margin, math.nan, False)
    neuron_label = decide(outcome.neuron, labels, threshold)
    error = max(abs(a - b) for a, b in zip(outcome.cpu, outcome.neuron))
    agrees = None if cpu_margin is None else cpu_label == neuron_label
    return JudgedPair(outcome, cpu_label, neuron_label, cpu_margin, error, agrees)


def distances(outcomes: Iterable[PairOutcome]) -> Tuple[float, Optional[float]]:
    """|neuron - fp32| and |bf16 - fp32| over all logits (Euclidean norms); None where bfloat16 was not measured."""
    error, unit, measured = 0.0, 0.0, True
    for outcome in outcomes:
        measured = measured and len(outcome.cpu_bf16) == len(outcome.cpu)
        error += math.fsum((a - b) ** 2 for a, b in zip(outcome.neuron, outcome.cpu))
        unit += math.fsum((a - b) ** 2 for a, b in zip(outcome.cpu_bf16, outcome.cpu))
    return math.sqrt(error), math.sqrt(unit) if measured and math.isfinite(unit) else None


def yardstick(outcomes: Iterable[PairOutcome]) -> Optional[float]:
    """R = |neuron - fp32| / |bf16 - fp32|; None where bfloat16 was not measured or changed nothing at all."""
    error, unit = distances(outcomes)
    return error / unit if unit else None


def label_named(expected: Optional[str], labels: Sequence[str]) -> Optional[str]:
    """The model's label that a person's word means: its name in any case, or its number; None where none fits."""
    if expected is None:
        return None
    names: List[str] = [label.casefold() for label in labels]
    if expected.strip().casefold() in names:
        return labels[names.index(expected.strip().casefold())]
    if expected.strip().isascii() and expected.strip().isdigit() and int(expected) < len(labels):
        return labels[int(expected)]
    return None


def softmax(logits: Sequence[float]) -> Tuple[float, ...]:
    """Probabilities of two or more logits; a single logit gives its sigmoid."""
    if len(logits) == 1:
        return (1 / (1 + math.exp(-logits[0])) if logits[0] >= 0 else math.exp(logits[0]) / (1 + math.exp(logits[0])),)
    powers = [math.exp(logit - max(logits)) for logit in logits]
    return tuple(power / math.fsum(powers) for power in powers)
