"""PartitionerConfig: which operators may go to the CPU, and how much of that is acceptable."""

from __future__ import annotations

from typing import Any, Iterable, Optional

from neuron_stand_in.log import neuron_logger
from neuron_stand_in.neuronx_cc import UNSUPPORTED
from neuron_stand_in.program import counted
from neuron_stand_in.segments import Segment, partition
from neuron_stand_in.tape import Tape


class PartitionerConfig:
    """Limits for moving operators to the CPU; a broken one raises ValueError in trace."""

    def __init__(
        self, *, trace_kwargs: Optional[dict[str, Any]] = None, model_support_percentage_threshold: float = 0.5,
        min_subgraph_size: int = -1, max_subgraph_count: int = -1, ops_to_partition: Optional[Iterable[str]] = None,
        analyze_parameters: Optional[dict[str, Any]] = None,
    ) -> None:  # fmt: skip
        self.trace_kwargs = trace_kwargs
        self.model_support_percentage_threshold = model_support_percentage_threshold
        self.min_subgraph_size = min_subgraph_size
        self.max_subgraph_count = max_subgraph_count
        self.ops_to_partition = set(ops_to_partition or [])
        self.analyze_parameters = analyze_parameters


def partition_for(tape: Tape, config: PartitionerConfig) -> list[Segment]:
    """The segments for the device; raises ValueError where a limit of the configuration is broken."""
    refused = set(UNSUPPORTED) | config.ops_to_partition
    kinds = [step.kind for step in tape.steps]
    supported = sum(kind not in refused for kind in kinds)
    share = supported / max(len(kinds), 1)
    log = neuron_logger()
    log.info("%.2f%% of arithmetic operations (%d of %d) are supported", 100 * share, supported, len(kinds))
    if share < config.model_support_percentage_threshold:
        threshold = 100 * config.model_support_percentage_threshold
        raise ValueError(
            f"Only {100 * share:.2f}% of the model are supported, below the threshold of {threshold:.2f}%."
        )
    segments = partition(tape, lambda step: step.kind not in refused, 1, 1.0)
    if 0 <= config.max_subgraph_count < len(segments):
        raise ValueError(
            f"The partitioner has found {len(segments)} subgraphs which exceeds the specified max subgraph count of "
            f"{config.max_subgraph_count}."
        )
    smallest = min((len(segment.places) for segment in segments), default=0)
    if smallest < config.min_subgraph_size:
        raise ValueError(
            f"The partitioner has found a subgraph of {smallest} operators, below the specified minimum of "
            f"{config.min_subgraph_size}."
        )
    _say(tape, segments)
    return segments


def _say(tape: Tape, segments: list[Segment]) -> None:
    placed = {place for segment in segments for place in segment.places}
    groups = [("NEURON", [tape.steps[place].kind for place in segment.places]) for segment in segments]
    on_cpu = [step.kind for place, step in enumerate(tape.steps) if place not in placed]
    groups += [("CPU", on_cpu)] if on_cpu else []
    log = neuron_logger()
    log.info("Num Partitions: %d", len(groups))
    for number, (device, kinds) in enumerate(groups, 1):
        log.info("Creating Partition #%d for device: Device.%s", number, device)
        for kind, count in counted(kinds):
            log.info("%s:%d", kind, count)
