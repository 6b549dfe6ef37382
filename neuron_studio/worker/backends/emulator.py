"""The emulator: the target's documented arithmetic on any CPU, its casts explicit in the traced graph.

It applies the casts that AWS documents for the chosen target and precision: which operands, which
type, float32 accumulation, round to nearest even. It is an envelope, not the chip: order of
summation and the approximations of GELU and exp are not documented and are the CPU's.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, List, Tuple

import torch

from neuron_studio.core.precision import Casts, casts
from neuron_studio.wire.spec import RunSpec
from neuron_studio.worker.backends.base import Backend, Trace
from neuron_studio.worker.backends.cast_mode import CastMode, round_to


class Emulator(Backend):
    """Rehearses a target on the CPU, and says so in everything that it leaves behind."""

    emulated = True
    model_file = "model.emulated.pt"

    def load_sdk(self) -> None:
        """Nothing beyond torch."""

    def trace(self, model: Any, example: Tuple[Any, ...], spec: RunSpec, work: Path) -> Trace:
        """Trace with the casts in place; rounds the model's own weights once, as the compiler does."""
        options = spec.options
        applied = casts(spec.target.family, options.auto_cast, options.auto_cast_type)
        arguments = (f"target={spec.target.family}", f"auto_cast={options.auto_cast}",
                     f"auto_cast_type={options.auto_cast_type}")  # fmt: skip
        if applied.changes_nothing:
            return Trace(_trace(model, example), "emulator", arguments)
        with CastMode(applied, round_weights(model, applied), model.buffers()):
            return Trace(_trace(model, example), "emulator", arguments)


def _trace(model: Any, example: Tuple[Any, ...]) -> Any:
    return torch.jit.trace(model, example, strict=False, check_trace=False)


def round_weights(model: torch.nn.Module, applied: Casts) -> List[torch.Tensor]:
    """Round in place what the target keeps rounded: products' weights, or everything but embeddings on Inf1."""
    tables = {id(module.weight) for module in model.modules() if isinstance(module, torch.nn.Embedding)}
    rounded: List[torch.Tensor] = []
    for module in model.modules():
        for name, parameter in module.named_parameters(recurse=False):
            is_operand = isinstance(module, torch.nn.Linear) and name == "weight"
            kind = applied.matmult if is_operand else applied.other
            if id(parameter) in tables:
                kind = applied.embedding
            if kind is not None and parameter.dtype == torch.float32:
                # New memory, laid out as a loaded file's: where a product's operand begins decides its last bit.
                parameter.data = round_to(parameter.data, kind)
                rounded.append(parameter)
    return rounded
