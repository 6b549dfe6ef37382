"""What happened in a run: one frozen record per fact, as the worker writes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Optional, Tuple, Union

from neuron_studio.wire.findings import Finding
from neuron_studio.wire.operators import JudgedOperator, LeftOperator


@dataclass(frozen=True)
class RunStarted:
    """The worker holds the lock and has begun."""

    pid: int
    host: str
    python: str


@dataclass(frozen=True)
class StageStarted:
    """A stage began."""

    stage: str


@dataclass(frozen=True)
class StageFinished:
    """A stage ended well, after so many seconds."""

    stage: str
    seconds: float


@dataclass(frozen=True)
class Progressed:
    """How far the present stage is; total None where nobody knows."""

    stage: str
    done: int
    total: Optional[int]
    unit: str


@dataclass(frozen=True)
class Noted:
    """Something the user should know that stops nothing."""

    code: str
    message: str
    remedy: str = ""


@dataclass(frozen=True)
class EnvironmentDescribed:
    """The versions that decide what comes out: Python, torch, transformers and the SDK's packages."""

    versions: Dict[str, str]
    emulated: bool
    runs_on_device: bool


@dataclass(frozen=True)
class ModelDescribed:
    """The loaded model: labels are in the order of its logits."""

    id: str
    revision: Optional[str]
    architecture: str
    parameters: int
    labels: Tuple[str, ...]
    problem_type: Optional[str]
    licence: Optional[str]
    inputs: Tuple[str, ...]


@dataclass(frozen=True)
class Preflighted:
    """What can be said before a compile: the operators of the graph traced on the CPU, and what was found."""

    operators: Tuple[JudgedOperator, ...]
    findings: Tuple[Finding, ...]


@dataclass(frozen=True)
class Placed:
    """Where torch-neuron put the operators: how many in all, planned for Neuron and compiled; None where untold."""

    operators: int
    planned: Optional[int]
    achieved: Optional[int]
    parts: Optional[int]
    parts_compiled: Optional[int]
    compiled: Dict[str, int]
    left: Tuple[LeftOperator, ...]


@dataclass(frozen=True)
class Traced:
    """The compiler is done: its whole argument list, and the defaults it was left to choose."""

    compiler: str
    arguments: Tuple[str, ...]
    defaults: Dict[str, str]


@dataclass(frozen=True)
class PairOutcome:
    """One pair's numbers: CPU logits in float32 and bfloat16, and the target's (empty where it did not run)."""

    index: int
    tokens: int
    truncated: bool
    cpu: Tuple[float, ...]
    cpu_bf16: Tuple[float, ...]
    neuron: Tuple[float, ...]


@dataclass(frozen=True)
class PairsJudged:
    """A batch of pairs has been through both sides."""

    outcomes: Tuple[PairOutcome, ...]


@dataclass(frozen=True)
class BundleSaved:
    """The bundle is whole and in its place."""

    path: str
    model_file: str
    sha256: str
    bytes: int
    verified: bool


@dataclass(frozen=True)
class RunFinished:
    """Every stage is done."""


@dataclass(frozen=True)
class RunFailed:
    """The run ended early, for the stated reason; detail is for whoever mends it."""

    code: str
    message: str
    remedy: str
    stage: str
    blame: str
    detail: str = ""


@dataclass(frozen=True)
class RunStopped:
    """The user stopped the run in this stage; nothing half-made was left."""

    stage: str


Event = Union[
    RunStarted,
    StageStarted,
    StageFinished,
    Progressed,
    Noted,
    EnvironmentDescribed,
    ModelDescribed,
    Preflighted,
    Placed,
    Traced,
    PairsJudged,
    BundleSaved,
    RunFinished,
    RunFailed,
    RunStopped,
]

EVENT_KINDS = {kind.__name__: kind for kind in Event.__args__}  # type: ignore[attr-defined]
FINAL = (RunFinished, RunFailed, RunStopped)
