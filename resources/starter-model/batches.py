"""Batches of the starter model's pairs: token ids, and beside them what the training's helpers are to learn."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass
from typing import Dict, Iterator, List, Sequence, Tuple

import torch
from more_frames import ALL_FRAMES
from pairs import Pair, pairs
from tokenizers import Tokenizer

BATCH_SIZE = 64
GROUP = 8  # this many batches are cut from pairs sorted by length, so that little is padding

ROLES: Dict[str, int] = {
    role: number + 1 for number, role in enumerate(sorted({role for frame in ALL_FRAMES for role in frame.slots}))
}


@dataclass(frozen=True)
class Batch:
    """Tensors of shape (pairs, tokens), and the answer for each pair.

    roles numbers the slot that a token begins, 0 for none. agreement says of such a token whether the other
    sentence fills the slot alike (1) or not (2), 0 for every other token.
    """

    ids: torch.Tensor
    types: torch.Tensor
    mask: torch.Tensor
    roles: torch.Tensor
    agreement: torch.Tensor
    same: torch.Tensor


def batch_of(drawn: Sequence[Pair], tokenizer: Tokenizer) -> Batch:
    """The batch of these pairs, as long as the longest of them."""
    encoded = tokenizer.encode_batch([(pair.first.text, pair.second.text) for pair in drawn])
    longest = max(len(each.ids) for each in encoded)

    def padded(rows: List[List[int]]) -> torch.Tensor:
        return torch.tensor([row + [0] * (longest - len(row)) for row in rows])

    marks = [_marks(pair, each) for pair, each in zip(drawn, encoded)]
    return Batch(
        ids=padded([each.ids for each in encoded]),
        types=padded([each.type_ids for each in encoded]),
        mask=padded([each.attention_mask for each in encoded]),
        roles=padded([roles for roles, _ in marks]),
        agreement=padded([agreement for _, agreement in marks]),
        same=torch.tensor([int(pair.same) for pair in drawn]),
    )


def _marks(pair: Pair, encoded: object) -> Tuple[List[int], List[int]]:
    parts = (pair.first.parts, pair.second.parts)
    filled = [{(role, value) for _, _, role, value in other} for other in reversed(parts)]
    begun = {
        (side, place): (ROLES[role], 1 if (role, value) in filled[side] else 2)
        for side in (0, 1)
        for start, end, role, value in parts[side]
        for place in range(start, end)
    }
    found = [
        begun.get((side, start), (0, 0)) if end > start else (0, 0)
        for (start, end), side in zip(encoded.offsets, encoded.type_ids)  # type: ignore[attr-defined]
    ]
    return [role for role, _ in found], [agreement for _, agreement in found]


def training_batches(seed: int, tokenizer: Tokenizer) -> Iterator[Batch]:
    """Batches without end, the same for the same seed."""
    drawn, order = pairs(seed, held_out=False), random.Random(seed)
    while True:
        block = sorted(
            itertools.islice(drawn, BATCH_SIZE * GROUP), key=lambda pair: len(pair.first.text) + len(pair.second.text)
        )
        cut = [block[number * BATCH_SIZE : (number + 1) * BATCH_SIZE] for number in range(GROUP)]
        order.shuffle(cut)
        for group in cut:
            yield batch_of(group, tokenizer)
