"""What torch_neuron.trace logs on its way, in the words that public logs show."""

from __future__ import annotations

from typing import Sequence

from neuron_stand_in.log import neuron_logger
from neuron_stand_in.program import counted

from torch_neuron.operators import is_supported


def say_plan(kinds: Sequence[str], fused: int) -> None:
    """Before anything is compiled: what is unsupported, and how much was put into sub-graphs."""
    log = neuron_logger()
    unsupported = [kind for kind in kinds if not is_supported(kind)]
    if unsupported:
        log.info(
            "There are %d ops of %d different types in the TorchScript that are not compiled by neuron-cc: %s, "
            "(For more information see the Neuron documentation of supported operators)",
            len(unsupported), len(set(unsupported)), ", ".join(sorted(set(unsupported))),
        )  # fmt: skip
    else:
        log.info("All operators are compiled by neuron-cc (this does not guarantee that neuron-cc will successfully "
                 "compile)")  # fmt: skip
    log.info("Number of arithmetic operators (pre-compilation) before = %d, fused = %d, percent fused = %s%%",
             len(kinds), fused, _percent(fused, len(kinds)))  # fmt: skip


def say_result(compiled: Sequence[str], left: Sequence[str], created: int, succeeded: int) -> None:
    """After compiling: how much is on Neuron, operator by operator."""
    log = neuron_logger()
    total = len(compiled) + len(left)
    log.info("Number of arithmetic operators (post-compilation) before = %d, compiled = %d, percent compiled = %s%%",
             total, len(compiled), _percent(len(compiled), total))  # fmt: skip
    log.info("The neuron partitioner created %d sub-graphs", created)
    log.info(
        "Neuron successfully compiled %d sub-graphs, Total fused subgraphs = %d, "
        "Percent of model sub-graphs successfully compiled = %s%%",
        succeeded, created, _percent(succeeded, created),
    )  # fmt: skip
    log.info("Compiled these operators (and operator counts) to Neuron:")
    for kind, count in counted(compiled):
        log.info(" => %s: %d", kind, count)
    log.info("Not compiled operators (and operator counts) to Neuron:")
    for line in _left_lines(left):
        log.info(line)


def _left_lines(left: Sequence[str]) -> list[str]:
    return [
        f" => {kind}: {count} [{'supported' if is_supported(kind) else 'not supported'}]"
        for kind, count in counted(left)
    ]


def _percent(part: int, whole: int) -> float:
    return round(100.0 * part / whole, 2) if whole else 0.0
