"""What a tracer hands to its compiler, and how it starts that compiler."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any, Optional, Sequence

import torch

from neuron_stand_in.segments import Segment
from neuron_stand_in.tape import Tape, weights_in
from neuron_stand_in.tensors import dtype_name


def program(tape: Tape, segment: Segment, separate: bool = False) -> tuple[dict[str, Any], dict[int, torch.Tensor]]:
    """The program of a segment and its weights by number; `separate` ones are given anew at each call."""
    part = segment.program(tape)
    numbers = sorted({number for step in part.steps for code in step.given for number in weights_in(code)})
    weights = {number: tape.weights[number].detach() for number in numbers}
    entries = {
        str(number): {"dtype": dtype_name(tensor), "shape": list(tensor.shape), "name": tape.names[number],
                      **({} if separate else {"file": f"weights/{number}.bin", "npy": f"{number}.npy"})}
        for number, tensor in weights.items()
    }  # fmt: skip
    operators = sorted({step.kind for step in part.steps})
    plain = {"tape": part.plain(), "weights": entries, "external": numbers if separate else [], "operators": operators}
    return plain, weights


def size_of(weights: dict[int, torch.Tensor]) -> int:
    """Bytes of all weights together."""
    return sum(tensor.numel() * tensor.element_size() for tensor in weights.values())


def compiler_path(name: str, beside_interpreter: bool) -> Optional[str]:
    """Where a compiler's executable is; None where it is nowhere."""
    beside = Path(sys.executable).parent / name
    if beside_interpreter and os.access(str(beside), os.X_OK):
        return str(beside)
    return shutil.which(name)


def as_tuple(example_inputs: Any) -> tuple[torch.Tensor, ...]:
    """Example inputs as a tuple of tensors; a single tensor is wrapped."""
    if isinstance(example_inputs, torch.Tensor):
        return (example_inputs,)
    if not all(isinstance(each, torch.Tensor) for each in example_inputs):
        raise NotImplementedError("the stand-in traces tensors, and tuples or lists of tensors")
    return tuple(example_inputs)


def counted(kinds: Sequence[str]) -> list[tuple[str, int]]:
    """Operators with their counts, by name."""
    return [(kind, list(kinds).count(kind)) for kind in sorted(set(kinds))]
