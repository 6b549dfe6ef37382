"""Token counts in words: a line for the whole set, a cell for each pair."""

from __future__ import annotations

from typing import Optional

from neuron_studio.core.shapes import PairTokens, lost_tokens
from neuron_studio.core.token_counts import COMMON_LENGTHS, TokenCounts

# How people name the choices that tokenizers know by other names.
TRUNCATION_NAMES = {
    "longest_first": "the longer",
    "only_first": "the first",
    "only_second": "the second",
}

# transformers 5 builds the tokenizers of some families anew and takes no more than the vocabulary from the file.
_COUNTED_BY = (
    "Counted by the model's tokenizer.json; a transformers that builds its tokenizer anew may differ a little."
)

NO_TOKENIZER_FILE = "Token counts need tokenizer.json, which this model does not have."


def counts_line(counts: TokenCounts, length: int, truncation: str) -> str:
    """The set in one line, such as "22–41 tokens, all fit 64; 66 % padding at 128"."""
    span = f"{counts.longest}" if counts.shortest == counts.longest else f"{counts.shortest}–{counts.longest}"
    cut, padding = counts.cut(length, truncation), f"{_percent(counts.padding(length))} padding"
    if cut.pairs:
        return f"{span} tokens, {cut.pairs:,} of {counts.pairs:,} cut at {length}; {padding}"
    common = next((common for common in COMMON_LENGTHS if counts.longest <= common), length)
    return f"{span} tokens, all fit {min(common, length)}; {padding} at {length}"


def counts_text(counts: TokenCounts, length: int, truncation: str) -> str:
    """All that is known of the set, one fact a line."""
    fits = ", ".join(f"{common}: {_percent(counts.share_within(common))}" for common in COMMON_LENGTHS)
    lines = [f"{counts_line(counts, length, truncation)}.", f"Pairs that fit {fits}."]
    cut = counts.cut(length, truncation)
    if cut.pairs:
        lines.append(f"{cut.tokens:,} tokens are cut: from the first sentence in {cut.firsts:,} pairs, "
                     f"from the second in {cut.seconds:,}.")  # fmt: skip
    return "\n".join((*lines, _COUNTED_BY))


def cell_text(pair: PairTokens, length: int) -> str:
    """One pair's count, and how many of its tokens are cut, such as "380 −252"."""
    over = pair.whole - length
    return f"{pair.whole:,} −{over:,}" if over > 0 else f"{pair.whole:,}"


def cell_hint(pair: Optional[PairTokens], length: int, truncation: str) -> str:
    """One pair's count in a sentence."""
    if pair is None:
        return "not counted"
    if pair.whole <= length:
        return f"{pair.whole:,} tokens, special ones included; {length - pair.whole:,} places are padding"
    first, second = lost_tokens(pair, length, truncation)
    parts = [f"{lost:,} of the {name} sentence" for lost, name in ((first, "first"), (second, "second")) if lost]
    return f"{pair.whole:,} tokens, special ones included; cut: {' and '.join(parts)}"


def _percent(share: float) -> str:
    # Neither all nor nothing is said where it is only nearly so.
    rounded = round(100 * share)
    if rounded == 100 and share < 1:
        rounded = 99
    elif rounded == 0 and share > 0:
        return "under 1 %"
    return f"{rounded} %"
