"""The target's arithmetic as a mode of torch: while it is active, every torch function computes with the casts.

A float32 operand is rounded where a function reads it and the result where it leaves it, once per torch
function; within one (a softmax, a layer norm, the sums of a product) float32 is kept, as the target's
accumulators do. What depends on neither inputs nor weights (positions, relative buckets) is computed in
float32, since a compiler folds it, and rounded where it is used; so are sums of tables that stay on the CPU.
Numbers in a model's own code stay as they are.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional, Tuple
from weakref import ref

import torch
from torch.overrides import TorchFunctionMode

from neuron_studio.core.precision import Casts

# Matrix products by name, with the places and keywords of the operands that the tensor engine reads.
_TWO = ((0, 1), ("input", "weight", "other", "mat2", "vec", "vec2", "tensor", "a", "b"))
_THREE = ((1, 2), ("mat1", "mat2", "batch1", "batch2", "mat", "vec"))
_PRODUCTS: Dict[str, Tuple[Tuple[int, ...], Tuple[str, ...]]] = {
    **dict.fromkeys(("linear", "matmul", "__matmul__", "__rmatmul__", "linalg_matmul", "mm", "bmm", "mv"), _TWO),
    **dict.fromkeys(("dot", "inner", "tensordot", "conv1d", "conv2d", "conv3d", "conv_transpose1d"), _TWO),
    **dict.fromkeys(("addmm", "addbmm", "baddbmm", "addmv"), _THREE),
    "bilinear": ((0, 1, 2), ("input1", "input2", "weight")),
    "einsum": (tuple(range(16)), ()),
}

# These only move values, so what was rounded stays rounded; attributes come as __get__.
_SHAPES = frozenset(("size", "dim", "numel", "__len__"))
_MOVES = _SHAPES | {
    "view", "reshape", "permute", "transpose", "t", "contiguous", "expand", "expand_as", "squeeze", "unsqueeze",
    "flatten", "__getitem__", "__get__", "split", "chunk", "unbind", "gather", "index_select", "repeat", "clone",
    "detach", "dropout",
}  # fmt: skip

_SUMS = frozenset(("add", "add_", "__add__", "__iadd__", "__radd__"))

_DTYPES = {"bf16": torch.bfloat16, "fp16": torch.float16}
_TF32_DIGITS = 2.0**11
_TF32_LEAST = 2.0**-125


def round_to(values: torch.Tensor, kind: str) -> torch.Tensor:
    """Float32 values rounded to nearest even in bf16, fp16 or tf32, and given back as float32."""
    if kind != "tf32":
        # The clone keeps the two casts apart: TorchScript's fuser (torch 1.13) takes them for nothing at all.
        return values.to(_DTYPES[kind]).clone().to(torch.float32)
    # No dtype holds tf32 and a trace cannot look at bits, so it is done in float64, where every step is exact.
    exact = values.to(torch.float64)
    power = (exact / torch.frexp(exact)[0]).clamp(min=_TF32_LEAST)
    last_place = power / _TF32_DIGITS
    rounded = (torch.round(exact / last_place) * last_place).to(torch.float32)
    return torch.where(torch.isfinite(power), rounded, values)


class CastMode(TorchFunctionMode):
    """While active, torch functions read and give what the target's types can hold; a trace records the casts.

    rounded are parameters that hold rounded values already, fixed are the model's buffers.
    """

    def __init__(
        self, applied: Casts, rounded: Iterable[torch.Tensor] = (), fixed: Iterable[torch.Tensor] = ()
    ) -> None:
        super().__init__()
        self._casts = applied
        self._rounded = _Marks(rounded)
        self._fixed = _Marks(fixed)
        # Where tables stay on the CPU (Inf1), so do their sums: the device gets them in one piece, and rounds that.
        self._looked_up = _Marks(())
        self._keeps_tables_outside = applied.embedding is None and applied.other is not None

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name, kwargs = getattr(func, "__name__", ""), kwargs or {}
        if name in _OPENED:
            with self:
                return _OPENED[name](func, *args, **kwargs)
        fixed = all(tensor in self._fixed for tensor in _tensors([args, kwargs]))
        if name in _MOVES:
            result = func(*args, **kwargs)
            for marks in (self._rounded, self._looked_up):
                if args and args[0] in marks:
                    marks.add_all(result)
        elif name == "embedding" or self._is_sum_outside(name, args):
            result = self._out(func(*args, **kwargs), self._casts.embedding)
            if self._keeps_tables_outside:
                self._looked_up.add_all(result)
        else:
            result = self._computed(func, name, args, kwargs, None if fixed else self._casts.other)
        if fixed or name in _SHAPES or isinstance(result, torch.Size):
            self._fixed.add_all(result)
        return result

    def _is_sum_outside(self, name: str, args: Any) -> bool:
        floats = [tensor for tensor in _tensors(args) if _is_float32(tensor)]
        return name in _SUMS and bool(floats) and all(tensor in self._looked_up for tensor in floats)

    def _computed(self, func: Any, name: str, args: Any, kwargs: Any, kind: Optional[str]) -> Any:
        written = _written(name, args, kwargs)
        # What is written into must stay the very tensor that the model goes on using.
        if "out" not in kwargs:
            self._round_in_place(written, kind)
        places, keywords = _PRODUCTS.get(name[:-1] if name.endswith("_") and written else name, ((), ()))
        operands = [
            self._in(value, self._casts.matmult if place in places else kind, written)
            for place, value in enumerate(args)
        ]
        named = {
            key: self._in(value, self._casts.matmult if places and key in keywords else kind, written)
            for key, value in kwargs.items()
        }
        result = func(*operands, **named)
        if not written:
            return self._out(result, kind)
        self._fixed.discard_all(written)
        self._round_in_place(written, kind)
        return result

    def _in(self, value: Any, kind: Optional[str], written: List[torch.Tensor]) -> Any:
        if type(value) in (list, tuple):
            return type(value)(self._in(item, kind, written) for item in value)
        if kind is None or not _is_float32(value) or any(value is tensor for tensor in written):
            return value
        return self._out(value, kind)

    def _out(self, result: Any, kind: Optional[str]) -> Any:
        if kind is None or not _is_float32(result) or result in self._rounded:
            return result
        rounded = round_to(result, kind)
        self._rounded.add_all(rounded)
        return rounded

    def _round_in_place(self, written: List[torch.Tensor], kind: Optional[str]) -> None:
        for tensor in written:
            if kind is not None and _is_float32(tensor):
                tensor.copy_(round_to(tensor, kind))
                self._rounded.add_all(tensor)


class _Marks:
    """A set of tensors by identity; Python gives an id anew once its object is gone, hence the weak references."""

    def __init__(self, tensors: Iterable[torch.Tensor]) -> None:
        self._marked: Dict[int, Any] = {}
        self.add_all(list(tensors))

    def add_all(self, value: Any) -> None:
        """Mark every tensor in a value."""
        for tensor in _tensors([value]):
            self._marked[id(tensor)] = ref(tensor)

    def discard_all(self, tensors: List[torch.Tensor]) -> None:
        """Take the mark from these."""
        for tensor in tensors:
            self._marked.pop(id(tensor), None)

    def __contains__(self, value: Any) -> bool:
        marked = self._marked.get(id(value))
        return marked is not None and marked() is value


def _written(name: str, args: Any, kwargs: Dict[str, Any]) -> List[torch.Tensor]:
    """The tensors that a call writes into: its out, or the first operand of a function that works in place."""
    if kwargs.get("out") is not None:
        return list(_tensors([kwargs["out"]]))
    in_place = name == "__setitem__" or (name.endswith("_") and not name.endswith("__")) or kwargs.get("inplace")
    first = args[:1] or [kwargs.get("input")]
    return list(_tensors(first)) if in_place else []


def _is_float32(value: Any) -> bool:
    return isinstance(value, torch.Tensor) and value.dtype == torch.float32


def _tensors(values: Iterable[Any]) -> Iterator[torch.Tensor]:
    for value in values:
        if isinstance(value, torch.Tensor):
            yield value
        elif isinstance(value, (list, tuple)):
            yield from _tensors(value)
        elif isinstance(value, dict):
            yield from _tensors(value.values())


def _attention(
    func: Any, query: Any, key: Any, value: Any, attn_mask: Any = None, dropout_p: float = 0.0,
    is_causal: bool = False, scale: Optional[float] = None, enable_gqa: bool = False,
) -> torch.Tensor:  # fmt: skip
    """scaled_dot_product_attention in its parts: inside, its second product would read what nobody rounded."""
    if enable_gqa:
        groups = query.size(-3) // key.size(-3)
        key, value = key.repeat_interleave(groups, -3), value.repeat_interleave(groups, -3)
    scores = query.matmul(key.transpose(-2, -1)) * (query.size(-1) ** -0.5 if scale is None else scale)
    if is_causal:
        attn_mask = torch.ones(scores.shape[-2:], dtype=torch.bool).tril()
    if attn_mask is not None and attn_mask.dtype == torch.bool:
        scores = scores.masked_fill(~attn_mask, torch.finfo(torch.float32).min)
    elif attn_mask is not None:
        scores = scores + attn_mask
    return torch.softmax(scores, -1).matmul(value)


def _multi_head(func: Any, *args: Any, **kwargs: Any) -> Any:
    """The Python body of multi_head_attention_forward, which would otherwise hand itself over as a whole."""
    functional: Any = torch.nn.functional
    asks = functional.has_torch_function
    functional.has_torch_function = lambda _: False
    try:
        return func(*args, **kwargs)
    finally:
        functional.has_torch_function = asks


# Functions that hold several products: the mode looks inside.
_OPENED: Dict[str, Callable[..., Any]] = {
    "scaled_dot_product_attention": _attention,
    "multi_head_attention_forward": _multi_head,
}
