"""Counts the tokens of the pairs that are asked for, behind the user's typing; what was counted is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

from PySide6.QtCore import QObject, Signal

from neuron_studio.core.model_facts import ModelFacts
from neuron_studio.core.shapes import PairTokens
from neuron_studio.core.token_counts import TokenCounts, counts_of
from neuron_studio.core.token_words import NO_TOKENIZER_FILE
from neuron_studio.runs.tokens import Sentences, TokenCounter, counter_for
from neuron_studio.ui.background import begin, in_thread
from neuron_studio.wire.errors import StudioError
from neuron_studio.wire.spec import SentencePair

_TYPING_PAUSE_S = 0.3
_CHUNK = 2_000

# What is kept beyond the present pairs, for those that come back.
_MOST_SPARE = 20_000


@dataclass(frozen=True)
class Counted:
    """What is known by now: tokens by pair, the whole set once all of it is counted, and until then why not.

    is_under_way tells a count that is still to end from one that cannot be.
    """

    by_pair: Mapping[Sentences, PairTokens] = field(default_factory=dict)
    whole: TokenCounts | None = None
    note: str = ""
    is_under_way: bool = False


class TokenCounting(QObject):
    """At most one count under way; other pairs or another model end it.

    Signals:
        counted: a Counted, after every part of a large set and at its end.
    """

    counted = Signal(object)

    def __init__(
        self,
        counter_for: Callable[[ModelFacts], TokenCounter | None] = counter_for,
        rows_in_sight: Callable[[], Iterable[int]] = lambda: (),
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._counter_for = counter_for
        self._rows_in_sight = rows_in_sight
        self._counter: TokenCounter | None = None
        self._model: tuple[str, str | None] | None = None
        self._pairs: Sequence[SentencePair] = ()
        self._kept: dict[Sentences, PairTokens] = {}
        self._counting: asyncio.Task[None] | None = None

    def change(self, facts: ModelFacts | None, pairs: Sequence[SentencePair]) -> None:
        """Count these pairs for this model; nothing is done again that is done or under way."""
        model = None if facts is None else (facts.id, facts.revision)
        before, self._pairs = self._pairs, pairs
        if model == self._model and _are_same_sentences(pairs, before):
            return
        if self._counting is not None:
            self._counting.cancel()
            self._counting = None
        if model != self._model:
            self._counter, self._kept = None, {}
        self._model = model
        if facts is None:
            self.counted.emit(Counted())
            return
        self.counted.emit(Counted(self._kept, note="Counting tokens …", is_under_way=True))
        self._counting = begin(self._count(facts, pairs))

    async def _count(self, facts: ModelFacts, pairs: Sequence[SentencePair]) -> None:
        await asyncio.sleep(_TYPING_PAUSE_S)
        try:
            if self._counter is None:
                self._counter = await in_thread(self._counter_for, facts)
            if self._counter is None:
                self.counted.emit(Counted(note=NO_TOKENIZER_FILE))
                return
            await self._count_missing(self._counter, pairs)
        except StudioError as error:
            self.counted.emit(Counted(note=f"Tokens are not counted: {error.message}"))
            return
        kept = self._kept
        whole = await in_thread(lambda: counts_of(kept[_sentences(pair)] for pair in pairs))
        self.counted.emit(Counted(kept, whole))

    async def _count_missing(self, counter: TokenCounter, pairs: Sequence[SentencePair]) -> None:
        kept = self._kept
        if len(kept) > len(pairs) + _MOST_SPARE:
            wanted = await in_thread(lambda: {*map(_sentences, pairs)})
            kept = self._kept = await in_thread(lambda: {one: kept[one] for one in wanted if one in kept})
        missing = await in_thread(lambda: {one: None for one in map(_sentences, pairs) if one not in kept})
        many = len(missing)
        while missing:
            in_sight = (_sentences(pairs[row]) for row in self._rows_in_sight() if row < len(pairs))
            first = [one for one in dict.fromkeys(in_sight) if one in missing]
            chunk = [*dict.fromkeys(chain(first, islice(missing, _CHUNK)))][:_CHUNK]
            kept.update(zip(chunk, await in_thread(counter.count, chunk), strict=True))
            for one in chunk:
                del missing[one]
            if missing:
                note = f"Counting tokens: {many - len(missing):,} of {many:,} pairs …"
                self.counted.emit(Counted(kept, note=note, is_under_way=True))


def _sentences(pair: SentencePair) -> Sentences:
    return pair.first, pair.second


def _are_same_sentences(pairs: Sequence[SentencePair], others: Sequence[SentencePair]) -> bool:
    return len(pairs) == len(others) and all(
        pair is other or _sentences(pair) == _sentences(other) for pair, other in zip(pairs, others, strict=True)
    )
