"""What a chart is made of: axes, marks and the numbers beside it, as values that any painter can draw."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import List, Sequence, Tuple, Union

Place = Tuple[float, float]

# What is smaller than this beside the axis's length is the rounding of a sum of steps.
_DUST = 1e-9
_MOST_TICKS = 6


class Ink(Enum):
    """What a stroke is for; its painter knows the colour that suits the ground."""

    TEXT = "text"
    QUIET = "quiet"
    ACCENT = "accent"
    DANGER = "danger"
    SHADE = "shade"
    GROUND = "ground"


class Shape(Enum):
    """How a point looks; no two series of a chart share one, so that grey says the same as colour."""

    CIRCLE = "circle"
    DISC = "disc"
    CROSS = "cross"


@dataclass(frozen=True)
class Axis:
    """A span of values, drawn in decades if is_log; names stand at 0, 1, 2 … instead of numbers."""

    title: str
    low: float
    high: float
    is_log: bool = False
    names: Tuple[str, ...] = ()

    def share(self, value: float) -> float:
        """Where a value lies between both ends, 0 to 1; what lies outside is drawn at the end."""
        low, high = self.low, self.high
        if self.is_log:
            value, low, high = math.log10(max(value, low)), math.log10(low), math.log10(high)
        return min(1.0, max(0.0, (value - low) / (high - low)))

    def ticks(self) -> Tuple[Tuple[float, str], ...]:
        """The values to be written at the axis, as few as are read at a glance."""
        if self.names:
            return tuple((float(place), name) for place, name in enumerate(self.names))
        if self.is_log:
            first, last = round(math.log10(self.low)), round(math.log10(self.high))
            every = -(-(last - first) // _MOST_TICKS)
            return tuple((10.0**power, f"{10.0**power:g}") for power in range(first, last + 1, every))
        step = _step(self.high - self.low)
        first = math.ceil(self.low / step - _DUST)
        values = [number * step for number in range(first, math.floor(self.high / step + _DUST) + 1)]
        return tuple((value, f"{value:.6g}") for value in values)


def _step(span: float) -> float:
    """The least of 1, 2 and 5 times a power of ten that divides a span into few enough parts."""
    power = 10.0 ** math.floor(math.log10(span / _MOST_TICKS))
    return next(power * factor for factor in (1, 2, 5, 10, 20) if span / (power * factor) <= _MOST_TICKS)


def linear_axis(title: str, values: Sequence[float], room: float = 0.05) -> Axis:
    """An axis around these values, with a little room at both ends."""
    low, high = min(values), max(values)
    room *= (high - low) or abs(high) or 1.0
    return Axis(title, low - room, high + room)


def log_axis(title: str, values: Sequence[float]) -> Axis:
    """An axis of whole decades around the values above zero; zero itself is drawn at its lower end."""
    above = [value for value in values if value > 0] or [1.0]
    low, high = math.floor(math.log10(min(above)) - _DUST), math.ceil(math.log10(max(above)) + _DUST)
    return Axis(title, 10.0**low, 10.0 ** max(high, low + 1), is_log=True)


@dataclass(frozen=True)
class Points:
    """A cloud of points."""

    name: str
    shape: Shape
    ink: Ink
    places: Tuple[Place, ...]


@dataclass(frozen=True)
class Line:
    """A line from place to place."""

    name: str
    places: Tuple[Place, ...]
    ink: Ink = Ink.TEXT
    is_dashed: bool = False


@dataclass(frozen=True)
class Area:
    """A shaded polygon."""

    name: str
    places: Tuple[Place, ...]


@dataclass(frozen=True)
class Bar:
    """A bar from one value to another, between two places of the other axis."""

    left: float
    right: float
    foot: float
    head: float


@dataclass(frozen=True)
class Bars:
    """Bars with an outline, filled or open."""

    name: str
    bars: Tuple[Bar, ...]
    is_filled: bool = True


Marks = Union[Points, Line, Area, Bars]


@dataclass(frozen=True)
class Chart:
    """A whole chart: what it shows in one sentence, its marks from back to front, and its numbers in rows."""

    title: str
    summary: str
    x: Axis
    y: Axis
    marks: Tuple[Marks, ...]
    numbers: Tuple[Tuple[str, ...], ...]
    badge: str = ""

    @property
    def numbers_text(self) -> str:
        """The numbers as text in columns: names to the left, numbers to the right."""
        return "\n".join(_columns(self.numbers))


_LONGEST_NAME = 24


def _columns(rows: Sequence[Sequence[str]]) -> List[str]:
    named = [(cut(row[0], _LONGEST_NAME), *row[1:]) for row in rows]
    widths = [max(map(len, column)) for column in zip(*named)]
    return [
        "  ".join([row[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])])
        for row in named
    ]


def cut(text: str, most: int) -> str:
    """A text of so many characters at most."""
    return text if len(text) <= most else text[: most - 1] + "…"
