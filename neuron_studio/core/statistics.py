"""The formulas of the comparison, each with its source; None wherever a number would be made up."""

from __future__ import annotations

import math
from typing import List, Optional, Sequence, Tuple

Interval = Tuple[float, float]
Counts = Tuple[Tuple[int, ...], ...]

# The 97.5 % point of the standard normal distribution: intervals hold 95 %.
_Z = 1.959963984540054


def quantile(ordered: Sequence[float], share: float) -> float:
    """The value below which this share of the sorted values lies, interpolated linearly between neighbours.

    Definition 7 of Hyndman and Fan, "Sample quantiles in statistical packages", 1996; numpy's default.
    """
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def cosine(a: Sequence[float], b: Sequence[float]) -> float:
    """a·b / (|a| |b|), the cosine of the angle between them; of two zero vectors 1, of one and another 0."""
    product = math.fsum(x * y for x, y in zip(a, b))
    norms = math.sqrt(math.fsum(x * x for x in a) * math.fsum(y * y for y in b))
    return product / norms if norms else float(tuple(a) == tuple(b))


def wilson(successes: int, count: int) -> Optional[Interval]:
    """The 95 % score interval of a share; None of nothing.

    (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n) with z = 1.96: E. B. Wilson, "Probable inference, the law of
    succession, and statistical inference", 1927. Without a correction for continuity.
    """
    if count == 0:
        return None
    share, square = successes / count, _Z * _Z / count
    half = _Z * math.sqrt(share * (1 - share) / count + square / (4 * count))
    low, high = ((share + square / 2 + sign * half) / (1 + square) for sign in (-1, 1))
    # At the ends the formula gives 0 and 1 themselves, which rounding must not miss.
    return (0.0 if successes == 0 else low), (1.0 if successes == count else high)


def mcnemar(only_first: int, only_second: int) -> Optional[float]:
    """The exact p that two sides which are equally good disagree at least as unevenly; None where they never do.

    Of n pairs that one side alone gets right, the smaller count is Binomial(n, 1/2) if both are equally good:
    p = min(1, 2 Σ_{k ≤ smaller} C(n, k) / 2ⁿ). Q. McNemar, "Note on the sampling error of the difference between
    correlated proportions or percentages", 1947, in its exact form.
    """
    count = only_first + only_second
    if count == 0:
        return None
    ways, term = 0, 1
    for chosen in range(min(only_first, only_second) + 1):
        ways += term
        term = term * (count - chosen) // (chosen + 1)
    return min(1.0, 2 * ways / (1 << count))


def confusion(expected: Sequence[str], decided: Sequence[str], labels: Sequence[str]) -> Counts:
    """How often each label was expected (rows) and decided (columns), both in the order of the labels."""
    places = {label: place for place, label in enumerate(labels)}
    counts = [[0] * len(labels) for _ in labels]
    for wanted, given in zip(expected, decided):
        counts[places[wanted]][places[given]] += 1
    return tuple(map(tuple, counts))


def f1(counts: Counts, positive: int) -> Optional[float]:
    """2 TP / (2 TP + FP + FN) of one label; None where it was neither expected nor decided.

    The harmonic mean of precision and recall: C. J. van Rijsbergen, "Information Retrieval", 1979.
    """
    hits = counts[positive][positive]
    named = sum(counts[positive]) + sum(row[positive] for row in counts)
    return 2 * hits / named if named else None


def macro_f1(counts: Counts) -> Optional[float]:
    """The mean F1 of the labels that were expected or decided, each weighing the same; scikit-learn's "macro"."""
    found = [score for score in (f1(counts, label) for label in range(len(counts))) if score is not None]
    return math.fsum(found) / len(found) if found else None


def pearson(a: Sequence[float], b: Sequence[float]) -> Optional[float]:
    """Σ(x−x̄)(y−ȳ) / √(Σ(x−x̄)² Σ(y−ȳ)²), K. Pearson 1895; None below two values or where a side does not vary."""
    # Of equal values the mean may be off by a rounding, and a spread of roundings is none.
    if len(set(a)) < 2 or len(set(b)) < 2:
        return None
    mean_a, mean_b = math.fsum(a) / len(a), math.fsum(b) / len(b)
    from_a, from_b = [x - mean_a for x in a], [y - mean_b for y in b]
    spread = math.sqrt(math.fsum(x * x for x in from_a)) * math.sqrt(math.fsum(y * y for y in from_b))
    if spread == 0:
        return None
    return max(-1.0, min(1.0, math.fsum(x * y for x, y in zip(from_a, from_b)) / spread))


def ranks(values: Sequence[float]) -> Tuple[float, ...]:
    """The place of each value from the smallest, from 1; equal values share the middle of their places."""
    order = sorted(range(len(values)), key=values.__getitem__)
    found = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and values[order[end]] == values[order[start]]:
            end += 1
        for place in order[start:end]:
            found[place] = (start + 1 + end) / 2
        start = end
    return tuple(found)


def spearman(a: Sequence[float], b: Sequence[float]) -> Optional[float]:
    """Pearson's correlation of both sides' mid-ranks: C. Spearman, "The proof and measurement of association", 1904."""
    return pearson(ranks(a), ranks(b))


def kendall(a: Sequence[float], b: Sequence[float]) -> Optional[float]:
    """Kendall's tau-b, in n log n steps; None below two values or where a side does not vary.

    (concordant − discordant) / √((n₀ − ties in a)(n₀ − ties in b)) over all n₀ = n(n−1)/2 pairs of rows:
    M. G. Kendall, "The treatment of ties in ranking problems", 1945. Discordant pairs are the exchanges of a merge
    sort: W. R. Knight, "A computer method for calculating Kendall's tau with ungrouped data", 1966.
    """
    both = sorted(zip(a, b))
    pairs = len(both) * (len(both) - 1) // 2
    tied_a, tied_b = _ties([x for x, _ in both]), _ties(sorted(b))
    if pairs in (tied_a, tied_b):
        return None
    discordant = exchanges([y for _, y in both])
    surplus = pairs - tied_a - tied_b + _ties(both) - 2 * discordant
    return max(-1.0, min(1.0, surplus / math.sqrt(pairs - tied_a) / math.sqrt(pairs - tied_b)))


def _ties(ordered: Sequence[object]) -> int:
    """How many pairs of a sorted row are equal."""
    tied, run = 0, 0
    for before, value in zip(ordered, ordered[1:]):
        run = run + 1 if value == before else 0
        tied += run
    return tied


def exchanges(values: List[float]) -> int:
    """How many pairs of a row stand in descending order, counted by merging ever longer sorted parts."""
    count, width = 0, 1
    while width < len(values):
        merged: List[float] = []
        for start in range(0, len(values), 2 * width):
            left, right = values[start : start + width], values[start + width : start + 2 * width]
            taken = 0
            for value in right:
                while taken < len(left) and left[taken] <= value:
                    merged.append(left[taken])
                    taken += 1
                count += len(left) - taken
                merged.append(value)
            merged += left[taken:]
        values, width = merged, 2 * width
    return count
