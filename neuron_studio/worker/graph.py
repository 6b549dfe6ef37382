"""The model's graph as torch traces it on the CPU: its operators, where they come from, and what they hold."""

from __future__ import annotations

import math
import warnings
from collections import Counter
from dataclasses import dataclass
from typing import Any, Dict, Iterator, Optional, Tuple

import torch

from neuron_studio.core.operators import folded_modules
from neuron_studio.wire.operators import OperatorUse
from neuron_studio.worker.traceable import traceable

# More modules than people read; with layers folded into one, no kind of operator comes near it.
_MOST_MODULES = 24


@dataclass(frozen=True)
class Graph:
    """A traced module with what its graph holds.

    computed counts the values of all tensors in it, largest_constant is the largest magnitude, and
    dropouts_on counts the dropouts that would still drop something.
    """

    module: Any
    uses: Tuple[OperatorUse, ...]
    computed: int
    largest_constant: float
    dropouts_on: int


def trace_on_cpu(model: torch.nn.Module, example: Tuple[torch.Tensor, ...], kind: Optional[str]) -> Graph:
    """Trace the module that a backend would trace, on the same example; kind is what everything is cast to."""
    with torch.no_grad(), traceable(kind), warnings.catch_warnings():
        # What a trace cannot record is told by the backend's own trace as well.
        warnings.simplefilter("ignore")
        module = torch.jit.trace(model, example, strict=False, check_trace=False)
    nodes = list(_nodes(module.inlined_graph))
    return Graph(
        module=module,
        uses=_uses(nodes),
        computed=sum(_values(output) for node in nodes for output in node.outputs()),
        largest_constant=max((_magnitude(node) for node in nodes if node.kind() == "prim::Constant"), default=0.0),
        dropouts_on=sum(_drops(node) for node in nodes),
    )


def _nodes(block: Any) -> Iterator[Any]:
    for node in block.nodes():
        yield node
        for inner in node.blocks():
            yield from _nodes(inner)


def _uses(nodes: Any) -> Tuple[OperatorUse, ...]:
    places: Dict[str, Counter[str]] = {}
    for node in nodes:
        places.setdefault(node.kind(), Counter())[_module_path(node.scopeName())] += 1
    return tuple(
        OperatorUse(kind, sum(paths.values()), tuple(sorted(folded_modules(paths)))[:_MOST_MODULES])
        for kind, paths in places.items()
    )


def _module_path(scope: str) -> str:
    """The module's path in the model, from a scope such as __module.model/__module.model.bert.pooler."""
    path = scope.rpartition("/")[2].rpartition("__module.")[2]
    return path[len("model.") :] if path.startswith("model.") else ""


def _values(output: Any) -> int:
    kind = output.type()
    sizes = kind.sizes() if isinstance(kind, torch.TensorType) else None
    return 0 if sizes is None or None in sizes else math.prod(sizes)


def _magnitude(node: Any) -> float:
    value = node.output().toIValue()
    if isinstance(value, torch.Tensor):
        return float(value.abs().max()) if value.numel() and value.is_floating_point() else 0.0
    return abs(value) if isinstance(value, float) else 0.0


def _drops(node: Any) -> bool:
    if node.kind() not in ("aten::dropout", "aten::dropout_", "aten::feature_dropout"):
        return False
    _, share, is_training = (value.toIValue() for value in node.inputs())
    return bool(is_training) and share != 0
