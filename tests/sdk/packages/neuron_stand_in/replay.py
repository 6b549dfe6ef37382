"""Do what a tape says, on the CPU as it is or in a chip's arithmetic."""

from __future__ import annotations

from typing import Any, Iterable, Optional

import torch

from neuron_stand_in.arithmetic import Arithmetic
from neuron_stand_in.operators import flat_tensors, operator
from neuron_stand_in.tape import Step, Tape, read


def replay(
    steps: Iterable[Step], values: dict[int, torch.Tensor], weights: dict[int, torch.Tensor],
    arithmetic: Optional[Arithmetic] = None,
) -> None:  # fmt: skip
    """Do these steps; `values` grows by what they make."""
    for step in steps:
        if not step.out:
            continue
        args = [read(code, values, weights) for code in step.args]
        kwargs = {name: read(code, values, weights) for name, code in step.kwargs.items()}
        function = operator(step.kind, step.overload)
        result = arithmetic.call(step.kind, function, args, kwargs) if arithmetic else function(*args, **kwargs)
        values.update(zip(step.out, flat_tensors(result)))


def run(tape: Tape, inputs: Iterable[torch.Tensor], weights: dict[int, torch.Tensor], arithmetic: Arithmetic) -> Any:
    """The output of a whole tape for these inputs."""
    values = dict(zip(tape.inputs, inputs))
    replay(tape.steps, values, weights, arithmetic)
    return read(tape.output, values, weights)
