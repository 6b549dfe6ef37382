"""How long a trace will take, from traces of like shape; without any it says nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Optional, Sequence, Tuple

from neuron_studio.wire.events import ModelDescribed
from neuron_studio.wire.spec import RunSpec

# A shape with more than twice, or less than half, the tokens is another compile altogether.
_MOST_APART = 1.0


@dataclass(frozen=True)
class Shape:
    """What decides how long a trace takes; parameters and the architecture are those of the loaded model."""

    backend: str
    family: str
    architecture: str
    parameters: int
    host: str
    sequence_length: int
    batch_size: int
    auto_cast: Tuple[str, str]
    compiler_args: Tuple[str, ...]

    @property
    def model(self) -> Tuple[str, str, str, int]:
        """What no estimate may reach across: another model, or another compiler."""
        return (self.backend, self.family, self.architecture, self.parameters)

    @property
    def tokens(self) -> int:
        """How many tokens one call takes."""
        return self.sequence_length * self.batch_size


@dataclass(frozen=True)
class PastTrace:
    """A trace that ended well."""

    shape: Shape
    seconds: float


@dataclass(frozen=True)
class Estimate:
    """The median of so many traces; rough where their shape was not quite this one."""

    seconds: float
    count: int
    is_rough: bool = False


def shape_of(spec: RunSpec, model: ModelDescribed, host: str) -> Shape:
    """The shape of a run's trace."""
    options = spec.options
    return Shape(
        backend=spec.target.backend,
        family=spec.target.family,
        architecture=model.architecture,
        parameters=model.parameters,
        host=host,
        sequence_length=options.sequence_length,
        batch_size=options.batch_size,
        # Where nothing is cast, the type to cast to says nothing.
        auto_cast=(options.auto_cast, "" if options.auto_cast == "none" else options.auto_cast_type),
        compiler_args=options.compiler_args,
    )


def estimate(shape: Shape, past: Sequence[PastTrace]) -> Optional[Estimate]:
    """The median of the traces of this shape, or a rough one of the nearest shapes; None without either."""
    # It brings fractions and decimals, which a window that opens has no use for.
    from statistics import median

    alike = [trace.seconds for trace in past if trace.shape == shape]
    if alike:
        return Estimate(median(alike), len(alike))
    near = [(_distance(shape, trace.shape), trace.seconds) for trace in past if trace.shape.model == shape.model]
    # Nothing is scaled: how a compile grows with its shape is not known for any of the compilers.
    nearest = min((distance for distance, _ in near), default=(math.inf,))
    if nearest[0] > _MOST_APART:
        return None
    alike = [seconds for distance, seconds in near if distance == nearest]
    return Estimate(median(alike), len(alike), is_rough=True)


def _distance(one: Shape, other: Shape) -> Tuple[float, ...]:
    tokens = abs(math.log2(one.tokens / other.tokens))
    return (tokens, one.auto_cast != other.auto_cast, one.compiler_args != other.compiler_args, one.host != other.host)
