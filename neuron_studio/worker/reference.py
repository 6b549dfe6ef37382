"""The CPU's side of the comparison: logits in float32, and in bfloat16 as the unit of what rounding does."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any, Callable, List, Sequence, Tuple, TypeVar

import torch

from neuron_studio.wire.spec import SentencePair
from neuron_studio.worker.inputs import Encoder, NamedInputs

Logits = List[Tuple[float, ...]]
Module = TypeVar("Module", bound=torch.nn.Module)


@dataclass(frozen=True)
class Reference:
    """The CPU's logits, a row for each pair."""

    float32: Logits
    bfloat16: Logits


def logits_of(
    module: Any, encoder: Encoder, pairs: Sequence[SentencePair], progress: Callable[[int, int], None]
) -> Logits:
    """One row of logits for each pair, from any module that takes the encoder's inputs in order."""
    rows: Logits = []
    with torch.no_grad():
        for batch in encoder.batches(pairs):
            output = module(*(batch.tensors[name] for name in encoder.names))[0]
            rows.extend(tuple(row) for row in output[: batch.count].float().tolist())
            progress(len(rows), len(pairs))
    return rows


def bf16_logits_of(
    module: NamedInputs, encoder: Encoder, pairs: Sequence[SentencePair], progress: Callable[[int, int], None]
) -> Logits:
    """The same model cast to bfloat16 as a whole; empty rows where this torch cannot compute it."""
    try:
        return logits_of(in_bfloat16(module), encoder, pairs, progress)
    except (RuntimeError, NotImplementedError, TypeError) as error:
        print(f"bfloat16 on the CPU is not possible here: {error}")
        return [() for _ in pairs]


def in_bfloat16(module: Module) -> Module:
    """A copy as transformers loads one in bfloat16: rotary angles and all else that is never saved stay float32."""
    narrow = copy.deepcopy(module)
    computed = [
        (part, name, part._buffers[name]) for part in narrow.modules() for name in part._non_persistent_buffers_set
    ]
    narrow.to(torch.bfloat16)
    for part, name, values in computed:
        part._buffers[name] = values
    return narrow
