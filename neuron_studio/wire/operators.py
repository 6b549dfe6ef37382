"""The operators of a traced graph: what is said of them before a run, and where a compiler really put them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Tuple


class Support(str, Enum):
    """What a published list, or the SDK itself, says of an operator on a target."""

    SUPPORTED = "supported"
    LIMITED = "limited"
    UNSUPPORTED = "unsupported"
    LISTED = "listed"
    IN_EXAMPLES = "in_examples"
    NOT_LISTED = "not_listed"
    FAILS = "fails"


@dataclass(frozen=True)
class OperatorUse:
    """One kind of operator in a graph: how often it is there, and in which modules; a * stands for a number."""

    kind: str
    count: int
    modules: Tuple[str, ...] = ()


@dataclass(frozen=True)
class JudgedOperator:
    """One kind of operator with what is said of it, why, and by whom; said_by empty is the published list."""

    use: OperatorUse
    support: Support
    reason: str = ""
    said_by: str = ""


@dataclass(frozen=True)
class LeftOperator:
    """How many operators of a kind the compiler left on the CPU, and whether it could have taken them."""

    kind: str
    count: int
    supported: bool
