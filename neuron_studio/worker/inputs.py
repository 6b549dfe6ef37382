"""From sentence pairs to named, fixed-length example inputs; bound by name, never by place."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

import torch

from neuron_studio.wire.errors import Blame, StudioError
from neuron_studio.wire.spec import Options, SentencePair

# The order in which a traced module takes its inputs; other loaders of such files use the same.
_ORDER = ("input_ids", "attention_mask", "token_type_ids")


@dataclass(frozen=True)
class Batch:
    """A full batch of real rows: tensors by name, shape (batch, sequence); the first `count` rows are asked for."""

    first_index: int
    count: int
    tensors: Dict[str, torch.Tensor]


class Encoder:
    """Encodes sentence pairs for one model: its tokenizer, its input names, the run's static shape."""

    def __init__(self, tokenizer: Any, model: Any, options: Options) -> None:
        self._tokenizer = tokenizer
        self._options = options
        self.embedding_rows = _embedding_rows(model)
        self.pad_id = int(tokenizer.pad_token_id)
        self.special_ids: Tuple[int, ...] = tuple(tokenizer.all_special_ids)
        self.names = input_names(tokenizer, model)

    def encode(self, pairs: Sequence[SentencePair]) -> Dict[str, torch.Tensor]:
        """Tensors by name for these pairs, shape (pairs, sequence length)."""
        options = self._options
        encoded = self._call(
            pairs, max_length=options.sequence_length, padding="max_length", truncation=options.truncation
        )
        return self._tensors(encoded)

    def encode_unpadded(self, pair: SentencePair, rows: int) -> Dict[str, torch.Tensor]:
        """One pair in its own length, shape (rows, tokens)."""
        options = self._options
        encoded = self._call([pair] * rows, max_length=options.sequence_length, truncation=options.truncation)
        return {name: torch.tensor(encoded[name], dtype=torch.int64) for name in self.names}

    def token_counts(self, pairs: Sequence[SentencePair]) -> List[int]:
        """How many tokens each pair has before anything is cut, special tokens included."""
        return [len(ids) for ids in self._call(pairs, truncation=False, verbose=False)["input_ids"]]

    def batches(self, pairs: Sequence[SentencePair]) -> Iterator[Batch]:
        """All pairs in full batches; a short last batch is filled with rows of its own, never with zeros."""
        size = self._options.batch_size
        for start in range(0, len(pairs), size):
            asked = list(pairs[start : start + size])
            rows = [asked[index % len(asked)] for index in range(size)]
            yield Batch(first_index=start, count=len(asked), tensors=self.encode(rows))

    def example(self, pairs: Sequence[SentencePair], trace_pair: int) -> Tuple[torch.Tensor, ...]:
        """The inputs to trace with: a batch whose first row is the chosen pair and has padding to attend around."""
        order = [trace_pair] + [index for index in range(len(pairs)) if index != trace_pair]
        rows = [pairs[order[index % len(order)]] for index in range(self._options.batch_size)]
        # A mask of ones alone may vanish from a trace, so even the longest pair leaves one place empty;
        # which sentence gives it up is no matter here, and a cut of one alone may find nothing left to cut.
        length = self._options.sequence_length
        encoded = self._call(rows, max_length=length - 1, truncation="longest_first")
        tensors = self._tensors(self._tokenizer.pad(encoded, padding="max_length", max_length=length))
        return tuple(tensors[name] for name in self.names)

    def _tensors(self, encoded: Any) -> Dict[str, torch.Tensor]:
        length = self._options.sequence_length
        if any(len(ids) != length for ids in encoded["input_ids"]):
            raise _cannot_tokenize(f"{self._options.truncation} leaves a pair longer than {length} tokens")
        self._refuse_ids_beyond_vocabulary(max(max(ids) for ids in encoded["input_ids"]))
        return {name: torch.tensor(encoded[name], dtype=torch.int64) for name in self.names}

    def _refuse_ids_beyond_vocabulary(self, largest: int) -> None:
        # A device answers an id without a row in the embedding table with an abort.
        if self.embedding_rows is not None and largest >= self.embedding_rows:
            raise StudioError(
                "token-beyond-vocabulary",
                f"The tokenizer gives id {largest}, the model knows {self.embedding_rows} tokens.",
                "Tokenizer and model do not belong together; save both again from the same source.", Blame.INPUT,
            )  # fmt: skip

    def _call(self, pairs: Sequence[SentencePair], **settings: Any) -> Any:
        first, second = [pair.first for pair in pairs], [pair.second for pair in pairs]
        try:
            return self._tokenizer(first, second, **settings)
        except Exception as error:
            raise _cannot_tokenize(str(error).rstrip(".")) from error


def _cannot_tokenize(reason: str) -> StudioError:
    return StudioError(
        "cannot-tokenize", f"The tokenizer cannot encode these pairs: {reason}.",
        "Try another truncation, or a longer sequence length.", Blame.INPUT,
    )  # fmt: skip


def _embedding_rows(model: Any) -> Optional[int]:
    try:
        return int(model.get_input_embeddings().num_embeddings)
    except (AttributeError, NotImplementedError):
        return None  # not every architecture tells


def input_names(tokenizer: Any, model: Any) -> Tuple[str, ...]:
    """The names that the tokenizer returns and that forward accepts, in the order of the traced inputs."""
    accepted = inspect.signature(model.forward).parameters
    returned = set(tokenizer("a", "b"))
    # A table of one token type would be asked for a second one; without a table nothing reads the types.
    if getattr(model.config, "type_vocab_size", 2) < 2:
        returned.discard("token_type_ids")
    return tuple(name for name in _ORDER if name in returned and name in accepted)


class NamedInputs(torch.nn.Module):
    """The model as a function of tensors in a fixed order, handed on by name; gives a tuple with the logits."""

    def __init__(self, model: torch.nn.Module, names: Tuple[str, ...]) -> None:
        super().__init__()
        self.model = model
        self._names = names

    def forward(self, *tensors: torch.Tensor) -> Tuple[torch.Tensor]:
        """Logits, shape (batch, labels)."""
        return (self.model(**dict(zip(self._names, tensors)), return_dict=False)[0],)
