"""The verdict from logits: decisions, margins, errors and the yardstick that says whether they are normal."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import Iterable, List, Optional, Sequence, Tuple

from neuron_studio.wire.events import PairOutcome
from neuron_studio.wire.spec import SentencePair

# Scores of one logit are decided at zero, which is where a sigmoid says one half.
SCORE_THRESHOLD = 0.0


class Decisions(str, Enum):
    """What the run's pairs say together."""

    SAME = "same"
    CLOSE = "close"
    FLIPPED = "flipped"
    INVALID = "invalid"
    DEFECTIVE = "defective"
    UNPROVEN = "unproven"
    NOT_RUN = "not_run"


@dataclass(frozen=True)
class JudgedPair:
    """One pair with both sides' decisions; margin and errors are in logits."""

    outcome: PairOutcome
    cpu_label: str
    neuron_label: Optional[str]
    margin: float
    max_abs_error: Optional[float]
    agrees: Optional[bool]

    @property
    def is_finite(self) -> bool:
        """Whether every logit of both sides is a number."""
        return all(map(math.isfinite, self.outcome.cpu + self.outcome.neuron))

    @property
    def is_safe(self) -> bool:
        """Whether the error is too small to have changed the decision: below half the margin."""
        return self.max_abs_error is not None and (self.max_abs_error == 0 or self.max_abs_error < self.margin / 2)


@dataclass(frozen=True)
class Accuracy:
    """The share of labelled pairs that each side decides as expected."""

    cpu: float
    neuron: float
    labelled: int


@dataclass(frozen=True)
class Comparison:
    """The run's verdict; None wherever a number was not computed.

    required_tolerance is the smallest absolute tolerance (relative zero) under which all logits would
    pass; it informs and does not decide. yardstick is |neuron - fp32| / |bf16 - fp32| over all logits
    (Euclidean norms): about 1 is what rounding does, 10 is a defect.
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
    cosine: Optional[float] = None
    accuracy: Optional[Accuracy] = None

    @property
    def passed(self) -> bool:
        """Whether every decision stood."""
        return self.decisions in (Decisions.SAME, Decisions.CLOSE)


def decide(logits: Sequence[float], labels: Sequence[str]) -> str:
    """The label of the largest logit; for a single logit, on which side of the threshold it lies."""
    if len(logits) == 1:
        return f"score ≥ {SCORE_THRESHOLD:g}" if logits[0] >= SCORE_THRESHOLD else f"score < {SCORE_THRESHOLD:g}"
    return labels[max(range(len(logits)), key=logits.__getitem__)]


def margin(logits: Sequence[float]) -> float:
    """How far the decision is from another one, in logits: best minus second best, or distance to the threshold."""
    if len(logits) == 1:
        return abs(logits[0] - SCORE_THRESHOLD)
    best, second = sorted(logits, reverse=True)[:2]
    return best - second


def judge(outcome: PairOutcome, labels: Sequence[str]) -> JudgedPair:
    """Both sides' decisions on one pair; the CPU's margin is the one that counts."""
    cpu_label = decide(outcome.cpu, labels)
    if not outcome.neuron:
        return JudgedPair(outcome, cpu_label, None, margin(outcome.cpu), None, None)
    finite = all(map(math.isfinite, outcome.cpu + outcome.neuron))
    neuron_label = decide(outcome.neuron, labels) if finite else None
    error = max(abs(a - b) for a, b in zip(outcome.cpu, outcome.neuron)) if finite else math.nan
    return JudgedPair(
        outcome, cpu_label, neuron_label, margin(outcome.cpu), error, finite and cpu_label == neuron_label
    )


def compare(
    judged: Sequence[JudgedPair], pairs: Sequence[SentencePair], labels: Sequence[str], lacking: Sequence[str] = (),
    defects: Sequence[str] = (),
) -> Comparison:  # fmt: skip
    """The verdict over all judged pairs of a run.

    lacking names what is missing of the proof that a device ran it; defects are what the traced module does
    and the model does not, whatever the pairs at hand decide.
    """
    if not judged or any(not pair.outcome.neuron for pair in judged):
        return Comparison(Decisions.NOT_RUN, "The traced model was not run, so nothing was compared.", len(judged))
    invalid = tuple(pair.outcome.index for pair in judged if not pair.is_finite)
    if invalid:
        return Comparison(
            Decisions.INVALID,
            " ".join((f"{_pairs(invalid)}: NaN or infinity.", *defects)),
            len(judged),
            invalid=invalid,
        )
    decisions, reason, flipped = _decisions(judged)
    if defects and decisions in (Decisions.FLIPPED, Decisions.INVALID):
        reason = " ".join((reason, *defects))
    if defects and decisions in (Decisions.SAME, Decisions.CLOSE):
        decisions, reason = Decisions.DEFECTIVE, f"{reason} But the traced module is defective: {' '.join(defects)}"
    if lacking and decisions in (Decisions.SAME, Decisions.CLOSE):
        decisions, reason = Decisions.UNPROVEN, f"{reason} But nothing proves that Neuron did it: {'; '.join(lacking)}."
    errors = sorted(abs(a - b) for pair in judged for a, b in zip(pair.outcome.cpu, pair.outcome.neuron))
    return Comparison(
        decisions,
        reason,
        len(judged),
        flipped=flipped,
        max_abs_error=errors[-1],
        mean_abs_error=math.fsum(errors) / len(errors),
        p99_abs_error=quantile(errors, 0.99),
        required_tolerance=errors[-1],
        yardstick=yardstick(pair.outcome for pair in judged),
        cosine=_least_cosine(judged),
        accuracy=_accuracy(judged, pairs, labels),
    )


def _decisions(judged: Sequence[JudgedPair]) -> Tuple[Decisions, str, Tuple[int, ...]]:
    flipped = tuple(pair.outcome.index for pair in judged if not pair.agrees)
    if _is_constant(judged):
        return Decisions.INVALID, "The traced model gives the same logits for every pair.", flipped
    if flipped:
        return Decisions.FLIPPED, f"{_pairs(flipped)}: decided differently.", flipped
    near = tuple(pair.outcome.index for pair in judged if not pair.is_safe)
    if near:
        return Decisions.CLOSE, f"{_pairs(near)}: the error reaches half the margin.", ()
    return Decisions.SAME, "Every decision agrees and no error reaches half its margin.", ()


def _is_constant(judged: Sequence[JudgedPair]) -> bool:
    """Whether the traced model says the same of all pairs where the CPU does not, by more than rounding blurs."""
    if len({pair.outcome.neuron for pair in judged}) > 1:
        return False
    columns = zip(*(pair.outcome.cpu for pair in judged))
    spread = max(max(column) - min(column) for column in columns)
    rounding = (abs(a - b) for pair in judged for a, b in zip(pair.outcome.cpu, pair.outcome.cpu_bf16))
    return bool(spread > 4 * max((error for error in rounding if math.isfinite(error)), default=0.0))


def _pairs(indices: Sequence[int]) -> str:
    named = ", ".join(str(index + 1) for index in indices[:5])
    more = f" and {len(indices) - 5} more" if len(indices) > 5 else ""
    return f"Pair{'s' if len(indices) > 1 else ''} {named}{more}"


def yardstick(outcomes: Iterable[PairOutcome]) -> Optional[float]:
    """|neuron - fp32| / |bf16 - fp32|; None where bfloat16 was not measured or changed nothing at all."""
    error, unit, measured = 0.0, 0.0, True
    for outcome in outcomes:
        measured = measured and len(outcome.cpu_bf16) == len(outcome.cpu)
        error += math.fsum((a - b) ** 2 for a, b in zip(outcome.neuron, outcome.cpu))
        unit += math.fsum((a - b) ** 2 for a, b in zip(outcome.cpu_bf16, outcome.cpu))
    if not measured or not math.isfinite(unit) or unit == 0:
        return None
    return math.sqrt(error / unit)


def quantile(ordered: Sequence[float], share: float) -> float:
    """The value below which this share of the sorted values lies, interpolated linearly between neighbours."""
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def _least_cosine(judged: Sequence[JudgedPair]) -> Optional[float]:
    # Below three logits the angle between two answers says next to nothing.
    if len(judged[0].outcome.cpu) < 3:
        return None
    return min(_cosine(pair.outcome.cpu, pair.outcome.neuron) for pair in judged)


def _cosine(a: Sequence[float], b: Sequence[float]) -> float:
    product = math.fsum(x * y for x, y in zip(a, b))
    norms = math.sqrt(math.fsum(x * x for x in a) * math.fsum(y * y for y in b))
    return product / norms if norms else float(tuple(a) == tuple(b))


def _accuracy(judged: Sequence[JudgedPair], pairs: Sequence[SentencePair], labels: Sequence[str]) -> Optional[Accuracy]:
    expected = [(pair, label_named(pairs[pair.outcome.index].expected, labels)) for pair in judged]
    labelled = [(pair, label) for pair, label in expected if label is not None]
    if not labelled or len(labels) < 2:
        return None
    hits_cpu = sum(pair.cpu_label == label for pair, label in labelled)
    hits_neuron = sum(pair.neuron_label == label for pair, label in labelled)
    return Accuracy(hits_cpu / len(labelled), hits_neuron / len(labelled), len(labelled))


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
