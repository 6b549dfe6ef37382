"""A bundle against its own golden values: what a fresh process may change, and what it says when more did."""

from __future__ import annotations

import math
from typing import Sequence, Tuple

from neuron_studio.core.counting import counted
from neuron_studio.wire.events import GoldenCompared

# A fresh process repeats the same arithmetic; this much is left for another number of threads.
TOLERANCE = 1e-4


def largest_difference(rows: Sequence[Sequence[float]], golden: Sequence[Sequence[float]]) -> float:
    """The largest of all logits' differences from their golden values; infinite where there are more or fewer."""
    if [len(row) for row in rows] != [len(row) for row in golden]:
        return math.inf
    return max((_difference(a, b) for row, known in zip(rows, golden) for a, b in zip(row, known)), default=0.0)


def _difference(value: float, golden: float) -> float:
    """Relative above 1, absolute below; NaN equals NaN, as in the bundle's own infer.py."""
    if math.isnan(value) or math.isnan(golden):
        return 0.0 if math.isnan(value) and math.isnan(golden) else math.inf
    if math.isinf(value) or math.isinf(golden):
        return 0.0 if value == golden else math.inf
    return abs(value - golden) / max(1.0, abs(golden))


def golden_defects(golden: GoldenCompared) -> Tuple[str, ...]:
    """What is wrong with a bundle that does not reproduce its golden values; nothing where it does."""
    if golden.other_tokens:
        said = f"for {golden.other_tokens} of {counted(golden.pairs, 'golden pair')}"
        return (f"The bundle's tokenizer gives other tokens than the recorded ones {said}.",)
    if not golden.largest <= golden.allowed:
        return (f"It does not reproduce its golden values: they differ by {golden.largest:.3g}, allowed is "
                f"{golden.allowed:g}.",)  # fmt: skip
    return ()


def golden_text(golden: GoldenCompared) -> str:
    """How a bundle stood against its golden values, on one line."""
    pairs = counted(golden.pairs, "pair")
    outcome = "not reproduced" if golden_defects(golden) else "reproduced"
    return f"golden values {outcome}: {pairs}, largest difference {golden.largest:.3g}, allowed {golden.allowed:g}"
