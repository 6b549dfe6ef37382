"""What a look at a model, a bundle or a machine found: how much it matters, what it is, what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Level(str, Enum):
    """How much a finding matters."""

    GOOD = "good"
    NOTE = "note"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """One thing that was found; command mends it in a shell, where one does; subject is what it is about."""

    level: Level
    code: str
    message: str
    remedy: str = ""
    command: str = ""
    subject: str = ""
