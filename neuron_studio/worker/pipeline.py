"""The stages that need torch, one function each, in order: from prepare to save."""

from __future__ import annotations

import os
import platform
import time
from dataclasses import dataclass
from typing import Any, Iterator, List, Tuple

import torch
import transformers

from neuron_studio.core.comparison import compare, judge
from neuron_studio.core.neuron_cores import runtime_variables
from neuron_studio.core.precision import casts
from neuron_studio.wire import stages
from neuron_studio.wire.events import EnvironmentDescribed, Noted, PairOutcome, PairsJudged, Preflighted, Traced
from neuron_studio.wire.findings import Level
from neuron_studio.wire.journal import Journal
from neuron_studio.wire.run_folder import RunFolder
from neuron_studio.wire.spec import RunSpec
from neuron_studio.worker import bundle, probe
from neuron_studio.worker.backends import backend_for
from neuron_studio.worker.backends.base import Backend, Trace
from neuron_studio.worker.download import bring
from neuron_studio.worker.inputs import Encoder, NamedInputs
from neuron_studio.worker.model import LoadedModel, describe, load
from neuron_studio.worker.placement import journal_placement
from neuron_studio.worker.preflight import look, look_closely
from neuron_studio.worker.reference import Logits, bf16_logits_of, logits_of
from neuron_studio.worker.stage import Stages
from neuron_studio.worker.traceable import traceable

# One record for many pairs: a reader redraws once a record.
_OUTCOMES_EVERY_S = 0.25


@dataclass(frozen=True)
class Reference:
    """The CPU's logits, a row for each pair."""

    float32: Logits
    bfloat16: Logits


def warm_up() -> None:
    """Bring in what transformers imports only when it is first used."""
    transformers.AutoTokenizer.from_pretrained  # noqa: B018
    transformers.AutoModelForSequenceClassification.from_pretrained  # noqa: B018
    from transformers.models.bert import modeling_bert  # noqa: F401


def run(folder: RunFolder, spec: RunSpec, backend: Backend, journal: Journal, steps: Stages) -> None:
    """The stages that follow on prepare, up to a bundle that lies aside, waiting for its proof."""
    with steps.run(stages.LOAD):
        loaded = load(spec.model, bring(spec.model, steps.progress))
        journal.append(describe(spec.model, loaded))
    with steps.run(stages.PREFLIGHT):
        encoder = Encoder(loaded.tokenizer, loaded.model, spec.options)
        example = encoder.example(spec.pairs, spec.trace_pair)
        tell(look(spec, loaded, encoder, backend, example), journal)
    with steps.run(stages.REFERENCE):
        reference = refer(spec, loaded, encoder, steps)
    with steps.run(stages.TRACE):
        traced = trace(folder, spec, backend, loaded, encoder, example, journal)
    with steps.run(stages.INFER):
        outcomes = infer(spec, backend, traced, encoder, reference, journal, steps)
    with steps.run(stages.COMPARE):
        say_verdict(spec, loaded, outcomes)
    with steps.run(stages.SAVE):
        bundle.write(folder, spec, loaded, encoder, backend, traced, outcomes)


def prepare(spec: RunSpec, journal: Journal) -> Backend:
    """Set what the runtime reads only once, then bring in the SDK."""
    os.environ.update(runtime_variables(spec.target))
    backend = backend_for(spec.target)
    backend.load_sdk()
    found = {"python": platform.python_version(), **probe.versions()}
    journal.append(EnvironmentDescribed(found, backend.emulated, backend.runs_here))
    if not backend.runs_here:
        what = "There is no Neuron device here: the model is compiled, not run."
        remedy = "Run the bundle's infer.py --golden on a Neuron instance to prove it."
        journal.append(Noted("not-run-on-neuron", what, remedy))
    return backend


def preflight(spec: RunSpec, backend: Backend, journal: Journal, steps: Stages) -> None:
    """The first stages alone, with time to look closely: what would stop or slow a run of this spec."""
    with steps.run(stages.LOAD):
        loaded = load(spec.model, bring(spec.model, steps.progress))
        journal.append(describe(spec.model, loaded))
    with steps.run(stages.PREFLIGHT):
        encoder = Encoder(loaded.tokenizer, loaded.model, spec.options)
        example = encoder.example(spec.pairs, spec.trace_pair)
        journal.append(look_closely(spec, loaded, encoder, backend, example))


def tell(found: Preflighted, journal: Journal) -> None:
    """Journal what was found; what the user should know before the end is noted at once."""
    journal.append(found)
    for finding in found.findings:
        if finding.level in (Level.WARNING, Level.PROBLEM):
            journal.append(Noted(finding.code, finding.message, finding.remedy))


def refer(spec: RunSpec, loaded: LoadedModel, encoder: Encoder, steps: Stages) -> Reference:
    """CPU logits, in float32 first."""
    module = NamedInputs(loaded.model, encoder.names)
    total = 2 * len(spec.pairs)
    float32 = logits_of(module, encoder, spec.pairs, lambda done, _: steps.progress(done, total, "pairs"))
    bfloat16 = bf16_logits_of(
        module, encoder, spec.pairs, lambda done, _: steps.progress(len(spec.pairs) + done, total, "pairs")
    )
    return Reference(float32, bfloat16)


def trace(
    folder: RunFolder, spec: RunSpec, backend: Backend, loaded: LoadedModel, encoder: Encoder,
    example: Tuple[torch.Tensor, ...], journal: Journal,
) -> Trace:  # fmt: skip
    """The traced module; the compiler's own files stay in the run folder."""
    applied = casts(spec.target.family, spec.options.auto_cast, spec.options.auto_cast_type)
    with torch.no_grad(), traceable(applied.other), journal_placement(folder.log_file, journal):
        traced = backend.trace(NamedInputs(loaded.model, encoder.names), example, spec, folder.work)
    journal.append(Traced(traced.compiler, traced.arguments, traced.defaults))
    return traced


def infer(
    spec: RunSpec, backend: Backend, traced: Trace, encoder: Encoder, reference: Reference, journal: Journal,
    steps: Stages,
) -> List[PairOutcome]:  # fmt: skip
    """Every pair through the traced module, journalled as it goes; without a device the CPU's side alone."""
    outcomes: List[PairOutcome] = []
    waiting: List[PairOutcome] = []
    last = 0.0
    for outcome in _outcomes(spec, backend, traced, encoder, reference):
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
    spec: RunSpec, backend: Backend, traced: Trace, encoder: Encoder, reference: Reference
) -> Iterator[PairOutcome]:
    most, counts = spec.options.sequence_length, encoder.token_counts(spec.pairs)
    for batch in encoder.batches(spec.pairs):
        rows: List[Tuple[float, ...]] = [()] * batch.count
        if backend.runs_here:
            # An emulation runs as it was traced: a fuser would put its own approximations for exp and tanh.
            with torch.no_grad(), torch.jit.optimized_execution(not backend.emulated):
                output = traced.module(*(batch.tensors[name] for name in encoder.names))
            rows = [tuple(row) for row in _logits(output)[: batch.count].float().tolist()]
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


def _logits(output: Any) -> torch.Tensor:
    # Compilers return the wrapper's tuple of one as a tuple, a list or the tensor alone.
    return output if isinstance(output, torch.Tensor) else output[0]  # type: ignore[no-any-return]


def say_verdict(spec: RunSpec, loaded: LoadedModel, outcomes: List[PairOutcome]) -> None:
    """Put the verdict into the log; readers of the journal reach it from the same numbers."""
    names = describe(spec.model, loaded).labels
    print(compare([judge(outcome, names) for outcome in outcomes], spec.pairs, names).reason)
