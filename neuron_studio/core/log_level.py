"""How grave a line of a log is, by the words that loggers, compilers and the runtime put into it."""

from __future__ import annotations

import re
from enum import IntEnum


class LogLevel(IntEnum):
    """From anything at all to what ends a run."""

    ANY = 0
    WARNING = 1
    ERROR = 2


# Loggers write their level in capitals; Python's own exceptions and warnings end in these words, before a colon.
_ERROR = re.compile(
    r"\b(?:ERROR|FATAL|CRITICAL|SEVERE|NRT_[A-Z_]*FAIL\w*|NCC_[A-Z]+\d+)\b|\b[Ee]rror:|\w(?:Error|Exception)\b:?"
    r"|^Traceback \(most recent call last\)|\bSegmentation fault\b|\b[Kk]illed\b"
)
_WARNING = re.compile(r"\bWARN(?:ING)?\b|\b[Ww]arning:|\wWarning\b:?")

# Nearly every line is neither, and is told apart by this much sooner.
_HINTS = ("error", "warn", "fatal", "critical", "severe", "exception", "traceback", "fault", "killed", "fail", "ncc_")


def level_of(line: str) -> LogLevel:
    """The level that a line speaks of; what a number or a path happens to spell is none."""
    small = line.lower()
    if not any(hint in small for hint in _HINTS):
        return LogLevel.ANY
    if _ERROR.search(line):
        return LogLevel.ERROR
    return LogLevel.WARNING if _WARNING.search(line) else LogLevel.ANY
