"""torch_neuron.trace: trace, partition, compile each part with neuron-cc, put together again."""

from __future__ import annotations

import signal
from enum import Enum
from typing import Any, Callable, Optional, Sequence

import torch
from neuron_stand_in import switches
from neuron_stand_in.artifact import CompiledPart, assemble, interface
from neuron_stand_in.compiler import die
from neuron_stand_in.log import neuron_logger
from neuron_stand_in.program import as_tuple
from neuron_stand_in.record import record
from neuron_stand_in.segments import Segment, partition, whole
from neuron_stand_in.tape import Step, Tape

from torch_neuron.compile import CompilerSettings, NeuronCCFailed, compile_segment
from torch_neuron.operators import is_supported
from torch_neuron.report import say_plan, say_result

_ABORTED = "No operations were successfully partitioned and compiled to neuron for this model - aborting trace!"


class Optimization(Enum):
    """What trace may change in a model."""

    FLOAT32_TO_FLOAT16 = "FLOAT32_TO_FLOAT16"


class _Node:
    """What a subgraph_builder_function sees of an operator."""

    def __init__(self, step: Step) -> None:
        self.name = step.scope
        self.kind = step.kind


def trace(
    func: Any,
    example_inputs: Any,
    compiler_args: Optional[Sequence[str]] = None,
    compiler_timeout: Optional[float] = None,
    compiler_workdir: Optional[str] = None,
    subgraph_builder_function: Optional[Callable[[Any], bool]] = None,
    minimum_segment_size: int = 2,
    single_fusion_ratio_threshold: float = 0.6,
    fallback: bool = True,
    dynamic_batch_size: bool = False,
    optimizations: Optional[list[Optimization]] = None,
    separate_weights: bool = False,
    **kwargs: Any,
) -> torch.jit.ScriptModule:
    """A TorchScript module with Neuron sub-graphs; what is not documented goes to torch.jit.trace, and fails there."""
    example = as_tuple(example_inputs)
    traced = torch.jit.trace(func, example, **kwargs)
    if switches.fault("trace-segfault"):
        die(signal.SIGSEGV)
    tape = record(traced, example)
    if not fallback:
        _require_support(tape)
        segments = [whole(tape)]
    else:
        segments = _partition(tape, subgraph_builder_function, minimum_segment_size, single_fusion_ratio_threshold)
    say_plan([step.kind for step in tape.steps], sum(len(segment.places) for segment in segments))
    if not segments:
        neuron_logger().warning("No operator is placed on Neuron runtime; returning a CPU trace")
        return traced  # type: ignore[no-any-return]
    half = Optimization.FLOAT32_TO_FLOAT16 in (optimizations or [])
    settings = CompilerSettings(compiler_args, compiler_timeout, compiler_workdir, separate_weights, half)
    parts = _compile(tape, segments, settings, dynamic_batch_size)
    _say_result(tape, segments, parts)
    if not parts:
        raise RuntimeError(_ABORTED)
    kept = [segment for segment in segments if segment.number in parts]
    return assemble(tape, kept, [parts[segment.number] for segment in kept], example)


def _partition(tape: Tape, builder: Optional[Callable[[Any], bool]], minimum_size: int, ratio: float) -> list[Segment]:
    def placed(step: Step) -> bool:
        return is_supported(step.kind) and (builder is None or bool(builder(_Node(step))))

    if switches.fault("nothing-placed"):
        return []
    return partition(tape, placed, minimum_size, ratio)


def _require_support(tape: Tape) -> None:
    for step in tape.steps:
        if not is_supported(step.kind):
            raise AttributeError(f"{step.kind} is not supported")


def _compile(
    tape: Tape, segments: Sequence[Segment], settings: CompilerSettings, dynamic_batch: bool
) -> dict[int, CompiledPart]:
    parts: dict[int, CompiledPart] = {}
    for segment in segments:
        name = f"_NeuronGraph${segment.number}"
        neuron_logger().info("Compiling function %s with neuron-cc", name)
        try:
            content = compile_segment(tape, segment, settings)
        except NeuronCCFailed as error:
            neuron_logger().error("%s", error)
            neuron_logger().warning(
                "torch.neuron.trace failed on %s; falling back to native python function call", name
            )
            continue
        parts[segment.number] = CompiledPart(
            "forward", content, interface(tape, segment, dynamic_batch, settings.half), {}
        )
    return parts


def _say_result(tape: Tape, segments: Sequence[Segment], parts: dict[int, CompiledPart]) -> None:
    places = {place for segment in segments if segment.number in parts for place in segment.places}
    compiled = [step.kind for place, step in enumerate(tape.steps) if place in places]
    left = [step.kind for place, step in enumerate(tape.steps) if place not in places]
    say_result(compiled, left, len(segments), len(parts))
