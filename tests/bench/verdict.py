"""What was measured and what was promised: medians, spreads, ratios, and the words for them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Series:
    """The same thing measured several times."""

    values: tuple[float, ...]
    unit: str

    @property
    def median(self) -> float:
        """The middle one."""
        return median(self.values)

    @property
    def worst(self) -> float:
        """The largest one."""
        return max(self.values)

    def percentile(self, percent: float) -> float:
        """The smallest value that so many percent of the values do not exceed."""
        ordered = sorted(self.values)
        return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]

    def in_words(self) -> str:
        """The median with its spread, or the only value."""
        if len(self.values) == 1:
            return quantity(self.median, self.unit)
        return f"{quantity(self.median, self.unit)} ({number(min(self.values))}–{number(self.worst)})"


@dataclass(frozen=True)
class Claim:
    """One promised number beside the measured one."""

    what: str
    value: float
    limit: float
    unit: str
    detail: str = ""

    @property
    def is_kept(self) -> bool:
        """Whether the measured number is within the promise; what could not be computed is not."""
        return self.value <= self.limit

    @property
    def verdict(self) -> str:
        """Kept, or missed by how much."""
        if self.is_kept:
            return "kept"
        if self.limit > 0 and math.isfinite(self.value):
            return f"missed by {(self.value / self.limit - 1) * 100:.0f} %"
        return f"missed by {quantity(self.value - self.limit, self.unit)}"


@dataclass(frozen=True)
class Row:
    """One promise of the table: what was claimed of it, or why nothing was measured."""

    name: str
    what: str
    claims: tuple[Claim, ...] = ()
    note: str = ""
    series: tuple[tuple[str, Series], ...] = ()
    not_measured: str = ""

    @property
    def is_missed(self) -> bool:
        """Whether any of its claims is missed."""
        return any(not claim.is_kept for claim in self.claims)


def ratio(what: str, subject: Series, baseline: Series, limit: float) -> Claim:
    """The claim that the subject's median is at most so many times the baseline's."""
    value = subject.median / baseline.median if baseline.median else math.inf
    return Claim(what, value, limit, "×", f"{subject.in_words()} against {baseline.in_words()}")


def at_most(what: str, value: float, limit: float, unit: str, detail: str = "") -> Claim:
    """The claim that a number stays below a limit of its own."""
    return Claim(what, value, limit, unit, detail)


def growth(what: str, before: float, after: float, limit: float, unit: str) -> Claim:
    """The claim that something stays flat: at most so many times what it was."""
    return Claim(what, after / before, limit, "×", f"{quantity(after, unit)} after {quantity(before, unit)}")


def number(value: float) -> str:
    """Three digits that count, without an exponent."""
    if not math.isfinite(value) or not value:
        return f"{value:g}"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    if abs(value) < 1e-4:
        return f"{value:.1e}"
    return f"{value:.{max(0, 2 - math.floor(math.log10(abs(value))))}f}"


def quantity(value: float, unit: str) -> str:
    """A number with its unit."""
    return f"{number(value)} {unit}".rstrip()


def seconds(values: Sequence[float]) -> Series:
    """A series of seconds."""
    return Series(tuple(values), "s")


def milliseconds(values: Sequence[float]) -> Series:
    """A series of seconds, as milliseconds."""
    return Series(tuple(value * 1000 for value in values), "ms")


def megabytes(values: Sequence[float]) -> Series:
    """A series of bytes, as megabytes."""
    return Series(tuple(value / 1e6 for value in values), "MB")
