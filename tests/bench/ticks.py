"""The gaps in a watched window's event loop."""

from __future__ import annotations

from array import array
from itertools import pairwise
from pathlib import Path

from tests.bench.verdict import Series, milliseconds


def gaps(file: Path, begin: float, end: float) -> Series:
    """The times between the ticks from begin to end, by the clock that never jumps."""
    ticks = array("d")
    ticks.frombytes(file.read_bytes())
    return milliseconds([after - before for before, after in pairwise(ticks) if before >= begin and after <= end])
