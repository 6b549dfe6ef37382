"""What is changed in a model's inputs to see what the model does with them."""

from __future__ import annotations

from typing import Dict, Sequence

import torch

Tensors = Dict[str, torch.Tensor]


def half_hidden(tensors: Tensors) -> Tensors:
    """The same inputs with the second half of their tokens under the mask."""
    mask = tensors["attention_mask"]
    kept = mask.cumsum(1) <= mask.sum(1, keepdim=True) // 2
    return {**tensors, "attention_mask": mask * kept}


def with_other_hidden_ids(tensors: Tensors, pad_id: int, special_ids: Sequence[int]) -> Tensors:
    """The same inputs with ordinary tokens in place of padding and of ordinary tokens under the mask."""
    ids, mask = tensors["input_ids"], tensors["attention_mask"]
    special = torch.isin(ids, torch.tensor(list(special_ids)))
    changed = (mask == 0) & (~special | (ids == pad_id))
    # The row's own text over and over: its places do not fit, so hardly one keeps its id.
    others = torch.stack([_over_and_over(row[~is_special], len(row)) for row, is_special in zip(ids, special)])
    return {**tensors, "input_ids": torch.where(changed, others, ids)}


def _over_and_over(text: torch.Tensor, length: int) -> torch.Tensor:
    return text[torch.arange(length) % len(text)] if len(text) else torch.zeros(length, dtype=text.dtype)


def with_one_type(tensors: Tensors) -> Tensors:
    """The same inputs with one token type for both sentences."""
    return {**tensors, "token_type_ids": torch.zeros_like(tensors["token_type_ids"])}
