"""Finding and calling torch's operators by the names that graphs give them."""

from __future__ import annotations

from typing import Any

import torch


def operator(kind: str, overload: str) -> Any:
    """The callable behind a graph's operator."""
    namespace, name = kind.split("::")
    packet = getattr(getattr(torch.ops, namespace), name)
    return getattr(packet, overload or "default")


def flat_tensors(result: Any) -> list[torch.Tensor]:
    """The tensors of a result, in order; empty where it holds anything else."""
    if isinstance(result, torch.Tensor):
        return [result]
    if isinstance(result, (list, tuple)):
        found = [flat_tensors(part) for part in result]
        return [tensor for part in found for tensor in part] if all(found) else []
    return []
