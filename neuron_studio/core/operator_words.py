"""Operators in words: the same rows and sentences in the window, in the terminal, in the report and when copied."""

from __future__ import annotations

from typing import Iterable, List, Optional, Sequence, Tuple

from neuron_studio.core.finding_words import count_line, findings_text
from neuron_studio.core.operators import total, with_support
from neuron_studio.core.precision import INF1
from neuron_studio.core.run_state import RunState
from neuron_studio.wire.events import Placed
from neuron_studio.wire.operators import JudgedOperator, Support

# Colour never speaks alone.
SUPPORT_WORDS = {
    Support.SUPPORTED: "✓ supported",
    Support.LIMITED: "≈ with a condition",
    Support.UNSUPPORTED: "– unsupported: on the CPU",
    Support.LISTED: "✓ listed",
    Support.IN_EXAMPLES: "✓ in AWS's examples",
    Support.NOT_LISTED: "? not listed",
    Support.FAILS: "✗ fails to compile",
}
_GOOD = {
    True: (Support.SUPPORTED, Support.LIMITED),
    False: (Support.SUPPORTED, Support.LISTED, Support.IN_EXAMPLES),
}
_MOST_NAMED = 4
_MOST_MODULES = 3

COLUMNS = ("Operator", "Count", "Share", "Prediction", "Compiler", "Modules")


def share_text(part: int, whole: int) -> str:
    """A share of the operators; never rounded up to all of them."""
    if not whole:
        return "–"
    share = 100 * part / whole
    return f"{min(share, 99.9) if part < whole else share:.1f} %"


def support_text(operator: JudgedOperator) -> str:
    """What is said of an operator."""
    return SUPPORT_WORDS[operator.support]


def reason_text(operator: JudgedOperator) -> str:
    """Why that is said, and by whom where it is the SDK itself."""
    said_by = f"says {operator.said_by}" if operator.said_by else ""
    return "; ".join(filter(None, (operator.reason, said_by)))


def modules_text(operator: JudgedOperator, most: int = _MOST_MODULES) -> str:
    """The modules that an operator comes from; a * stands for the numbers of layers."""
    modules = [module or "the model itself" for module in operator.use.modules]
    more = f" and {len(modules) - most} more" if len(modules) > most else ""
    return ", ".join(modules[:most]) + more


def placed_text(operator: JudgedOperator, placed: Optional[Placed]) -> str:
    """Where the compiler put an operator; not fused is what it could have taken and left on the CPU."""
    if placed is None:
        return ""
    parts = []
    if placed.compiled.get(operator.use.kind):
        parts.append(f"{placed.compiled[operator.use.kind]} on Neuron")
    for left in placed.left:
        if left.kind == operator.use.kind:
            parts.append(f"{left.count} {'not fused' if left.supported else 'on the CPU'}")
    return ", ".join(parts)


def rows(operators: Iterable[JudgedOperator], placed: Optional[Placed]) -> List[Tuple[str, ...]]:
    """The table as text, a column for each of COLUMNS."""
    operators = tuple(operators)
    whole = total(operators)
    return [
        (
            operator.use.kind, str(operator.use.count), share_text(operator.use.count, whole), support_text(operator),
            placed_text(operator, placed), modules_text(operator),
        )
        for operator in operators
    ]  # fmt: skip


def summary(state: RunState) -> List[str]:
    """The sentences above the table: what was predicted, what the compiler did, what an emulation leaves open."""
    if state.preflight is None:
        return []
    operators, family = state.preflight.operators, state.spec.target.family
    lines = [_prediction(operators, family)]
    if family != INF1:
        lines.append("There is no fallback to the CPU: an operator that neuronx-cc refuses ends the compile.")
    if state.placed is not None:
        lines.append(_placement(state.placed))
    elif state.emulated:
        lines.append(f"Nothing was compiled: this is what is known of {family.capitalize()} without its SDK.")
    return lines


def headline(state: RunState) -> str:
    """The findings that matter, counted."""
    return count_line(state.preflight.findings if state.preflight else ())


def _prediction(operators: Sequence[JudgedOperator], family: str) -> str:
    good, whole = total(with_support(operators, *_GOOD[family == INF1])), total(operators)
    said_by = next((f" ({operator.said_by})" for operator in operators if operator.said_by), "")
    share = f"{good} of {whole} operators ({share_text(good, whole)})"
    if family == INF1:
        rest = with_support(operators, Support.UNSUPPORTED)
        stay = f"; {total(rest)} stay{'s' if total(rest) == 1 else ''} on the CPU: {_named(rest)}" if rest else ""
        return f"{share} can run on Neuron{said_by}{stay}."
    fails, unlisted = with_support(operators, Support.FAILS), with_support(operators, Support.NOT_LISTED)
    known = "are supported" if said_by else "are on AWS's published list or in its examples"
    line = f"{share} {known}{said_by}"
    if unlisted:
        line += f"; {total(unlisted)} are not listed, which says nothing against them, for the list is partial"
    return f"{line}; {total(fails)} known to fail: {_named(fails)}." if fails else f"{line}."


def _named(operators: Sequence[JudgedOperator]) -> str:
    named = [f"{operator.use.kind} in {modules_text(operator)}" for operator in operators[:_MOST_NAMED]]
    more = f" and {len(operators) - _MOST_NAMED} more kinds" if len(operators) > _MOST_NAMED else ""
    return "; ".join(named) + more


def _placement(placed: Placed) -> str:
    parts = []
    if placed.planned is not None:
        share = share_text(placed.planned, placed.operators)
        parts.append(f"planned {placed.planned} of {placed.operators} operators ({share})")
    if placed.achieved is not None:
        parts.append(f"compiled {placed.achieved} ({share_text(placed.achieved, placed.operators)})")
    if placed.parts is not None:
        parts.append(f"{placed.parts_compiled} of {placed.parts} sub-graphs")
    line = f"The compiler: {', '.join(parts)}."
    not_fused = sum(left.count for left in placed.left if left.supported)
    refused = sum(left.count for left in placed.left if not left.supported)
    if not_fused or refused:
        line += f" On the CPU: {refused} not supported, {not_fused} supported but not fused."
    return line


def operators_text(state: RunState) -> str:
    """Everything that the Operators tab shows, to be sent to somebody."""
    if state.preflight is None:
        return ""
    table = [COLUMNS, *rows(state.preflight.operators, state.placed)]
    widths = [max(len(row[column]) for row in table) for column in range(len(COLUMNS))]
    reasons = [
        f"{operator.use.kind}: {reason_text(operator)}" for operator in state.preflight.operators if operator.reason
    ]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in table]
    parts = (summary(state), [findings_text(state.preflight.findings)], lines, reasons)
    return "\n\n".join("\n".join(part) for part in parts if part)
