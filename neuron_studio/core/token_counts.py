"""The lengths of a whole set of pairs in tokens: how much fits, is padding or is cut, and which length suits them."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Dict, Iterable, Iterator, Optional, Tuple

from neuron_studio.core.shapes import PairTokens, length_for, lost_tokens, query_findings
from neuron_studio.wire.findings import Finding

# The lengths that most models are traced with.
COMMON_LENGTHS = (64, 128, 256, 512)

# Where holding the last of them at least doubles the length, a hundredth of the pairs is not worth it.
_ENOUGH = 0.99
_FEWEST_FOR_A_SHARE = 100

_BINS = 24


@dataclass(frozen=True)
class Cut:
    """What a sequence length takes away: pairs that are cut, those whose first or second sentence is, and tokens."""

    pairs: int
    firsts: int
    seconds: int
    tokens: int


@dataclass(frozen=True)
class Bin:
    """How many pairs have from least to most tokens, both included."""

    least: int
    most: int
    pairs: int


@dataclass(frozen=True)
class Suggestion:
    """A sequence length, and why this one."""

    length: int
    reason: str


@dataclass(frozen=True)
class TokenCounts:
    """How many pairs there are of each length, the shortest first; never empty."""

    tally: Tuple[Tuple[PairTokens, int], ...]

    @property
    def pairs(self) -> int:
        """How many pairs were counted."""
        return sum(count for _, count in self.tally)

    @property
    def shortest(self) -> int:
        """The tokens of the shortest pair."""
        return self.tally[0][0].whole

    @property
    def longest(self) -> int:
        """The tokens of the longest pair."""
        return self.tally[-1][0].whole

    def share_within(self, length: int) -> float:
        """The share of pairs that have at most so many tokens."""
        return sum(count for pair, count in self.tally if pair.whole <= length) / self.pairs

    def padding(self, length: int) -> float:
        """The share of all places that hold padding where pairs are traced at this length."""
        held = sum(min(pair.whole, length) * count for pair, count in self.tally)
        return 1 - held / (length * self.pairs)

    def cut(self, length: int, truncation: str) -> Cut:
        """What this length and this truncation take away."""
        lost = [(lost_tokens(pair, length, truncation), count) for pair, count in self.tally if pair.whole > length]
        return Cut(
            pairs=sum(count for _, count in lost),
            firsts=sum(count for (first, _), count in lost if first > 0),
            seconds=sum(count for (_, second), count in lost if second > 0),
            tokens=sum((first + second) * count for (first, second), count in lost),
        )

    def length_of_share(self, share: float) -> int:
        """The least length in tokens that holds this share of the pairs uncut."""
        wanted, held = ceil(share * self.pairs), 0
        for pair, count in self.tally:
            held += count
            if held >= wanted:
                return pair.whole
        return self.longest

    def bins(self, length: int) -> Tuple[Bin, ...]:
        """The histogram from 0 to the longest pair or this length, whichever is more; equal, whole steps."""
        step = max(1, ceil(max(self.longest, length) / _BINS))
        counts = [0] * ceil(max(self.longest, length) / step)
        for pair, count in self.tally:
            counts[max(0, pair.whole - 1) // step] += count
        return tuple(Bin(place * step + 1, (place + 1) * step, count) for place, count in enumerate(counts))


def counts_of(pairs: Iterable[PairTokens]) -> Optional[TokenCounts]:
    """The counts of these pairs; None where there is no pair."""
    tally: Dict[PairTokens, int] = {}
    for pair in pairs:
        tally[pair] = tally.get(pair, 0) + 1
    ordered = sorted(tally.items(), key=lambda entry: (entry[0].whole, entry[0].first))
    return TokenCounts(tuple(ordered)) if ordered else None


def suggested(counts: TokenCounts, usable: Optional[int]) -> Suggestion:
    """The sequence length that suits these pairs, never beyond what the model can use (None: no limit)."""
    most = counts.length_of_share(_ENOUGH) if counts.pairs >= _FEWEST_FOR_A_SHARE else counts.longest
    whole, enough = length_for(counts.longest), length_for(most)
    if usable is not None and enough > usable:
        return Suggestion(usable, f"the model reads no more than {usable}; the longest pair has {counts.longest}")
    if whole >= 2 * enough:
        return Suggestion(enough, f"it holds 99 % of the pairs; for the longest, {counts.longest} tokens, "
                          f"every pair would take {whole}")  # fmt: skip
    length = whole if usable is None else min(whole, usable)
    return Suggestion(length, f"the least usual length for the longest pair, {counts.longest} tokens")


def cut_findings(counts: TokenCounts, length: int, truncation: str, labels: int) -> Iterator[Finding]:
    """What is to be said about the sentence that is cut."""
    yield from query_findings(counts.cut(length, truncation).firsts, truncation, labels)
