"""What is asked of a run: frozen, complete, written once and never edited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Tuple

SCHEMA = 1


@dataclass(frozen=True)
class SentencePair:
    """Two sentences to judge together, and the label that a person expects, where one was given."""

    first: str
    second: str
    expected: Optional[str] = None


@dataclass(frozen=True)
class ModelChoice:
    """A hub id or a folder, and what the user allows it; nothing is allowed by itself."""

    id: str
    revision: Optional[str] = None
    allow_pickle: bool = False
    trust_remote_code: bool = False


@dataclass(frozen=True)
class Target:
    """Where the traced model is to run: a backend, an instance type and a count of NeuronCores.

    logical_core_size is how many physical cores make one that programs see; None where a chip does not join them.
    """

    backend: str
    family: str
    instance: str
    neuron_cores: int
    logical_core_size: Optional[int] = None


@dataclass(frozen=True)
class Options:
    """How the model is traced: shapes, the cast of float32 values, and the compiler's limits.

    Shapes are static; dynamic_batch_size lets the traced module take any number of rows, batch_size at a time.
    """

    sequence_length: int = 128
    batch_size: int = 1
    auto_cast: str = "none"
    auto_cast_type: str = "bf16"
    truncation: str = "longest_first"
    compile_timeout_s: Optional[int] = None
    dynamic_batch_size: bool = False
    compiler_args: Tuple[str, ...] = ()


@dataclass(frozen=True)
class Goal:
    """A bound that the user sets for the comparison; kind is one of core.goals.KINDS, which gives bound its unit."""

    kind: str
    bound: float


@dataclass(frozen=True)
class RunSpec:
    """One run, whole: model, sentence pairs, target, options, environment and where the bundle goes.

    trace_pair is the index of the pair that serves as the trace example; output None means the run
    folder's own artifact/; force lets an older bundle at output be replaced by a proven one. deep asks
    for the error after every layer; bundle names a saved one that is judged instead of a new trace.
    """

    model: ModelChoice
    pairs: Tuple[SentencePair, ...]
    target: Target
    options: Options
    python: str
    trace_pair: int = 0
    output: Optional[str] = None
    force: bool = False
    goals: Tuple[Goal, ...] = ()
    deep: bool = False
    bundle: Optional[str] = None
    schema: int = SCHEMA
