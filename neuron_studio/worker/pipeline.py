"""The stages that need torch, in order: from prepare to save, or no further than preflight."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import Dict, List, Optional, Tuple

import torch
import transformers

from neuron_studio.core.battery import defects
from neuron_studio.core.battery_words import behaviour_text
from neuron_studio.core.comparison import compare
from neuron_studio.core.decision import judge, threshold_of
from neuron_studio.core.known_failures import COMPILE_TIMED_OUT, NOTHING_PLACED
from neuron_studio.core.neff import HEADER_SIZE, read_neff_header
from neuron_studio.core.precision import casts
from neuron_studio.wire import stages
from neuron_studio.wire.errors import StudioError
from neuron_studio.wire.events import (
    Check,
    EnvironmentDescribed,
    NeffHeader,
    Noted,
    PairOutcome,
    Preflighted,
    RunFailed,
    Traced,
)
from neuron_studio.wire.findings import Level
from neuron_studio.wire.journal import Journal
from neuron_studio.wire.run_folder import RunFolder
from neuron_studio.wire.spec import RunSpec
from neuron_studio.worker import bundle, probe
from neuron_studio.worker.backends import backend_for
from neuron_studio.worker.backends.base import Backend, Trace
from neuron_studio.worker.battery import Battery, battery_of, checked
from neuron_studio.worker.cores import set_variables
from neuron_studio.worker.download import bring
from neuron_studio.worker.inference import as_run, infer
from neuron_studio.worker.inputs import Encoder, NamedInputs
from neuron_studio.worker.model import LoadedModel, describe, load
from neuron_studio.worker.placement import journal_placement
from neuron_studio.worker.preflight import look, look_closely
from neuron_studio.worker.reference import Reference, bf16_logits_of, logits_of
from neuron_studio.worker.stage import Stages
from neuron_studio.worker.time_limit import time_limit
from neuron_studio.worker.traceable import traceable
from neuron_studio.worker.witness import operators_of


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
        battery = ask_model(spec, backend, loaded, encoder)
    with steps.run(stages.TRACE):
        traced = trace(folder, spec, backend, loaded, encoder, example, journal)
    with steps.run(stages.INFER):
        outcomes = infer(folder, spec, backend, traced, encoder, reference, journal, steps)
    with steps.run(stages.COMPARE):
        checks = check_behaviour(spec, backend, traced, battery, journal, steps)
        say_verdict(spec, loaded, outcomes, checks)
    with steps.run(stages.SAVE):
        bundle.write(folder, spec, loaded, encoder, backend, traced, outcomes)


def prepare(spec: RunSpec, journal: Journal) -> Backend:
    """Set what the runtime reads only once, then bring in the SDK."""
    note = set_variables(spec.target)
    if note is not None:
        journal.append(note)
    backend = backend_for(spec.target)
    backend.load_sdk()
    found = {"python": platform.python_version(), **probe.versions()}
    journal.append(EnvironmentDescribed(found, backend.emulated, backend.runs_here))
    if not backend.runs_here:
        done = "the model is compiled, not run" if spec.bundle is None else "the bundle is not run"
        what = f"There is no Neuron device here: {done}."
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


def ask_model(spec: RunSpec, backend: Backend, loaded: LoadedModel, encoder: Encoder) -> Optional[Battery]:
    """The battery's questions, answered by the model before a trace could change it; None where no module answers."""
    model = NamedInputs(loaded.model, encoder.names)
    return battery_of(model, encoder, spec.pairs) if backend.runs_here else None


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
    limit = None if backend.limits_time else spec.options.compile_timeout_s
    late = RunFailed(COMPILE_TIMED_OUT.code, COMPILE_TIMED_OUT.message, COMPILE_TIMED_OUT.remedy, stages.TRACE,
                     COMPILE_TIMED_OUT.blame.value)  # fmt: skip
    watched = time_limit(limit, lambda: journal.append(late))
    with torch.no_grad(), traceable(applied.other), watched, journal_placement(folder.log_file, journal):
        traced = backend.trace(NamedInputs(loaded.model, encoder.names), example, spec, folder.work)
    neuron, cpu = operators_of(traced.module)
    journal.append(Traced(traced.compiler, traced.arguments, traced.defaults, neuron, cpu, neffs_in(folder.work)))
    if not backend.emulated and not neuron:
        raise StudioError(NOTHING_PLACED.code, NOTHING_PLACED.message, NOTHING_PLACED.remedy)
    return traced


def neffs_in(work: Path) -> Dict[str, NeffHeader]:
    """The headers of the compiler's files; one that cannot be read is no reason to lose a compile."""
    found: Dict[str, NeffHeader] = {}
    for path in sorted(work.rglob("*.neff")):
        try:
            with open(str(path), "rb") as file:
                found[str(path.relative_to(work))] = read_neff_header(file.read(HEADER_SIZE))
        except (OSError, StudioError) as error:
            print(f"{path}: {error}")
    return found


def check_behaviour(
    spec: RunSpec, backend: Backend, traced: Trace, battery: Optional[Battery], journal: Journal, steps: Stages
) -> Tuple[Check, ...]:
    """Put the battery's questions to the traced module; without one nothing is asked."""
    if battery is None:
        return ()
    module = as_run(traced.module, backend)
    behaviour = checked(battery, module, spec, lambda done, total: steps.progress(done, total, "batches"))
    journal.append(behaviour)
    print(behaviour_text(behaviour.checks))
    return behaviour.checks


def say_verdict(
    spec: RunSpec, loaded: LoadedModel, outcomes: List[PairOutcome], checks: Tuple[Check, ...],
    further: Tuple[str, ...] = (),
) -> None:  # fmt: skip
    """Put the verdict into the log; readers of the journal reach it from the same numbers.

    further are defects that the battery did not find.
    """
    model = describe(spec.model, loaded)
    judged = [judge(outcome, model.labels, threshold_of(model)) for outcome in outcomes]
    print(compare(judged, spec.pairs, model.labels, defects=(*further, *defects(spec, checks, judged))).reason)
