"""Whether the end of a run is worth telling somebody about."""

from __future__ import annotations

from typing import Optional

# Who waited less than this is still looking.
LONG_S = 60


def is_worth_telling(seconds: Optional[float], is_looked_at: bool) -> bool:
    """Tell of a run that took long, and of any run while its window is not the one that is worked in."""
    return not is_looked_at or (seconds is not None and seconds >= LONG_S)
