"""A number of things, in words."""

from __future__ import annotations


def counted(count: int, noun: str) -> str:
    """So many of them, such as "1 pair" or "3,664 pairs"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
