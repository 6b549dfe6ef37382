"""torch_neuronx.analyze: what would not compile; returns no model."""

from __future__ import annotations

from typing import Any, Optional

import torch
from neuron_stand_in.log import neuron_logger
from neuron_stand_in.neuronx_cc import UNSUPPORTED
from neuron_stand_in.program import as_tuple, counted
from neuron_stand_in.switches import versions


def analyze(
    func: Any, example_inputs: Any, compiler_workdir: Optional[str] = None, *,
    additional_ignored_ops: Optional[set[str]] = None, max_workers: int = 4, is_hf_transformers: bool = False,
    cleanup: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Operators with their counts, and those that neuronx-cc refuses with the place that calls them."""
    traced = torch.jit.trace(func, as_tuple(example_inputs), strict=False)
    ignored = additional_ignored_ops or set()
    nodes = [node for node in traced.inlined_graph.nodes() if node.kind().startswith("aten::")]
    nodes = [node for node in nodes if node.kind() not in ignored]
    good = [node.kind() for node in nodes if node.kind() not in UNSUPPORTED]
    bad = [node for node in nodes if node.kind() in UNSUPPORTED]
    share = 100.0 * len(good) / len(nodes) if nodes else 100.0
    log = neuron_logger()
    if bad:
        log.info("The following operations are currently not supported:")
        for node in bad:
            log.info("%s, %s", node.kind(), _call(node))
    log.info("%.2f%% of arithmetic operations (%d of %d) are supported", share, len(good), len(nodes))
    return {
        "torch_neuronx_version": versions()["torch-neuronx"],
        "neuronx_cc_version": versions()["neuronx-cc"],
        "support_percentage": f"{share:.2f}%",
        "supported_operators": dict(counted(good)),
        "unsupported_operators": _described(bad),
    }


def _described(nodes: list[Any]) -> list[dict[str, str]]:
    return [{"kind": node.kind(), "failureAt": "neuronx-cc", "call": _call(node), "opGraph": str(node)}
            for node in nodes]  # fmt: skip


def _call(node: Any) -> str:
    return str(node.sourceRange()).strip().splitlines()[0]
