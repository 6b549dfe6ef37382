"""The emulator: the target's documented arithmetic on any CPU, its casts explicit in the traced graph.

It applies the casts that AWS documents for the chosen target and precision: which operands, which
type, float32 accumulation, round to nearest even. It is an envelope, not the chip: order of
summation and the approximations of GELU and exp are not documented and are the CPU's.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Dict, Iterator, Optional, Tuple
from weakref import ref

import torch
from torch.overrides import TorchFunctionMode

from neuron_studio.core.precision import Casts, casts
from neuron_studio.wire.spec import RunSpec
from neuron_studio.worker.backends.base import Backend, Trace

# Matrix products by name, with the places (and keywords) of the operands that the tensor engine reads.
_TWO = ((0, 1), ("input", "weight", "other", "mat2", "vec", "vec2"))
_THREE = ((1, 2), ("mat1", "mat2", "batch1", "batch2", "mat", "vec"))
_PRODUCTS: Dict[str, Tuple[Tuple[int, ...], Tuple[str, ...]]] = {
    **dict.fromkeys(("linear", "matmul", "__matmul__", "__rmatmul__", "mm", "bmm", "mv", "dot", "inner"), _TWO),
    **dict.fromkeys(("conv1d", "conv2d", "conv3d", "tensordot"), _TWO),
    **dict.fromkeys(("addmm", "addbmm", "baddbmm", "addmv"), _THREE),
    "bilinear": ((0, 1, 2), ("input1", "input2", "weight")),
    "scaled_dot_product_attention": ((0, 1, 2), ("query", "key", "value")),
    "einsum": (tuple(range(1, 10)), ()),
}

# These only move values, so what was rounded stays rounded.
_MOVES = frozenset(
    "view reshape permute transpose contiguous expand expand_as __getitem__ squeeze unsqueeze flatten split chunk "
    "unbind dropout repeat t clone detach".split()
)

_DTYPES = {"bf16": torch.bfloat16, "fp16": torch.float16}
_TF32_DROPPED_BITS = 13


def round_to(values: torch.Tensor, kind: str) -> torch.Tensor:
    """Float32 values rounded to nearest even in bf16, fp16 or tf32, and given back as float32."""
    if kind != "tf32":
        return values.to(_DTYPES[kind]).to(torch.float32)
    bits = values.view(torch.int32)
    half = (1 << (_TF32_DROPPED_BITS - 1)) - 1
    even = (bits >> _TF32_DROPPED_BITS) & 1
    rounded = ((bits + half + even) >> _TF32_DROPPED_BITS << _TF32_DROPPED_BITS).view(torch.float32)
    return torch.where(torch.isfinite(values), rounded, values)


class CastMode(TorchFunctionMode):
    """While active, every torch function computes as the target does; a trace records the casts."""

    def __init__(self, applied: Casts, rounded: Tuple[torch.Tensor, ...] = ()) -> None:
        super().__init__()
        self._casts = applied
        self._parameters = {tensor.data_ptr() for tensor in rounded}
        self._known: Dict[int, Any] = {}

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name, kwargs = getattr(func, "__name__", ""), kwargs or {}
        if name == "embedding":
            return self._result(func(*args, **kwargs), self._casts.embedding)
        if name in _MOVES:
            result = func(*args, **kwargs)
            if args and self._is_known(args[0]):
                _each(result, self._know)
            return result
        if _is_in_place(name):
            return self._in_place(func, args, kwargs)
        places, keywords = _PRODUCTS.get(name, ((), ()))
        arguments = tuple(
            self._operand(value, self._casts.matmult if place in places else self._casts.other)
            for place, value in enumerate(args)
        )
        named = {
            key: self._operand(value, self._casts.matmult if key in keywords and places else self._casts.other)
            for key, value in kwargs.items()
        }
        return self._result(func(*arguments, **named), self._casts.other)

    def _in_place(self, func: Any, args: Any, kwargs: Any) -> Any:
        # The first tensor must stay the very one that the model goes on using.
        kind = self._casts.other
        result = func(args[0], *(self._operand(value, kind) for value in args[1:]), **kwargs)
        if kind is not None and _is_float32(args[0]):
            args[0].copy_(round_to(args[0], kind))
            self._know(args[0])
        return result

    def _operand(self, value: Any, kind: Optional[str]) -> Any:
        if kind is None:
            return value
        if isinstance(value, (list, tuple)):
            return type(value)(self._operand(item, kind) for item in value) if type(value) in (list, tuple) else value
        if not _is_float32(value) or self._is_known(value) or value.data_ptr() in self._parameters:
            return value
        return round_to(value, kind)

    def _result(self, result: Any, kind: Optional[str]) -> Any:
        if kind is None or not isinstance(result, torch.Tensor) or not _is_float32(result):
            return result
        rounded = round_to(result, kind)
        self._know(rounded)
        return rounded

    def _know(self, value: torch.Tensor) -> None:
        # Python gives an id anew once its object is gone, hence the weak reference beside it.
        self._known[id(value)] = ref(value)

    def _is_known(self, value: Any) -> bool:
        known = self._known.get(id(value))
        return known is not None and known() is value


def _is_in_place(name: str) -> bool:
    return name == "__setitem__" or name.endswith("_") and not name.endswith("__")


def _is_float32(value: Any) -> bool:
    return isinstance(value, torch.Tensor) and value.dtype == torch.float32


def _each(result: Any, action: Any) -> None:
    for item in result if isinstance(result, (list, tuple)) else (result,):
        if isinstance(item, torch.Tensor):
            action(item)


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
        rounded = _round_weights(model, applied)
        with finite_masks(applied.other), CastMode(applied, rounded):
            return Trace(_trace(model, example), "emulator", arguments)


def _trace(model: Any, example: Tuple[Any, ...]) -> Any:
    return torch.jit.trace(model, example, strict=False, check_trace=False)


def _round_weights(model: torch.nn.Module, applied: Casts) -> Tuple[torch.Tensor, ...]:
    """Round in place what the target keeps rounded: products' weights, or everything but embeddings on Inf1."""
    tables = {module.weight.data_ptr() for module in model.modules() if isinstance(module, torch.nn.Embedding)}
    rounded = []
    for module in model.modules():
        for name, parameter in module.named_parameters(recurse=False):
            is_operand = isinstance(module, torch.nn.Linear) and name == "weight"
            kind = applied.matmult if is_operand else applied.other
            if parameter.data_ptr() in tables:
                kind = applied.embedding
            if kind is not None and parameter.dtype == torch.float32:
                parameter.data.copy_(round_to(parameter.data, kind))
                rounded.append(parameter.data)
    return tuple(rounded)


@contextmanager
def finite_masks(kind: Optional[str]) -> Iterator[None]:
    """Let models mask with the lowest value that survives the cast: float32's own becomes -inf, and then NaN."""
    if kind not in _DTYPES:
        yield
        return
    original = torch.finfo

    def finfo(dtype: Any = torch.float32) -> Any:
        found = original(dtype)
        if dtype != torch.float32:
            return found
        narrow = original(_DTYPES[kind])
        values = {name: getattr(found, name) for name in ("bits", "eps", "tiny", "resolution", "dtype")}
        return SimpleNamespace(**values, min=narrow.min, max=narrow.max)

    torch.finfo = finfo  # type: ignore[misc, assignment]
    try:
        yield
    finally:
        torch.finfo = original  # type: ignore[misc]
