"""Findings in words: the same lines in the window, in the terminal and on the clipboard."""

from __future__ import annotations

from typing import Iterable, List, Sequence

from neuron_studio.core.counting import counted
from neuron_studio.wire.findings import Finding, Level

# Colour never speaks alone.
LEVEL_SIGNS = {Level.GOOD: "✓", Level.NOTE: "·", Level.WARNING: "⚠", Level.PROBLEM: "✗"}

_ORDER = (Level.PROBLEM, Level.WARNING, Level.NOTE, Level.GOOD)


def gravest_first(findings: Iterable[Finding]) -> List[Finding]:
    """The findings as people should read them; those of one level keep their order."""
    return sorted(findings, key=lambda finding: _ORDER.index(finding.level))


def gravest(findings: Iterable[Finding]) -> Level:
    """The level that all findings together come to: good, where there is nothing that should be looked at."""
    levels = {finding.level for finding in findings} - {Level.NOTE}
    return next((level for level in _ORDER if level in levels), Level.GOOD)


def finding_lines(finding: Finding) -> List[str]:
    """One finding: what it is, then what to do, then the command, each on a line of its own."""
    subject = f"{finding.subject}: " if finding.subject else ""
    lines = [f"{LEVEL_SIGNS[finding.level]} {subject}{finding.message}"]
    if finding.remedy:
        lines.append(f"  → {finding.remedy}")
    if finding.command:
        lines.extend(f"  $ {line}" for line in finding.command.splitlines())
    return lines


def findings_text(findings: Iterable[Finding]) -> str:
    """All findings, the gravest first."""
    return "\n".join(line for finding in gravest_first(findings) for line in finding_lines(finding))


def count_line(findings: Sequence[Finding]) -> str:
    """How many there are of what matters, such as "1 problem, 2 warnings"; says so where there is none."""
    parts = []
    for level, name in ((Level.PROBLEM, "problem"), (Level.WARNING, "warning")):
        count = sum(finding.level is level for finding in findings)
        if count:
            parts.append(counted(count, name))
    return ", ".join(parts) or "nothing stands in the way"
