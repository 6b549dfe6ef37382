"""The comparison layer by layer: a twin of the model through the same backend, against the CPU's own two."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any, Callable, Iterator, List, Optional, Tuple, Union

import torch

from neuron_studio.core.layers import repeats
from neuron_studio.core.precision import casts
from neuron_studio.core.run_state import RunState
from neuron_studio.wire.errors import StudioError
from neuron_studio.wire.events import LayerError, LayersCompared, Noted
from neuron_studio.wire.spec import RunSpec
from neuron_studio.worker.backends import backend_for
from neuron_studio.worker.backends.base import Backend
from neuron_studio.worker.download import bring
from neuron_studio.worker.inputs import Encoder
from neuron_studio.worker.model import load
from neuron_studio.worker.reference import in_bfloat16, logits_of
from neuron_studio.worker.stage import Stages
from neuron_studio.worker.time_limit import time_limit
from neuron_studio.worker.traceable import traceable
from neuron_studio.worker.twin import Twin, norms_between

# Each has as many numbers as it has tokens; a few are enough to tell rounding from a defect.
_MOST_PAIRS = 8

_ANOTHER_TWIN = Noted(
    "twin-differs",
    "The twin that gives its layers computes other logits than the module that was saved: where its difference "
    "starts need not be where the module's does.",
    "Trust the comparison of the pairs, which is that of the module itself.",
)


def compare_layers(
    state: RunState, work: Path, say_late: Callable[[], None], steps: Stages
) -> Iterator[Union[LayersCompared, Noted]]:  # fmt: skip
    """The errors after every layer, and a note where the twin is not like the module; raises where it cannot be.

    say_late is called before this process ends, where the compile takes longer than is allowed.
    """
    spec = state.spec
    backend = backend_for(spec.target)
    if not backend.runs_here:
        raise StudioError(
            "not-run-on-neuron", "There is no Neuron device here to run a twin of the model on.",
            "Run it again with --deep on a Neuron instance.",
        )  # fmt: skip
    backend.load_sdk()
    # A branch may have moved since the run began; the commit has not.
    choice = replace(spec.model, revision=state.model.revision) if state.model else spec.model
    loaded = load(choice, bring(choice, steps.progress))
    encoder = Encoder(loaded.tokenizer, loaded.model, spec.options)
    example = encoder.example(spec.pairs, spec.trace_pair)
    pairs = spec.pairs[:_MOST_PAIRS]

    def progress(passed: int) -> Any:
        return lambda done: steps.progress(passed * len(pairs) + done, 3 * len(pairs), "pairs")

    twin = Twin(loaded.model, encoder.names, example)
    sizes = norms_between(twin, None, encoder, pairs, progress(0))
    units = _units(twin, encoder, pairs, progress(1))
    traced = _traced(twin, example, spec, backend, work, say_late)
    with torch.jit.optimized_execution(not backend.emulated):
        errors = norms_between(twin, traced, encoder, pairs, progress(2))
        logits = logits_of(lambda *tensors: traced(*tensors)[-1:], encoder, pairs, lambda *_: None)
    yield LayersCompared(len(pairs), tuple(map(LayerError, twin.names, errors, units, sizes)))
    if not repeats(logits, [judged.outcome for judged in state.judged[: len(pairs)]]):
        yield _ANOTHER_TWIN


def _units(twin: Twin, encoder: Encoder, pairs: Any, progress: Any) -> List[Optional[float]]:
    try:
        return [*norms_between(twin, in_bfloat16(twin), encoder, pairs, progress)]
    except (RuntimeError, NotImplementedError, TypeError) as error:
        print(f"bfloat16 on the CPU is not possible here: {error}")
        return [None for _ in twin.names]


def _traced(
    twin: Twin,
    example: Tuple[torch.Tensor, ...],
    spec: RunSpec,
    backend: Backend,
    work: Path,
    say_late: Callable[[], None],
) -> Any:
    applied = casts(spec.target.family, spec.options.auto_cast, spec.options.auto_cast_type)
    limit = None if backend.limits_time else spec.options.compile_timeout_s
    with torch.no_grad(), traceable(applied.other), time_limit(limit, say_late):
        # A copy, since an emulation rounds the weights of what it traces.
        return backend.trace(copy.deepcopy(twin), example, spec, work).module
