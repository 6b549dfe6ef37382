"""Tensors as raw bytes and back, and their types by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Sequence

import torch

_DTYPES = {
    name: getattr(torch, name)
    for name in ("float32", "float16", "bfloat16", "float64", "int64", "int32", "int16", "int8", "uint8", "bool")
}


def dtype_name(tensor: torch.Tensor) -> str:
    """The type of a tensor's elements by torch's short name."""
    return str(tensor.dtype).split(".")[1]


def raw(tensor: torch.Tensor) -> bytes:
    """The elements of a tensor, in order."""
    flat = tensor.detach().contiguous().reshape(-1)
    flat = flat.to(torch.uint8) if flat.dtype == torch.bool else flat.view(torch.uint8)
    return flat.numpy().tobytes()  # type: ignore[no-any-return]


def tensor_from(content: bytes, dtype: str, shape: Sequence[int]) -> torch.Tensor:
    """The tensor that `raw` wrote."""
    if not content:
        return torch.empty(list(shape), dtype=_DTYPES[dtype])
    flat = torch.frombuffer(bytearray(content), dtype=_DTYPES[dtype] if dtype != "bool" else torch.uint8)
    return flat.to(_DTYPES[dtype]).reshape(list(shape))


def empty(dtype: str, shape: list[int]) -> torch.Tensor:
    """Zeros of this type and shape."""
    return torch.zeros(shape, dtype=_DTYPES[dtype])


def of_bytes(content: bytes) -> torch.Tensor:
    """Any bytes as a tensor, which a saved module can hold."""
    return torch.frombuffer(bytearray(content), dtype=torch.uint8)


def save_npy(path: Path, tensor: torch.Tensor) -> None:
    """A weight as the neuronx tracer leaves it in its work folder."""
    import numpy

    array: Any = tensor.detach().contiguous()
    numpy.save(str(path), (array.view(torch.int16) if array.dtype == torch.bfloat16 else array).numpy())
