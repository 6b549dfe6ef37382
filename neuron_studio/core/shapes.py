"""What the run's static shape does to its pairs: how much fits, which sentence is cut, how much is padding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator, Optional, Sequence, Tuple

from neuron_studio.wire.findings import Finding, Level
from neuron_studio.wire.spec import RunSpec

# The lengths that are worth a compile of their own.
_LENGTHS = (32, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 2048, 4096)

_MOST_NAMED = 5


@dataclass(frozen=True)
class PairTokens:
    """A pair's length in tokens before anything is cut, special tokens included, and that of each sentence alone."""

    whole: int
    first: int
    second: int


def shape_findings(
    pairs: Sequence[PairTokens], spec: RunSpec, labels: int, usable: Optional[int], table: Optional[int]
) -> Iterator[Finding]:
    """What the sequence length and the batch size mean for these pairs."""
    options = spec.options
    if usable is not None and table is not None and usable != table:
        message = f"The table of {table} positions serves {usable} tokens: it starts after the padding's own place."
        yield Finding(Level.GOOD, "usable-length", message, f"{options.sequence_length} are used.")
    cut = [index for index, pair in enumerate(pairs) if pair.whole > options.sequence_length]
    yield from _cut(pairs, cut, spec, labels) if cut else _padding(pairs, spec)
    if len(pairs) % options.batch_size:
        message = f"{len(pairs)} pairs do not fill batches of {options.batch_size}."
        yield Finding(
            Level.NOTE, "short-batch", message, "The last batch is filled with pairs again, never with zeros."
        )


def _cut(pairs: Sequence[PairTokens], cut: Sequence[int], spec: RunSpec, labels: int) -> Iterator[Finding]:
    options = spec.options
    lost = [lost_tokens(pairs[index], options.sequence_length, options.truncation) for index in cut]
    firsts, seconds = sum(first > 0 for first, _ in lost), sum(second > 0 for _, second in lost)
    which = ", ".join(str(index + 1) for index in cut[:_MOST_NAMED])
    which += f" and {len(cut) - _MOST_NAMED} more" if len(cut) > _MOST_NAMED else ""
    message = f"{len(cut)} of {len(pairs)} pairs have more than {options.sequence_length} tokens and are cut: {which}."
    longest = max(pair.whole for pair in pairs)
    sides = f"The first sentence is cut in {firsts} of them, the second in {seconds}"
    remedy = f"The longest has {longest} tokens; choose a longer sequence where the model allows it. {sides}."
    yield Finding(Level.WARNING, "pairs-truncated", message, remedy)
    yield from query_findings(firsts, options.truncation, labels)


def query_findings(firsts: int, truncation: str, labels: int) -> Iterator[Finding]:
    """What it means for a reranker, a model with one label, that so many first sentences are cut."""
    if labels == 1 and truncation == "longest_first" and firsts:
        pairs = "1 pair" if firsts == 1 else f"{firsts:,} pairs"
        message = f"longest_first cuts the first sentence of {pairs}; for a reranker that is the query."
        yield Finding(Level.WARNING, "query-cut", message, "Cut passages alone: --truncation only_second.")


def _padding(pairs: Sequence[PairTokens], spec: RunSpec) -> Iterator[Finding]:
    length = spec.options.sequence_length
    longest = max((pair.whole for pair in pairs), default=0)
    enough = length_for(longest)
    if enough < length:
        share = 1 - sum(pair.whole for pair in pairs) / (length * len(pairs))
        message = f"{share:.0%} of every computation is padding: the longest pair has {longest} tokens of {length}."
        remedy = f"If these pairs are typical, {enough} tokens would do: --max-length {enough}."
        yield Finding(Level.NOTE, "padding-waste", message, remedy)


def length_for(tokens: int) -> int:
    """The least usual sequence length for pairs of at most so many tokens; beyond the usual ones a multiple of 32."""
    # One place stays empty in the trace example, so that the mask is seen to do something.
    return next((length for length in _LENGTHS if length > tokens), (tokens // 32 + 1) * 32)


def lost_tokens(pair: PairTokens, length: int, truncation: str) -> Tuple[int, int]:
    """How many tokens each sentence loses; of two equally long ones the tokenizer cuts the second."""
    over = max(0, pair.whole - length)
    if truncation == "only_first":
        return over, 0
    if truncation == "only_second":
        return 0, over
    uneven = min(over, abs(pair.first - pair.second))
    rest = over - uneven
    first = uneven * (pair.first > pair.second) + rest // 2
    return first, over - first
