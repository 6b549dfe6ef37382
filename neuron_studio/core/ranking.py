"""One-logit models: whether both sides put the pairs into the same order, and each query's best on top."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Dict, Iterable, List, Optional, Sequence, Set, Tuple

from neuron_studio.core.decision import JudgedPair
from neuron_studio.core.statistics import exchanges, kendall, spearman
from neuron_studio.wire.spec import SentencePair


@dataclass(frozen=True)
class ChangedTop:
    """A query, which is a first sentence that several pairs share, with the pair that each side puts on top."""

    query: str
    cpu: int
    neuron: int


@dataclass(frozen=True)
class Ranking:
    """Both sides' scores by their order.

    threshold_flips are the pairs on different sides of the threshold, None where there is none. exchanged counts
    the twos of pairs whose order is reversed; reordered names the pairs that changed places with one further away on
    the CPU than blur, which is four times the largest difference that bfloat16 makes to a score of this run.
    """

    threshold_flips: Optional[Tuple[int, ...]]
    spearman: Optional[float]
    kendall: Optional[float]
    exchanged: int
    blur: float
    reordered: Tuple[int, ...]
    queries: int
    changed_tops: Tuple[ChangedTop, ...]


def rank(judged: Sequence[JudgedPair], pairs: Sequence[SentencePair]) -> Ranking:
    """The order of finite scores, one a pair."""
    cpu, neuron = [pair.outcome.cpu[0] for pair in judged], [pair.outcome.neuron[0] for pair in judged]
    blur = 4 * largest_rounding(judged)
    flips = tuple(pair.outcome.index for pair in judged if pair.agrees is False)
    queries = _queries(judged, pairs)
    return Ranking(
        threshold_flips=None if any(pair.margin is None for pair in judged) else flips,
        spearman=spearman(cpu, neuron),
        kendall=kendall(cpu, neuron),
        exchanged=exchanges([b for _, b in sorted(zip(cpu, neuron))]),
        blur=blur,
        reordered=tuple(judged[row].outcome.index for row in sorted(_passed(cpu, neuron, blur))),
        queries=len(queries),
        changed_tops=tuple(_changed_tops(queries)),
    )


def largest_rounding(judged: Iterable[JudgedPair]) -> float:
    """The largest difference that bfloat16 makes to a logit on the CPU; 0 where it was not measured."""
    errors = (abs(a - b) for pair in judged for a, b in zip(pair.outcome.cpu, pair.outcome.cpu_bf16))
    return max((error for error in errors if math.isfinite(error)), default=0.0)


def _passed(cpu: Sequence[float], neuron: Sequence[float], blur: float) -> Set[int]:
    """The rows that one more than blur below them on the CPU overtakes, and those that overtake so."""
    upwards = sorted(range(len(cpu)), key=cpu.__getitem__)
    found = _overtaken(upwards, cpu, neuron, blur)
    return found | _overtaken(upwards[::-1], [-score for score in cpu], [-score for score in neuron], blur)


def _overtaken(order: Sequence[int], cpu: Sequence[float], neuron: Sequence[float], blur: float) -> Set[int]:
    found, behind, highest = set(), 0, -math.inf
    for row in order:
        while cpu[order[behind]] < cpu[row] - blur:
            highest = max(highest, neuron[order[behind]])
            behind += 1
        if highest > neuron[row]:
            found.add(row)
    return found


def _queries(judged: Sequence[JudgedPair], pairs: Sequence[SentencePair]) -> Dict[str, List[JudgedPair]]:
    grouped: Dict[str, List[JudgedPair]] = {}
    for pair in judged:
        grouped.setdefault(pairs[pair.outcome.index].first, []).append(pair)
    return {query: rows for query, rows in grouped.items() if len(rows) > 1}


def _changed_tops(queries: Dict[str, List[JudgedPair]]) -> Iterable[ChangedTop]:
    for query, rows in queries.items():
        top = max(rows, key=lambda pair: pair.outcome.cpu[0])
        traced = max(rows, key=lambda pair: pair.outcome.neuron[0])
        # A row that shares the first place has not lost it.
        if top.outcome.neuron[0] < traced.outcome.neuron[0]:
            yield ChangedTop(query, top.outcome.index, traced.outcome.index)
