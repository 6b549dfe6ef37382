"""What happened in a run: one frozen record per fact, as the worker writes them."""

from __future__ import annotations

from dataclasses import dataclass, field
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
    """The loaded model: labels are in the order of its logits, saved_as is the type of its weights on disk."""

    id: str
    revision: Optional[str]
    architecture: str
    parameters: int
    labels: Tuple[str, ...]
    problem_type: Optional[str]
    licence: Optional[str]
    inputs: Tuple[str, ...]
    saved_as: Optional[str] = None


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
class NeffHeader:
    """What a NEFF, the file that NeuronCores execute, says of itself; logical_core_size 0 where it does not say."""

    package_version: int
    data_size: int
    version: str
    build_version: str
    hash: str
    name: str
    neuron_cores: int
    feature_bits: int
    logical_core_size: int


@dataclass(frozen=True)
class Traced:
    """The compiler is done: its whole argument list, the defaults it was left to choose, and what came out.

    neuron_operators counts the saved graph's operators that run on NeuronCores, by name; cpu_operators
    counts those of torch beside them; neffs are the compiler's files, by their path in the run's work folder.
    """

    compiler: str
    arguments: Tuple[str, ...]
    defaults: Dict[str, str]
    neuron_operators: Dict[str, int] = field(default_factory=dict)
    cpu_operators: int = 0
    neffs: Dict[str, NeffHeader] = field(default_factory=dict)


@dataclass(frozen=True)
class DeviceProof:
    """What shows that the pairs ran on NeuronCores: those that the run held, and executions counted, at least.

    Told by the named tools; empty where none of them saw the run on a device.
    """

    cores: Tuple[int, ...]
    executions: int
    told_by: Tuple[str, ...]


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
class GoldenCompared:
    """A saved bundle was held to its own golden values: so many pairs, and the largest relative difference.

    other_tokens counts the pairs for which its tokenizer gives other tokens than the recorded ones.
    """

    pairs: int
    largest: float
    allowed: float
    other_tokens: int = 0


@dataclass(frozen=True)
class Check:
    """One question of the behavioural battery, by its code in core.battery, asked of both sides.

    reference and traced are how much each side's logits differ, in logits, where the code says what is
    compared; allowed bounds that difference. passed None means that the question does not arise here.
    """

    code: str
    passed: Optional[bool]
    reference: Optional[float] = None
    traced: Optional[float] = None
    allowed: Optional[float] = None


@dataclass(frozen=True)
class BehaviourChecked:
    """The behavioural battery has been through the CPU's model and through the traced module."""

    checks: Tuple[Check, ...]


@dataclass(frozen=True)
class LayerError:
    """What is between both sides after one layer: Euclidean norms over the real tokens of all its pairs.

    error is |neuron - fp32|, unit is |bf16 - fp32| (None where bfloat16 was not measured), size is |fp32|.
    """

    name: str
    error: float
    unit: Optional[float]
    size: float


@dataclass(frozen=True)
class LayersCompared:
    """A twin of the traced module that also returns its hidden states has run on so many of the pairs."""

    pairs: int
    layers: Tuple[LayerError, ...]


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
    """The run ended early, for the stated reason; said is the line that gave it away, detail the rest of the story."""

    code: str
    message: str
    remedy: str
    stage: str
    blame: str
    detail: str = ""
    said: str = ""


@dataclass(frozen=True)
class RunStopped:
    """The user stopped the run in this stage; nothing half-made was left."""

    stage: str


Event = Union[
    RunStarted, StageStarted, StageFinished, Progressed, Beat, Noted, EnvironmentDescribed, ModelDescribed,
    Preflighted, Placed, Traced, DeviceProof, PairsJudged, GoldenCompared, BehaviourChecked, LayersCompared,
    BundleSaved, RunFinished, RunFailed, RunStopped,
]  # fmt: skip

EVENT_KINDS = {kind.__name__: kind for kind in Event.__args__}  # type: ignore[attr-defined]
FINAL = (RunFinished, RunFailed, RunStopped)
