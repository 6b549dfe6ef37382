"""Put a traced module together again: CPU operators as they were, compiled parts as one custom operator each."""

from __future__ import annotations

from typing import Any, Optional, Sequence

import torch

from neuron_stand_in.kernel import assembling, meta_tensor
from neuron_stand_in.replay import replay
from neuron_stand_in.segments import Segment
from neuron_stand_in.tape import Tape, read, tensors_in, weights_in
from neuron_stand_in.tensors import dtype_name, of_bytes


class CompiledPart(torch.nn.Module):
    """One NEFF, called as the operator `neuron::<operator>_<outputs>`."""

    def __init__(self, operator: str, content: bytes, meta: dict[str, Any], weights: dict[str, torch.Tensor]) -> None:
        super().__init__()
        self._operator = getattr(torch.ops.neuron, f"{operator}_{len(meta['outputs'])}")
        self.register_buffer("neff", of_bytes(content))
        self.register_buffer("metaneff", meta_tensor(meta))
        self._weight_names = []
        for name, tensor in weights.items():
            self._weight_names.append(_identifier(name))
            self.register_buffer(_identifier(name), tensor.detach().clone())

    def forward(self, *inputs: torch.Tensor) -> Any:
        """The operator's outputs, always as a tuple."""
        weights = [getattr(self, name) for name in self._weight_names]
        result = self._operator([*inputs, *weights], self.neff, self.metaneff)
        return (result,) if isinstance(result, torch.Tensor) else tuple(result)


class Assembled(torch.nn.Module):
    """A tape with some segments compiled; tracing this module gives what is returned to the user."""

    def __init__(self, tape: Tape, segments: Sequence[Segment], parts: Sequence[CompiledPart]) -> None:
        super().__init__()
        self._tape = tape
        self._segments = list(segments)
        self._part_names: list[str] = []
        for segment, part in zip(segments, parts):
            self._part_names.append(f"_NeuronGraph_{segment.number}")
            self.add_module(self._part_names[-1], part)
        self._weight_names: dict[int, str] = {}
        for number in _weights_on_cpu(tape, segments):
            self._weight_names[number] = _identifier(tape.names[number])
            self.register_buffer(self._weight_names[number], tape.weights[number].detach())

    def forward(self, *inputs: torch.Tensor) -> Any:
        """What the tape gives."""
        tape, weights = self._tape, {number: getattr(self, name) for number, name in self._weight_names.items()}
        values = dict(zip(tape.inputs, inputs))
        compiled = {place for segment in self._segments for place in segment.places}
        waiting = [place for place in range(len(tape.steps)) if place not in compiled]
        for name, segment in zip(self._part_names, self._segments):
            waiting = _run_ready(tape, waiting, values, weights)
            outputs = getattr(self, name)(*(values[number] for number in segment.inputs))
            values.update(zip(segment.outputs, outputs))
        _run_ready(tape, waiting, values, weights)
        return read(tape.output, values, weights)


def interface(tape: Tape, segment: Segment, dynamic_batch: bool = False, half: bool = False) -> dict[str, Any]:
    """What the runtime must know of a segment's inputs and outputs."""

    def described(numbers: Sequence[int]) -> list[Any]:
        return [[list(tape.examples[number].shape), dtype_name(tape.examples[number])] for number in numbers]

    return {
        "inputs": described(segment.inputs), "outputs": described(segment.outputs),
        "dynamic_batch": dynamic_batch, "half": half,
    }  # fmt: skip


def assemble(
    tape: Tape, segments: Sequence[Segment], parts: Sequence[CompiledPart], example: Sequence[torch.Tensor]
) -> torch.jit.ScriptModule:
    """The module that trace returns."""
    module = Assembled(tape, segments, parts).eval()
    with torch.no_grad(), assembling():
        return torch.jit.trace(module, tuple(example), strict=False, check_trace=False)  # type: ignore[no-any-return]


def _run_ready(tape: Tape, waiting: list[int], values: dict[int, torch.Tensor], weights: Any) -> list[int]:
    """Do every waiting step whose tensors are there; give back the rest."""
    left = []
    for place in waiting:
        step = tape.steps[place]
        if set(tensors_in(step.given)) <= set(values):
            replay([step], values, weights)
        else:
            left.append(place)
    return left


def _weights_on_cpu(tape: Tape, segments: Sequence[Segment]) -> list[int]:
    compiled = {place for segment in segments for place in segment.places}
    codes: list[Any] = [tape.output]
    for place, step in enumerate(tape.steps):
        if place not in compiled:
            codes.extend(step.given)
    return sorted({number for code in codes for number in weights_in(code)})


def _identifier(name: Optional[str]) -> str:
    return (name or "weight").replace(".", "_")
