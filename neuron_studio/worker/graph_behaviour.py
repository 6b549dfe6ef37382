"""Puts a graph traced on the CPU to the test: other padding, a hidden half, other token types, other rows."""

from __future__ import annotations

from typing import Any, Callable, Optional, Sequence

import torch

from neuron_studio.core.graph_behaviour import GraphBehaviour
from neuron_studio.wire.spec import RunSpec, SentencePair
from neuron_studio.worker.inputs import Encoder, NamedInputs
from neuron_studio.worker.variations import Tensors, half_hidden, with_one_type

# Enough to differ in padding and in what they say; each costs two passes through the model.
_MOST_PAIRS = 6


def graph_behaviour_of(graph: Any, model: NamedInputs, encoder: Encoder, spec: RunSpec) -> GraphBehaviour:
    """How graph and model answer when only what should not matter changes, and when something that should does."""
    first = spec.pairs[spec.trace_pair]
    shortened = SentencePair(first.first.split()[0], first.second.split()[0])
    pairs = list(dict.fromkeys((first, *spec.pairs[:_MOST_PAIRS], shortened)))
    size = spec.options.batch_size

    def run(module: Callable[..., Any], tensors: Tensors) -> torch.Tensor:
        with torch.no_grad():
            logits: torch.Tensor = module(*(tensors[name] for name in encoder.names))[0]
        return logits.float()

    by_graph = [run(graph, encoder.encode([pair] * size)) for pair in pairs]
    by_model = [run(model, encoder.encode([pair] * size)) for pair in pairs]
    largest = max(float(row.abs().max()) for row in by_model)

    def share(one: torch.Tensor, other: torch.Tensor) -> float:
        return float((one - other).abs().max()) / (largest or 1.0)

    def beside_others(size: int) -> Sequence[torch.Tensor]:
        others = [pairs[-1 - index % len(pairs)] for index in range(size - 1)]
        return run(model, encoder.encode([first, *others]))[0], run(model, encoder.encode([*others, first]))[-1]

    whole = encoder.encode([first] * size)
    return GraphBehaviour(
        is_finite=bool(torch.isfinite(torch.stack(by_graph + by_model)).all()),
        is_constant=len(pairs) > 1 and all(torch.equal(by_model[0], row) for row in by_model),
        other_padding=max(map(share, by_graph, by_model)),
        less_padding=share(by_graph[0], run(model, encoder.encode_unpadded(first, size))),
        masked=share(by_model[0], run(model, half_hidden(whole))) if "attention_mask" in whole else 0.0,
        other_types=_other_types(whole, lambda tensors: share(by_model[0], run(model, tensors))),
        other_rows=max(share(by_model[0][0], row) for row in beside_others(size)) if size > 1 else None,
    )


def _other_types(tensors: Tensors, difference: Callable[[Tensors], float]) -> Optional[float]:
    if "token_type_ids" not in tensors:
        return None
    return difference(with_one_type(tensors))
