"""Where a difference starts: the error after each layer in units of rounding, and the first layer where it jumps."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import List, Optional, Sequence

from neuron_studio.wire.events import LayerError, PairOutcome

# R beyond this, and beyond so many times the largest R of any layer before, is no rounding: two ways to round the
# same numbers come out about equally wrong after every layer (R about 1), and an error passes from layer to layer
# without growing much faster than the unit, which passes through the same layers. A defect shows as 10 and more.
JUMP = 4.0

# What bfloat16 may change of a number, relative to it: half the distance to the next one, of 8 binary digits.
BF16_STEP = 2.0**-8

# A few numbers, such as the logits of a few pairs, may round well by luck, while the states that they come from did
# not: a unit counts as no less than this share of the relative unit one layer before.
_LEAST_SHARE = 0.5


class Start(str, Enum):
    """How a difference shows first."""

    JUMP = "jump"
    NOT_FINITE = "not_finite"


@dataclass(frozen=True)
class Origin:
    """The first layer, by its place, after which the difference is no rounding."""

    place: int
    start: Start


def yardstick(layer: LayerError) -> Optional[float]:
    """R after a layer, |neuron - fp32| / |bf16 - fp32|; None where bfloat16 was not measured or changed nothing."""
    if layer.unit is None or not math.isfinite(layer.unit) or layer.unit == 0:
        return None
    return layer.error / layer.unit


def relative_error(layer: LayerError) -> Optional[float]:
    """|neuron - fp32| / |fp32| after a layer; None where the layer gives zeros or no numbers."""
    if not math.isfinite(layer.size) or layer.size == 0:
        return None
    return layer.error / layer.size


def origin(layers: Sequence[LayerError]) -> Optional[Origin]:
    """The first layer that gives no numbers where the CPU does, or after which R jumps; None where neither happens."""
    largest = 1.0
    for place, (layer, ratio) in enumerate(zip(layers, _certain_ratios(layers))):
        if not math.isfinite(layer.error):
            return Origin(place, Start.NOT_FINITE) if math.isfinite(layer.size) else None
        if ratio > JUMP * largest:
            return Origin(place, Start.JUMP)
        largest = max(largest, ratio)
    return None


def repeats(twin: Sequence[Sequence[float]], outcomes: Sequence[PairOutcome]) -> bool:
    """Whether a twin's logits, a row for each outcome, are the traced module's, but for what rounding may change."""
    apart, unit = 0.0, 0.0
    for row, outcome in zip(twin, outcomes):
        for ours, neuron, cpu in zip(row, outcome.neuron, outcome.cpu):
            if math.isfinite(ours) != math.isfinite(neuron):
                return False
            apart += (ours - neuron) ** 2 if math.isfinite(neuron) else 0.0
            unit += (BF16_STEP * cpu) ** 2
        unit += math.fsum((a - b) ** 2 for a, b in zip(outcome.cpu_bf16, outcome.cpu) if math.isfinite(a))
    return math.sqrt(apart) <= JUMP * math.sqrt(unit)


def _certain_ratios(layers: Sequence[LayerError]) -> List[float]:
    """R as a jump is judged by: of a unit that luck does not shrink, and bfloat16's own step where there is none."""
    ratios: List[float] = []
    before = 0.0
    for layer in layers:
        measured = layer.unit if yardstick(layer) is not None and layer.unit is not None else BF16_STEP * layer.size
        unit = max(measured, _LEAST_SHARE * before * layer.size)
        ratios.append(layer.error / unit if unit else 0.0 if layer.error == 0 else math.inf)
        before = measured / layer.size if layer.size else before
    return ratios
