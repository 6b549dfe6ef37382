"""What a model has to do differently while it is traced, whatever the backend."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Iterator, Optional

import torch

# The largest finite value of each type.
LARGEST = {"bf16": (2 - 2.0**-7) * 2.0**127, "fp16": 65504.0, "tf32": (2 - 2.0**-10) * 2.0**127}


@contextmanager
def traceable(kind: Optional[str]) -> Iterator[None]:
    """Masks stay finite in the type that everything is cast to, None for float32; autograd functions lie open."""
    finfo, apply = torch.finfo, torch.autograd.Function.__dict__.get("apply")
    torch.finfo = _finfo(kind) if kind in LARGEST else finfo  # type: ignore[misc, assignment]
    torch.autograd.Function.apply = classmethod(_forward)  # type: ignore[assignment]
    try:
        yield
    finally:
        torch.finfo = finfo  # type: ignore[misc]
        if apply is None:
            del torch.autograd.Function.apply
        else:
            torch.autograd.Function.apply = apply  # type: ignore[method-assign]


def _finfo(kind: Optional[str]) -> Any:
    """torch.finfo with the limits of a narrower type: models mask with its min, and float32's would become -inf."""
    original, largest = torch.finfo, LARGEST[str(kind)]

    class Limits:
        """A type's limits, smaller than its own."""

        min, max = -largest, largest

        def __init__(self, dtype: torch.dtype) -> None:
            self._own = original(dtype)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._own, name)

    def finfo(dtype: Optional[torch.dtype] = None) -> Any:
        wanted = dtype or torch.get_default_dtype()
        return Limits(wanted) if wanted == torch.float32 else original(wanted)

    return finfo


class _NoContext:
    """Takes what an autograd function would keep for its backward pass, and forgets it."""

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **kwargs: None


def _forward(function: Any, *args: Any) -> Any:
    # A trace would hold the call of a Python function, which cannot be saved; DeBERTa's softmax was one.
    inherited = getattr(torch.autograd.Function, "setup_context", None)
    takes_context = getattr(function, "setup_context", None) is inherited
    return function.forward(_NoContext(), *args) if takes_context else function.forward(*args)
