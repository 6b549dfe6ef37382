"""What the chips do to numbers, as the compilers' documents state it for their flags.

Products' operands are rounded and summed in float32; other operators read and write rounded values; rounding is to
the nearest, ties to even. The chips' tile sizes and approximations are not documented and not imitated.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Optional, Sequence

import torch

_NARROW = {"bf16": torch.bfloat16, "fp16": torch.float16}
_LARGEST = {
    "bf16": torch.finfo(torch.bfloat16).max,
    "fp16": 65504.0,
    "tf32": torch.finfo(torch.float32).max,
    "fp8_e4m3": 448.0,
}

# Where the operands of matrix products stand.
_OPERANDS = {
    "aten::linear": (0, 1), "aten::matmul": (0, 1), "aten::mm": (0, 1), "aten::bmm": (0, 1), "aten::mv": (0, 1),
    "aten::dot": (0, 1), "aten::addmm": (1, 2), "aten::baddbmm": (1, 2), "aten::addbmm": (1, 2), "aten::einsum": (1,),
    "aten::_convolution": (0, 1), "aten::conv1d": (0, 1), "aten::conv2d": (0, 1), "aten::tensordot": (0, 1),
    "aten::bilinear": (0, 1, 2), "aten::scaled_dot_product_attention": (0, 1, 2),
}  # fmt: skip
_TRANSPOSES = frozenset(("aten::transpose", "aten::permute", "aten::t"))
_TF32_DROPS = 13


@dataclass(frozen=True)
class Arithmetic:
    """Which type each kind of operator works in; None is float32."""

    matmult: Optional[str] = None
    other: Optional[str] = None
    transpose: Optional[str] = None
    wide_sums: bool = True
    saturate: bool = False

    def plain(self) -> dict[str, Any]:
        """As JSON takes it."""
        return asdict(self)

    def call(self, kind: str, function: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """Do one operator as the chip does."""
        operands = _OPERANDS.get(kind, ())
        given = [self._round(value, self.matmult if place in operands else self.other)
                 for place, value in enumerate(args)]  # fmt: skip
        named = {name: self._round(value, self.other) for name, value in kwargs.items()}
        if kind.endswith("_") and not kind.endswith("__"):
            given[0] = args[0]
            result = function(*given, **named)
            rounded = self._round(result, self.other)
            return result if rounded is result else result.copy_(rounded)
        if self.other is not None and not self.wide_sums and kind in _NARROW_SUMS:
            result = _NARROW_SUMS[kind](self, *given)
        else:
            result = function(*given, **named)
        result = self._round(result, self.transpose) if kind in _TRANSPOSES else result
        return self._round(result, self.other)

    def _round(self, value: Any, kind: Optional[str]) -> Any:
        if kind is None:
            return value
        if isinstance(value, (list, tuple)):
            return type(value)(self._round(part, kind) for part in value)
        if not isinstance(value, torch.Tensor) or value.dtype != torch.float32:
            return value
        rounded = nearest(value, kind)
        return rounded.clamp(-_LARGEST[kind], _LARGEST[kind]) if self.saturate else rounded

    def narrow(self, value: torch.Tensor) -> torch.Tensor:
        """A float32 value as everything but products holds it."""
        return self._round(value, self.other)  # type: ignore[no-any-return]


def nearest(value: torch.Tensor, kind: str) -> torch.Tensor:
    """Float32 values rounded to another type, given back as float32."""
    if kind in _NARROW:
        return value.to(_NARROW[kind]).to(torch.float32)
    if kind == "fp8_e4m3":
        return _eight_bits(value)
    bits = value.contiguous().view(torch.int32)
    odd = (bits >> _TF32_DROPS) & 1
    kept = (bits + ((1 << (_TF32_DROPS - 1)) - 1) + odd) >> _TF32_DROPS << _TF32_DROPS
    return torch.where(torch.isfinite(value), kept.view(torch.float32), value)


def _eight_bits(value: torch.Tensor) -> torch.Tensor:
    if not hasattr(torch, "float8_e4m3fn"):
        raise NotImplementedError("this torch has no 8-bit floats for the stand-in to round with")
    return value.clamp(-448.0, 448.0).to(torch.float8_e4m3fn).to(torch.float32)


def _softmax(arithmetic: Arithmetic, value: torch.Tensor, dim: int, *_rest: Any) -> torch.Tensor:
    grown = arithmetic.narrow(torch.exp(arithmetic.narrow(value - value.amax(dim, keepdim=True))))
    return grown / arithmetic.narrow(grown.sum(dim, keepdim=True))


def _layer_norm(
    arithmetic: Arithmetic, value: torch.Tensor, shape: list[int], weight: Any, bias: Any, eps: float, *_rest: Any
) -> torch.Tensor:
    dims = list(range(-len(shape), 0))
    centred = arithmetic.narrow(value - arithmetic.narrow(value.mean(dims, keepdim=True)))
    spread = arithmetic.narrow(arithmetic.narrow(centred * centred).mean(dims, keepdim=True))
    normal = arithmetic.narrow(centred * torch.rsqrt(spread + eps))
    normal = normal if weight is None else arithmetic.narrow(normal * weight)
    return normal if bias is None else normal + bias


_NARROW_SUMS = {"aten::softmax": _softmax, "aten::layer_norm": _layer_norm}
