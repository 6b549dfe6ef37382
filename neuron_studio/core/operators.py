"""What is said of a graph's operators on a target: by the published lists, and by the SDK where it was asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, FrozenSet, Iterable, Mapping, Optional, Tuple

from neuron_studio.core.precision import INF1
from neuron_studio.wire.operators import JudgedOperator, OperatorUse, Support

# What stands for itself in torch-neuron's count; other prim:: nodes are only the graph's own plumbing.
_PYTHON = "prim::PythonOp"


@dataclass(frozen=True)
class OperatorTable:
    """The published lists; each text is a condition or a reason."""

    full: FrozenSet[str]
    limited: Mapping[str, str]
    notes: Mapping[str, str]
    on_the_cpu: Mapping[str, str]
    listed: FrozenSet[str]
    in_examples: FrozenSet[str]
    known_to_fail: Mapping[str, str]


@dataclass(frozen=True)
class SdkAnswer:
    """What an SDK says when it is asked: the kinds it takes, and those it refuses with the reason.

    names_all says that whatever is in neither is refused too.
    """

    said_by: str
    taken: FrozenSet[str]
    refused: Mapping[str, str] = field(default_factory=dict)
    names_all: bool = False


def operator_table(plain: Mapping[str, Any]) -> OperatorTable:
    """The lists as they are shipped."""
    inf1, neuronx = plain["inf1"], plain["neuronx"]
    return OperatorTable(
        full=frozenset(inf1["full"]),
        limited=inf1["limited"],
        notes=inf1["notes"],
        on_the_cpu=inf1["on_the_cpu"],
        listed=frozenset(neuronx["listed"]),
        in_examples=frozenset(neuronx["in_examples"]),
        known_to_fail=neuronx["known_to_fail"],
    )


def is_counted(kind: str) -> bool:
    """Whether an operator counts as one: the arithmetic, not the graph's own plumbing."""
    return kind.startswith("aten::") or kind == _PYTHON


def judge_operators(
    uses: Iterable[OperatorUse], table: OperatorTable, family: str, answer: Optional[SdkAnswer] = None
) -> Tuple[JudgedOperator, ...]:
    """What is said of each kind, the most frequent first; the SDK's own word wins over the lists."""
    judged = [_judge(use, table, family, answer) for use in uses if is_counted(use.kind)]
    return tuple(sorted(judged, key=lambda operator: (-operator.use.count, operator.use.kind)))


def _judge(use: OperatorUse, table: OperatorTable, family: str, answer: Optional[SdkAnswer]) -> JudgedOperator:
    by_list = (_on_inf1 if family == INF1 else _on_neuronx)(use, table)
    if answer is None:
        return by_list
    refusal = Support.UNSUPPORTED if family == INF1 else Support.FAILS
    if use.kind in answer.refused:
        reason = answer.refused[use.kind] or by_list.reason
        return JudgedOperator(use, refusal, reason, answer.said_by)
    if use.kind in answer.taken:
        return JudgedOperator(use, Support.SUPPORTED, table.notes.get(use.kind, ""), answer.said_by)
    # torch-neuron's own list leaves out what it takes under a condition.
    if answer.names_all and by_list.support is not Support.LIMITED:
        return JudgedOperator(use, refusal, by_list.reason, answer.said_by)
    return by_list


def _on_inf1(use: OperatorUse, table: OperatorTable) -> JudgedOperator:
    if use.kind in table.full:
        return JudgedOperator(use, Support.SUPPORTED, table.notes.get(use.kind, ""))
    if use.kind in table.limited:
        return JudgedOperator(use, Support.LIMITED, table.limited[use.kind])
    return JudgedOperator(use, Support.UNSUPPORTED, table.on_the_cpu.get(use.kind, ""))


def _on_neuronx(use: OperatorUse, table: OperatorTable) -> JudgedOperator:
    if use.kind in table.known_to_fail:
        return JudgedOperator(use, Support.FAILS, table.known_to_fail[use.kind])
    if use.kind in table.listed:
        return JudgedOperator(use, Support.LISTED)
    return JudgedOperator(use, Support.IN_EXAMPLES if use.kind in table.in_examples else Support.NOT_LISTED)


def with_support(operators: Iterable[JudgedOperator], *wanted: Support) -> Tuple[JudgedOperator, ...]:
    """Those of which this is said."""
    return tuple(operator for operator in operators if operator.support in wanted)


def total(operators: Iterable[JudgedOperator]) -> int:
    """How many operators there are, all kinds together."""
    return sum(operator.use.count for operator in operators)


def folded_modules(counts: Mapping[str, int]) -> Dict[str, int]:
    """Module paths with a * for each number, so that the layers of an encoder are one line."""
    folded: Dict[str, int] = {}
    for path, count in counts.items():
        name = ".".join("*" if part.isdigit() else part for part in path.split("."))
        folded[name] = folded.get(name, 0) + count
    return folded
