"""Every way into torch that a model may take, traced under the emulator's casts: python -m tests.support.operators.

Each case is a function of tensors and, beside it, the same with the roundings written out: p rounds what
the tensor engine reads, o what everything else reads and gives. Writes {case: {"matmult" | "all":
{"got": […], "wanted": […], "plain": […]}}} to stdout; got is the third run of the saved and loaded trace.
"""

from __future__ import annotations

import io
import json
import sys
import warnings
from typing import TYPE_CHECKING, Any

import torch
from torch.nn import functional

from neuron_studio.core.precision import Casts
from neuron_studio.worker.backends.cast_mode import CastMode
from neuron_studio.worker.traceable import traceable
from tests.support.reference_arithmetic import rounded

if TYPE_CHECKING:
    from collections.abc import Callable

    Round = Callable[[torch.Tensor], torch.Tensor]
    Case = tuple[Callable[..., torch.Tensor], Callable[..., torch.Tensor]]

CASTS = {"matmult": Casts("bf16", None, None), "all": Casts("bf16", "bf16", None)}


def _added_in_place(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    x = x.clone()
    x += y
    return x * 3.0


def _set(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    x = x.clone()
    x[:, 1:3] = y[:, 1:3]
    return x.matmul(y)


def _masked(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    x = x.clone()
    x.masked_fill_(y > 0, torch.finfo(torch.float32).min)
    return torch.softmax(x, -1)


def _masked_wanted(o: Round, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return o(torch.softmax(o(x).masked_fill(y > 0, -3e38), -1))


def _out(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    found = torch.empty_like(x)
    torch.matmul(x, y, out=found)
    return found.matmul(y)


def _silu_in_place(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    kept = x.clone()
    functional.silu(kept, inplace=True)
    return kept + y


def _product_in_place(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return x[None].clone().baddbmm_(x[None], y[None])[0]


def _chunks(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    first, second = x.chunk(2, -1)
    return torch.cat((second, first), -1).matmul(y)


def _attention_wanted(p: Round, o: Round, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    scores = o(o(p(x).matmul(p(y).transpose(-2, -1))) * x.shape[-1] ** -0.5)
    return o(p(o(torch.softmax(o(scores + o(x)), -1))).matmul(p(y)))


class _Opaque(torch.autograd.Function):
    """A softmax as DeBERTa had it, which a trace may not hold."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(x)
        return torch.softmax(x, -1)


def _positions(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    places = torch.log(torch.arange(x.size(-1), dtype=torch.float32) + 1.5)
    return x * (places * 1000.0)


def _many_heads() -> torch.nn.MultiheadAttention:
    torch.manual_seed(3)
    return torch.nn.MultiheadAttention(8, 2, batch_first=True).eval().requires_grad_(False)


_HEADS = _many_heads()


def _many_heads_wanted(p: Round, o: Round, x: torch.Tensor) -> torch.Tensor:
    packed = o(functional.linear(p(x), p(_HEADS.in_proj_weight), o(_HEADS.in_proj_bias)))
    query, key, value = (part.reshape(-1, 2, 4).transpose(0, 1) for part in packed.chunk(3, -1))
    shares = o(torch.softmax(o(o(p(query).bmm(p(key).transpose(1, 2))) * 0.5), -1))
    context = o(p(shares).bmm(p(value))).transpose(0, 1).reshape(-1, 8)
    return o(functional.linear(p(context), p(_HEADS.out_proj.weight), o(_HEADS.out_proj.bias)))


CASES: dict[str, Case] = {
    "matmul": (torch.matmul, lambda p, o, x, y: o(p(x).matmul(p(y)))),
    "@": (lambda x, y: x @ y, lambda p, o, x, y: o(p(x).matmul(p(y)))),
    "@=": (lambda x, y: x.__matmul__(y), lambda p, o, x, y: o(p(x).matmul(p(y)))),
    "mm": (torch.mm, lambda p, o, x, y: o(p(x).mm(p(y)))),
    "bmm, keywords": (
        lambda x, y: torch.bmm(input=x[None], mat2=y[None])[0],
        lambda p, o, x, y: o(p(x)[None].bmm(p(y)[None])[0]),
    ),
    "baddbmm": (
        lambda x, y: torch.baddbmm(x[None], x[None], y[None])[0],
        lambda p, o, x, y: o(torch.baddbmm(o(x)[None], p(x)[None], p(y)[None])[0]),
    ),
    "baddbmm_": (_product_in_place, lambda p, o, x, y: o(torch.baddbmm(o(x)[None], p(x)[None], p(y)[None])[0])),
    "addmm, as Conv1D": (
        lambda x, y: torch.addmm(y[0], x, y), lambda p, o, x, y: o(torch.addmm(o(y[0]), p(x), p(y)))
    ),
    "einsum": (
        lambda x, y: torch.einsum("ij,jk->ik", x, y), lambda p, o, x, y: o(torch.einsum("ij,jk->ik", p(x), p(y)))
    ),
    "linear, keywords": (
        lambda x, y: functional.linear(input=x, weight=y, bias=y[0]),
        lambda p, o, x, y: o(functional.linear(p(x), p(y), o(y[0]))),
    ),
    "mv": (lambda x, y: x.mv(y[0]), lambda p, o, x, y: o(p(x).mv(p(y[0])))),
    "tensordot": (
        lambda x, y: torch.tensordot(x, y, dims=1), lambda p, o, x, y: o(torch.tensordot(p(x), p(y), dims=1))
    ),
    "conv1d": (
        lambda x, y: functional.conv1d(x[None], y[:, :, None])[0],
        lambda p, o, x, y: o(functional.conv1d(p(x)[None], p(y)[:, :, None])[0]),
    ),
    "+=": (_added_in_place, lambda p, o, x, y: o(o(o(x) + o(y)) * 3.0)),
    "add_, keyword": (lambda x, y: x.clone().add_(other=y), lambda p, o, x, y: o(o(x) + o(y))),
    "[…] = …": (_set, lambda p, o, x, y: o(p(torch.cat((x[:, :1], y[:, 1:3], x[:, 3:]), 1)).matmul(p(y)))),
    "masked_fill_": (_masked, lambda p, o, x, y: _masked_wanted(o, x, y)),
    "out=": (_out, lambda p, o, x, y: o(p(o(p(x).matmul(p(y)))).matmul(p(y)))),
    "inplace=True": (_silu_in_place, lambda p, o, x, y: o(o(functional.silu(o(x))) + o(y))),
    "where": (lambda x, y: torch.where(x > y, x, y * 2.0), lambda p, o, x, y: torch.where(o(x) > o(y), o(x), o(y) * 2)),
    "softmax": (lambda x, y: torch.softmax(x, dim=-1), lambda p, o, x, y: o(torch.softmax(o(x), -1))),
    "layer_norm": (
        lambda x, y: functional.layer_norm(x, (8,), weight=y[0], bias=y[1]),
        lambda p, o, x, y: o(functional.layer_norm(o(x), (8,), o(y[0]), o(y[1]))),
    ),
    "gelu": (lambda x, y: functional.gelu(x), lambda p, o, x, y: o(functional.gelu(o(x)))),
    "chunk and cat": (_chunks, lambda p, o, x, y: o(p(torch.cat((x[:, 4:], x[:, :4]), 1)).matmul(p(y)))),
    "scaled_dot_product_attention": (
        lambda x, y: functional.scaled_dot_product_attention(x[None], y[None], y[None], attn_mask=x[None])[0],
        lambda p, o, x, y: _attention_wanted(p, o, x[None], y[None])[0],
    ),
    "MultiheadAttention": (
        lambda x, y: _HEADS(x[None], x[None], x[None], need_weights=False)[0][0],
        lambda p, o, x, y: _many_heads_wanted(p, o, x),
    ),
    "an autograd function": (
        lambda x, y: _Opaque.apply(x).matmul(y), lambda p, o, x, y: o(p(o(torch.softmax(o(x), -1))).matmul(p(y)))
    ),
    "embedding": (
        lambda x, y: functional.embedding(torch.arange(8), y) + x, lambda p, o, x, y: o(o(y) + o(x))
    ),
    "positions": (
        _positions, lambda p, o, x, y: o(o(x) * o(torch.log(torch.arange(8, dtype=torch.float32) + 1.5) * 1000.0))
    ),
}  # fmt: skip


def rounding(kind: str | None) -> Round:
    """The rounding of the reference, on torch's tensors."""
    return lambda values: values if kind is None else torch.from_numpy(rounded(values.detach().numpy(), kind))


def judge(case: Case, casts: Casts) -> dict[str, list[float]]:
    """The traced, saved and loaded case on values that it was not traced with, at its third run."""
    function, wanted = case
    torch.manual_seed(11)
    seen, x, y = torch.randn(8, 8), torch.randn(8, 8), torch.randn(8, 8)
    with torch.no_grad():
        with traceable(casts.other), CastMode(casts):
            traced = torch.jit.trace(function, (seen, y), check_trace=False)
        file = io.BytesIO()
        torch.jit.save(traced, file)
        loaded = torch.jit.load(io.BytesIO(file.getvalue()))
        got = [loaded(x, y) for _ in range(3)][-1]
        aimed = wanted(rounding(casts.matmult), rounding(casts.other), x, y)
        plain = wanted(rounding(None), rounding(None), x, y)
    return {"got": got.flatten().tolist(), "wanted": aimed.flatten().tolist(), "plain": plain.flatten().tolist()}


def main() -> None:
    """Judge every case under both casts."""
    warnings.simplefilter("ignore")
    if not hasattr(functional, "scaled_dot_product_attention"):
        del CASES["scaled_dot_product_attention"]  # torch 1.13 has none
    found = {name: {kind: judge(case, casts) for kind, casts in CASTS.items()} for name, case in CASES.items()}
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
