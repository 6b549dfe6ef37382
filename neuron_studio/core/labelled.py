"""Both sides against what people expect: labels by accuracy and F1, degrees by correlation."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Dict, List, Optional, Sequence, Tuple

from neuron_studio.core.decision import JudgedPair, label_named
from neuron_studio.core.statistics import (
    Counts,
    Interval,
    confusion,
    f1,
    macro_f1,
    mcnemar,
    pearson,
    spearman,
    wilson,
)
from neuron_studio.wire.spec import SentencePair

Indices = Tuple[int, ...]


@dataclass(frozen=True)
class Side:
    """One side's decisions on the labelled pairs.

    interval is accuracy's 95 % Wilson interval; f1 takes the last label for the positive one and is None with more
    than two labels; macro_f1 is the mean over the labels; confusion has the expected labels in rows.
    """

    correct: int
    accuracy: float
    interval: Optional[Interval]
    f1: Optional[float]
    macro_f1: Optional[float]
    confusion: Counts


@dataclass(frozen=True)
class Labelled:
    """Both sides on the pairs with a label: by who is right, with the pairs' indices, and McNemar's exact p."""

    count: int
    cpu: Side
    neuron: Side
    both_right: Indices
    only_cpu_right: Indices
    only_neuron_right: Indices
    both_wrong: Indices
    mcnemar_p: Optional[float]

    @property
    def drop(self) -> float:
        """How much accuracy the Neuron side loses, in percentage points; negative where it gains."""
        return 100 * (self.cpu.correct - self.neuron.correct) / self.count


@dataclass(frozen=True)
class Correlation:
    """How well one side's scores follow the expected ones; None where a side does not vary."""

    pearson: Optional[float]
    spearman: Optional[float]


@dataclass(frozen=True)
class Graded:
    """Both sides' scores against the numbers that people expect, over so many pairs."""

    count: int
    cpu: Correlation
    neuron: Correlation


@dataclass(frozen=True)
class NotExpected:
    """A word in the column of expected labels that is none of the model's, and the pairs that have it."""

    word: str
    pairs: Indices


def label(judged: Sequence[JudgedPair], pairs: Sequence[SentencePair], labels: Sequence[str]) -> Optional[Labelled]:
    """Both sides against the expected labels; None where no pair has one or the model gives a score."""
    meant = {word: label_named(word, labels) for word in {pairs[pair.outcome.index].expected for pair in judged}}
    found = [(pair, meant[pairs[pair.outcome.index].expected]) for pair in judged]
    known = [(pair, wanted) for pair, wanted in found if wanted is not None]
    if not known or len(labels) < 2:
        return None
    right: Dict[Tuple[bool, bool], List[int]] = {}
    for pair, wanted in known:
        right.setdefault((pair.cpu_label == wanted, pair.neuron_label == wanted), []).append(pair.outcome.index)
    wanted_labels = [wanted for _, wanted in known]
    by = {key: tuple(right.get(key, ())) for key in ((True, True), (True, False), (False, True), (False, False))}
    return Labelled(
        count=len(known),
        cpu=_side(wanted_labels, [pair.cpu_label for pair, _ in known], labels),
        neuron=_side(wanted_labels, [str(pair.neuron_label) for pair, _ in known], labels),
        both_right=by[True, True],
        only_cpu_right=by[True, False],
        only_neuron_right=by[False, True],
        both_wrong=by[False, False],
        mcnemar_p=mcnemar(len(by[True, False]), len(by[False, True])),
    )


def _side(wanted: Sequence[str], decided: Sequence[str], labels: Sequence[str]) -> Side:
    correct = sum(a == b for a, b in zip(wanted, decided))
    counts = confusion(wanted, decided, labels)
    positive = f1(counts, 1) if len(labels) == 2 else None
    return Side(correct, correct / len(wanted), wilson(correct, len(wanted)), positive, macro_f1(counts), counts)


def grade(judged: Sequence[JudgedPair], pairs: Sequence[SentencePair]) -> Optional[Graded]:
    """Both sides' scores against the expected numbers; None where no pair has one."""
    found = [(pair.outcome, number_named(pairs[pair.outcome.index].expected)) for pair in judged]
    known = [(outcome, wanted) for outcome, wanted in found if wanted is not None]
    if not known:
        return None
    wanted = [number for _, number in known]
    cpu, neuron = [outcome.cpu[0] for outcome, _ in known], [outcome.neuron[0] for outcome, _ in known]
    return Graded(
        len(known),
        Correlation(pearson(wanted, cpu), spearman(wanted, cpu)),
        Correlation(pearson(wanted, neuron), spearman(wanted, neuron)),
    )


def number_named(expected: Optional[str]) -> Optional[float]:
    """The number that a person's word is; None where it is none, or no finite one."""
    try:
        number = float(expected or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def not_expected(
    judged: Sequence[JudgedPair], pairs: Sequence[SentencePair], labels: Sequence[str]
) -> Tuple[NotExpected, ...]:
    """The words that stand where a label or, with one logit, a number should, in the order they come."""
    found: Dict[str, List[int]] = {}
    for pair in judged:
        word = pairs[pair.outcome.index].expected
        if word is not None:
            found.setdefault(word, []).append(pair.outcome.index)
    fits = number_named if len(labels) < 2 else (lambda word: label_named(word, labels))
    return tuple(NotExpected(word, tuple(indices)) for word, indices in found.items() if fits(word) is None)
