"""The operators that neuron-cc compiles, by the published list (up to SDK 2.13; nothing later is documented)."""

from __future__ import annotations

import json
from pathlib import Path

_LISTED = json.loads((Path(__file__).parent / "operators.json").read_text(encoding="utf-8"))

FULL: frozenset[str] = frozenset(_LISTED["full"])
LIMITED: frozenset[str] = frozenset(_LISTED["limited"])


def is_supported(kind: str) -> bool:
    """Whether the partitioner may place an operator; limited ones it tries."""
    return kind in FULL or kind in LIMITED
