"""What happened in a run: one frozen record per fact, as the worker writes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Optional, Tuple, Union


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
class Beat:
    """A sign of life: what the run's processes take, and since when they have been silent or idle.

    seconds is the worker's own clock, which neither jumps nor counts a suspended machine's sleep. Memory is
    that of all processes together, shared pages counted once up to 512 MiB and in each process beyond it; the
    peak is the most that was seen since the beat before. The machine's memory is what this run may use.
    """

    stage: str
    phase: str
    seconds: float
    processes: int
    cores: float
    cpu_seconds: float
    memory_bytes: int
    peak_memory_bytes: int
    machine_memory_bytes: int
    available_memory_bytes: int
    silent_s: float
    idle_s: float


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
    Beat,
    Noted,
    EnvironmentDescribed,
    ModelDescribed,
    Traced,
    PairsJudged,
    BundleSaved,
    RunFinished,
    RunFailed,
    RunStopped,
]

EVENT_KINDS = {kind.__name__: kind for kind in Event.__args__}  # type: ignore[attr-defined]
FINAL = (RunFinished, RunFailed, RunStopped)
