"""What a user asks before everything is known, and how it becomes a spec with every choice made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Mapping, Optional, Tuple

from neuron_studio.core import precision
from neuron_studio.core.environment import Environment
from neuron_studio.core.instances import Instance, of_family
from neuron_studio.core.precision import FAMILIES
from neuron_studio.wire.spec import Goal, ModelChoice, Options, RunSpec, SentencePair, Target

AUTO = "auto"
BACKENDS = ("torch-neuron", "torch-neuronx", "emulator")

DEFAULT_PAIRS = (
    SentencePair(
        "The company HuggingFace is based in New York City", "HuggingFace's headquarters are situated in Manhattan"
    ),
    SentencePair("The company HuggingFace is based in New York City", "Apples are especially bad for your health"),
)


@dataclass(frozen=True)
class Request:
    """A run as the form or the command line asks for it; None and "auto" leave a choice to the studio."""

    model: ModelChoice
    pairs: Tuple[SentencePair, ...] = DEFAULT_PAIRS
    trace_pair: int = 0
    family: str = AUTO
    backend: str = AUTO
    instance: Optional[str] = None
    neuron_cores: Optional[int] = None
    logical_core_size: Optional[int] = None
    sequence_length: int = 128
    batch_size: int = 1
    auto_cast: Optional[str] = None
    auto_cast_type: str = "bf16"
    truncation: str = "longest_first"
    compile_timeout_s: Optional[int] = None
    dynamic_batch_size: bool = False
    compiler_args: Tuple[str, ...] = ()
    output: Optional[str] = None
    force: bool = False
    goals: Tuple[Goal, ...] = ()
    deep: bool = False


def with_model_id(request: Request, known_as: str, to_be: str) -> Request:
    """The request with its model called otherwise, where that is its model."""
    return replace(request, model=replace(request.model, id=to_be)) if request.model.id == known_as else request


def resolve(request: Request, environment: Environment, instances: Mapping[str, Instance]) -> RunSpec:
    """The spec of a request that has no problems, with everything left open decided by the environment."""
    target = target_of(request, environment, instances)
    return RunSpec(
        model=request.model,
        pairs=request.pairs,
        target=target,
        options=Options(
            sequence_length=request.sequence_length,
            batch_size=request.batch_size,
            auto_cast=request.auto_cast or precision.preset(target.family),
            auto_cast_type=request.auto_cast_type,
            truncation=request.truncation,
            compile_timeout_s=request.compile_timeout_s,
            dynamic_batch_size=request.dynamic_batch_size,
            compiler_args=request.compiler_args,
        ),
        python=environment.python,
        trace_pair=request.trace_pair,
        output=request.output,
        force=request.force,
        goals=request.goals,
        deep=request.deep,
    )


def target_of(request: Request, environment: Environment, instances: Mapping[str, Instance]) -> Target:
    """Where a request is to run, decided; every core of the instance where no count is asked for."""
    family = family_of(request, environment, instances)
    instance = instance_of(request, environment, instances)
    size = request.logical_core_size or instance.default_core_size
    return Target(
        backend=backend_of(request, environment, family),
        family=family,
        instance=instance.name,
        neuron_cores=instance.cores_of_size(size) if request.neuron_cores is None else request.neuron_cores,
        logical_core_size=size,
    )


def family_of(request: Request, environment: Environment, instances: Mapping[str, Instance]) -> str:
    """The chip family that is meant: asked for, that of the instance, or what the environment compiles for."""
    if request.family in FAMILIES:
        return request.family
    named = instances.get(request.instance or environment.instance or "")
    if named is not None:
        return named.family
    by_backend = {"torch-neuron": "inf1", "torch-neuronx": "inf2"}
    return by_backend.get(request.backend, by_backend.get(environment.backend, "inf1"))


def instance_of(request: Request, environment: Environment, instances: Mapping[str, Instance]) -> Instance:
    """The instance type that is meant: asked for, this machine's, or the family's smallest."""
    family = family_of(request, environment, instances)
    known = (instances.get(name or "") for name in (request.instance, environment.instance))
    meant = (instance for instance in known if instance is not None and instance.family == family)
    return next(meant, of_family(instances, family)[0])


def backend_of(request: Request, environment: Environment, family: str) -> str:
    """The backend that is meant: asked for, or the environment's where it compiles for this family."""
    if request.backend in BACKENDS:
        return request.backend
    return environment.backend if environment.can_compile_for(family) else "emulator"
