"""What could be compiled, told without compiling."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import torch
from neuron_stand_in.program import as_tuple, counted

from torch_neuron.operators import FULL, is_supported


def get_supported_operations() -> list[str]:
    """The fully supported operators; limited ones are left out."""
    return sorted(FULL)


def analyze_model(func: Any, example_inputs: Any, **kwargs: Any) -> OrderedDict[str, Any]:
    """Count what is supported, and print it."""
    traced = torch.jit.trace(func, as_tuple(example_inputs), **kwargs)
    kinds = [node.kind() for node in traced.inlined_graph.nodes()]
    supported = [kind for kind in kinds if is_supported(kind) or kind.startswith("prim::")]
    arithmetic = [kind for kind in kinds if kind.startswith("aten::")]
    fused = [kind for kind in arithmetic if is_supported(kind)]
    known = sorted(set(fused))
    print("The following operations are currently supported in torch-neuron for this model:")
    print("\n".join(known))
    print(_share("all operations (including primitives)", supported, kinds))
    print(_share("arithmetic operations", fused, arithmetic))
    return OrderedDict(
        percent_supported=_percent(supported, kinds),
        percent_supported_arithmetic=_percent(fused, arithmetic),
        supported_count=len(supported),
        total_count=len(kinds),
        supported_count_arithmetic=len(fused),
        total_count_arithmetic=len(arithmetic),
        supported_operators=set(supported),
        unsupported_operators=sorted(set(kinds) - set(supported)),
        operators=sorted(set(kinds)),
        operator_count=OrderedDict(counted(kinds)),
    )


def _percent(part: list[str], whole: list[str]) -> float:
    return 100.0 * len(part) / len(whole) if whole else 0.0


def _share(name: str, part: list[str], whole: list[str]) -> str:
    return f"{_percent(part, whole):.2f}% of {name} ({len(part)} of {len(whole)}) are supported"
