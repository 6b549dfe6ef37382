"""Count tokens as the worker will: by the model's own tokenizer.json, through the tokenizers library, without torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from neuron_studio.core.model_facts import ModelFacts
from neuron_studio.core.shapes import PairTokens
from neuron_studio.runs import hub
from neuron_studio.wire.errors import Blame, StudioError

TOKENIZER_FILE = "tokenizer.json"

# The two sentences of a pair, without what else is known of it.
Sentences = tuple[str, str]


class TokenCounter:
    """Counts pairs for one model; what the file says about cutting and padding is left out."""

    def __init__(self, path: Path) -> None:
        # The library takes part of a second to load, which only who counts pays for.
        from tokenizers import Tokenizer

        try:
            self._tokenizer: Any = Tokenizer.from_file(str(path))
        except Exception as error:  # the library raises nothing narrower
            raise StudioError(
                "tokenizer-unreadable", f"{path} is not a tokenizer that this version of tokenizers can read: {error}.",
                "Save the tokenizer again, or update tokenizers beside the studio.", Blame.INPUT,
            ) from error  # fmt: skip
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        # Of 100,000 pairs there are a few hundred lengths: what is the same is held once.
        self._known: dict[PairTokens, PairTokens] = {}

    def count(self, pairs: Sequence[Sentences]) -> list[PairTokens]:
        """The tokens of each pair, special ones included, and of each of its sentences."""
        counts = []
        for encoding in self._tokenizer.encode_batch(list(pairs)):
            owners = encoding.sequence_ids
            count = PairTokens(len(owners), owners.count(0), owners.count(1))
            counts.append(self._known.setdefault(count, count))
        return counts


def counter_for(facts: ModelFacts) -> TokenCounter | None:
    """The counter of a model, whose tokenizer file alone is fetched where it lies on the hub; None without one."""
    if TOKENIZER_FILE not in facts.names:
        return None
    if facts.is_folder:
        return TokenCounter(Path(facts.id, TOKENIZER_FILE))
    return TokenCounter(hub.fetch(facts.id, TOKENIZER_FILE, facts.revision))
