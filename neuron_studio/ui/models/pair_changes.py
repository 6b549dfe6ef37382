"""Changes to a list of sentence pairs as values: each knows what stood there before, so it can be taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from neuron_studio.wire.spec import SentencePair

Pairs = tuple[SentencePair, ...]

# So many steps can be taken back; a step keeps no more than the rows between its first and its last.
MOST_STEPS = 200


@dataclass(frozen=True)
class Change:
    """From the row `first` on, old pairs gave way to new ones; the trace example's row before and after."""

    name: str
    first: int
    old: Pairs
    new: Pairs
    trace_before: int
    trace_after: int

    @property
    def reverse(self) -> Change:
        """The change that takes this one back."""
        return Change(self.name, self.first, self.new, self.old, self.trace_after, self.trace_before)


@dataclass(frozen=True)
class PairList:
    """Sentence pairs in order, and the row of the one to trace with; its methods say what a wish comes to."""

    pairs: Pairs = ()
    trace: int = 0

    def after(self, change: Change) -> PairList:
        """The list once a change has been made."""
        end = change.first + len(change.old)
        pairs = (*self.pairs[: change.first], *change.new, *self.pairs[end:])
        return PairList(pairs, max(0, min(change.trace_after, len(pairs) - 1)))

    def replacing_all(self, pairs: Sequence[SentencePair], name: str) -> Change:
        """Other pairs instead of all of these; the first one is the trace example."""
        return Change(name, 0, self.pairs, tuple(pairs), self.trace, 0)

    def inserting(self, row: int, pairs: Sequence[SentencePair], name: str) -> Change:
        """Pairs before a row; the trace example stays the same pair."""
        pushed = len(pairs) if row <= self.trace and self.pairs else 0
        return Change(name, row, (), tuple(pairs), self.trace, self.trace + pushed)

    def removing(self, rows: Iterable[int], name: str) -> Change:
        """No more of these rows; a trace example among them leaves its part to the next pair that stays."""
        gone = set(rows)
        first, old = self._between(gone)
        new = tuple(pair for row, pair in enumerate(old, first) if row not in gone)
        return Change(name, first, old, new, self.trace, self.trace - sum(row < self.trace for row in gone))

    def moving(self, rows: Iterable[int], to: int, name: str) -> Change:
        """These rows, in their order, before the row `to`; the trace example goes with its pair."""
        moved = sorted(set(rows))
        first, end = min(moved[0], to), max(moved[-1] + 1, to)
        gone = set(moved)
        above = [row for row in range(first, to) if row not in gone]
        below = [row for row in range(to, end) if row not in gone]
        order = above + moved + below
        trace = first + order.index(self.trace) if first <= self.trace < end else self.trace
        new = tuple(self.pairs[row] for row in order)
        return Change(name, first, self.pairs[first:end], new, self.trace, trace)

    def putting(self, pairs: Mapping[int, SentencePair], name: str) -> Change:
        """Other pairs at these rows; rows past the end are added."""
        first, old = self._between(pairs)
        kept = dict(enumerate(old, first))
        new = tuple(pairs.get(row) or kept[row] for row in range(first, max(pairs) + 1))
        return Change(name, first, old, new, self.trace, self.trace)

    def tracing(self, row: int, name: str) -> Change:
        """Another trace example."""
        return Change(name, row, (), (), self.trace, row)

    def _between(self, rows: Iterable[int]) -> tuple[int, Pairs]:
        first = min(rows)
        return first, self.pairs[first : max(rows) + 1]


class Steps:
    """What was done and what was taken back, the latest last."""

    def __init__(self) -> None:
        self._done: list[Change] = []
        self._undone: list[Change] = []

    def add(self, change: Change) -> None:
        """Remember a step; what had been taken back before it cannot be done again."""
        self._done = [*self._done[1 - MOST_STEPS :], change]
        self._undone = []

    def back(self) -> Change:
        """Take the latest step back."""
        change = self._done.pop()
        self._undone.append(change)
        return change.reverse

    def forth(self) -> Change:
        """Do again what was last taken back."""
        change = self._undone.pop()
        self._done.append(change)
        return change

    @property
    def undo_name(self) -> str:
        """What would be taken back; empty where there is nothing."""
        return self._done[-1].name if self._done else ""

    @property
    def redo_name(self) -> str:
        """What would be done again; empty where there is nothing."""
        return self._undone[-1].name if self._undone else ""
