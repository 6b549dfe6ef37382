"""The traced module's side of the comparison: every pair through it, on the device where there is one."""

from __future__ import annotations

import time
from typing import Any, Callable, Iterator, List

import torch

from neuron_studio.wire.errors import StudioError
from neuron_studio.wire.events import Noted, PairOutcome, PairsJudged
from neuron_studio.wire.journal import Journal
from neuron_studio.wire.run_folder import RunFolder
from neuron_studio.wire.spec import RunSpec
from neuron_studio.worker.backends.base import Backend, Trace
from neuron_studio.worker.inputs import Batch, Encoder
from neuron_studio.worker.reference import Logits, Reference
from neuron_studio.worker.stage import Stages
from neuron_studio.worker.witness import Witness

Run = Callable[..., torch.Tensor]

# One record for many pairs: a reader redraws once a record.
_OUTCOMES_EVERY_S = 0.25

# What another place in a batch may change: nothing but the order in which a device may sum.
_ROW_TOLERANCE = 1e-3


def infer(
    folder: RunFolder, spec: RunSpec, backend: Backend, traced: Trace, encoder: Encoder, reference: Reference,
    journal: Journal, steps: Stages,
) -> List[PairOutcome]:  # fmt: skip
    """Every pair through the traced module, journalled as it goes; without a device the CPU's side alone."""
    if backend.emulated or not backend.runs_here:
        if spec.options.dynamic_batch_size:
            what = "The dynamic batch size was not tried: it is the SDK's own doing, and needs a device."
            journal.append(Noted("dynamic-batch-not-tried", what))
        return _judge(spec, backend, traced.module, encoder, reference, journal, steps)
    with Witness(folder.work) as witness:
        outcomes = _judge(spec, backend, witness.watched(traced.module), encoder, reference, journal, steps)
        journal.append(witness.proof())
    if spec.options.dynamic_batch_size:
        _try_another_batch(spec, traced.module, encoder, outcomes)
    return outcomes


def _judge(
    spec: RunSpec, backend: Backend, module: Any, encoder: Encoder, reference: Reference, journal: Journal,
    steps: Stages,
) -> List[PairOutcome]:  # fmt: skip
    outcomes: List[PairOutcome] = []
    waiting: List[PairOutcome] = []
    last = 0.0
    for outcome in _outcomes(spec, backend, module, encoder, reference):
        waiting.append(outcome)
        if time.monotonic() - last >= _OUTCOMES_EVERY_S:
            last = time.monotonic()
            journal.append(PairsJudged(tuple(waiting)))
            outcomes.extend(waiting)
            waiting = []
            steps.progress(len(outcomes), len(spec.pairs), "pairs")
    journal.append(PairsJudged(tuple(waiting)))
    return outcomes + waiting


def _outcomes(
    spec: RunSpec, backend: Backend, module: Any, encoder: Encoder, reference: Reference
) -> Iterator[PairOutcome]:
    most, counts = spec.options.sequence_length, encoder.token_counts(spec.pairs)
    run = as_run(module, backend)
    for batch in encoder.batches(spec.pairs):
        rows = rows_of(run, encoder, batch) if backend.runs_here else [()] * batch.count
        for place, row in enumerate(rows):
            index = batch.first_index + place
            yield PairOutcome(
                index=index,
                tokens=min(counts[index], most),
                truncated=counts[index] > most,
                cpu=reference.float32[index],
                cpu_bf16=reference.bfloat16[index],
                neuron=row,
            )


def as_run(module: Any, backend: Backend) -> Run:
    """The traced module as every part of a run calls it: from inputs in their order to logits in float32."""

    def run(*inputs: torch.Tensor) -> torch.Tensor:
        # An emulation runs as it was traced: a fuser would put its own approximations for exp and tanh.
        with torch.no_grad(), torch.jit.optimized_execution(not backend.emulated):
            return _logits(module(*inputs)).float()

    return run


def rows_of(run: Run, encoder: Encoder, batch: Batch) -> Logits:
    """The traced module's logits for the rows of a batch that are asked for."""
    return [tuple(row) for row in run(*(batch.tensors[name] for name in encoder.names))[: batch.count].tolist()]


def _logits(output: Any) -> torch.Tensor:
    # Compilers return the wrapper's tuple of one as a tuple, a list or the tensor alone.
    return output if isinstance(output, torch.Tensor) else output[0]  # type: ignore[no-any-return]


def _try_another_batch(spec: RunSpec, module: Any, encoder: Encoder, outcomes: List[PairOutcome]) -> None:
    """Hold a batch of another size to the logits that the same pairs had; raises StudioError where it differs."""
    rows = [index % len(spec.pairs) for index in range(spec.options.batch_size + 1)]
    tensors = encoder.encode([spec.pairs[row] for row in rows])
    with torch.no_grad():
        logits = _logits(module(*(tensors[name] for name in encoder.names))).float().tolist()
    known = [number for row in rows for number in outcomes[row].neuron]
    found = [number for row in logits for number in row]
    differs = any(abs(a - b) > _ROW_TOLERANCE * max(1.0, abs(b)) for a, b in zip(found, known))
    if differs or len(found) != len(known):
        raise StudioError(
            "dynamic-batch-differs", f"A batch of {len(rows)} rows gave other logits than batches of "
            f"{spec.options.batch_size}.", "Compile again without the dynamic batch size.",
        )  # fmt: skip
