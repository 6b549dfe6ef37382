"""How much memory a traced model takes on its device: an estimate, told with what it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator, Optional

from neuron_studio.core.instances import Instance
from neuron_studio.core.precision import INF1, casts
from neuron_studio.wire.findings import Finding, Level
from neuron_studio.wire.spec import RunSpec

_BYTES = {"bf16": 2, "fp16": 2, "fp8_e4m3": 1}
_GIB = 1 << 30

# What a serialized graph of neuron-cc may hold of constants, in bytes; above it the weights must be kept apart.
GRAPH_LIMIT = 1_900_000_000


@dataclass(frozen=True)
class ModelSize:
    """Counts of values: all parameters, those in embedding tables, and every value that the graph computes."""

    parameters: int
    in_tables: int
    computed: int


@dataclass(frozen=True)
class MemoryEstimate:
    """Bytes of one copy, how many copies a device holds, and what it has.

    narrow are the weights in the narrowest type that the casts allow, weights those in the type of the rest.
    """

    narrow: int
    weights: int
    computed: int
    copies: int
    device: int

    @property
    def at_least(self) -> int:
        """The weights of all copies: nothing is smaller."""
        return self.copies * self.narrow

    @property
    def at_most(self) -> int:
        """Weights and every intermediate value at once: a compiler needs less."""
        return self.copies * (self.weights + self.computed)


def memory_estimate(size: ModelSize, spec: RunSpec, instance: Instance) -> MemoryEstimate:
    """The estimate for the fullest device; each NeuronCore loads a copy of its own."""
    options, target = spec.options, spec.target
    applied = casts(target.family, options.auto_cast, options.auto_cast_type)
    on_device = size.parameters - (size.in_tables if target.family == INF1 else 0)
    cores_each = max(1, instance.neuron_cores // instance.devices)
    wide, products = _BYTES.get(applied.other or "", 4), _BYTES.get(applied.matmult or "", 4)
    return MemoryEstimate(
        narrow=on_device * min(wide, products),
        weights=on_device * wide,
        computed=size.computed * wide,
        copies=min(target.neuron_cores, cores_each),
        device=int(instance.device_memory_gib / instance.devices * _GIB),
    )


def size_findings(size: ModelSize, spec: RunSpec, instance: Optional[Instance]) -> Iterator[Finding]:
    """Whether the copies fit on their device, and whether the graph fits through the compiler."""
    if instance is not None:
        yield _fit(memory_estimate(size, spec, instance), instance.name)
    constants = 4 * (size.parameters - size.in_tables)
    if spec.target.family == INF1 and constants > GRAPH_LIMIT:
        message = f"{constants / 1e9:.1f} GB of constants are more than neuron-cc's graph holds, about 1.9 GB."
        remedy = "The weights are kept apart (separate_weights), which only the newest neuron-cc can do."
        yield Finding(Level.NOTE, "weights-apart", message, remedy)


def _fit(memory: MemoryEstimate, instance: str) -> Finding:
    copies = "1 copy" if memory.copies == 1 else f"{memory.copies} copies"
    made_of = (
        f"{copies} on a device, one for each NeuronCore, × ({_gib(memory.weights)} of weights + at most "
        f"{_gib(memory.computed)} of values in between, all at once; the compiler needs less)"
    )
    has = f"a device of {instance} has {_gib(memory.device)}"
    if memory.at_least > memory.device:
        remedy = "Use fewer NeuronCores, or an instance with more memory for each."
        message = f"The weights alone take {_gib(memory.at_least)}, {has}: {made_of}."
        return Finding(Level.PROBLEM, "memory-too-small", message, remedy)
    if memory.at_most > memory.device:
        remedy = "It may fit all the same; if loading fails, use fewer NeuronCores or a smaller batch."
        message = f"Between {_gib(memory.at_least)} and {_gib(memory.at_most)} of memory, {has}: {made_of}."
        return Finding(Level.NOTE, "memory-close", message, remedy)
    return Finding(Level.GOOD, "memory-fits", f"At most {_gib(memory.at_most)} of memory, {has}: {made_of}.")


def _gib(count: int) -> str:
    size = count / _GIB
    if size < 0.1:
        return f"{max(1, round(count / (1 << 20)))} MiB"
    return f"{size:.1f} GiB" if size < 10 else f"{size:.0f} GiB"
