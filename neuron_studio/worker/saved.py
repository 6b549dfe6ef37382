"""A saved bundle judged again: held to its own golden values, then beside the CPU's model on the pairs at hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, Sequence, Tuple

import torch

from neuron_studio.core.golden import TOLERANCE, golden_defects, golden_text, largest_difference
from neuron_studio.core.known_failures import recognise
from neuron_studio.core.saved_spec import golden_pairs, labels_in, spec_in
from neuron_studio.wire import stages
from neuron_studio.wire.codec import decode
from neuron_studio.wire.errors import Blame, ProtocolError, StudioError
from neuron_studio.wire.events import GoldenCompared, Traced
from neuron_studio.wire.journal import Journal
from neuron_studio.wire.run_folder import RunFolder
from neuron_studio.wire.saved_bundle import Golden, read_golden, read_manifest, require_schema, require_whole
from neuron_studio.wire.spec import RunSpec, SentencePair
from neuron_studio.worker.backends.base import Backend, Trace
from neuron_studio.worker.bundle import tokens_of
from neuron_studio.worker.download import bring
from neuron_studio.worker.inference import Run, as_run, infer, rows_of
from neuron_studio.worker.inputs import Encoder, NamedInputs
from neuron_studio.worker.model import LoadedModel, describe, load
from neuron_studio.worker.pipeline import ask_model, check_behaviour, refer, say_verdict
from neuron_studio.worker.reference import Logits, logits_of
from neuron_studio.worker.stage import Stages
from neuron_studio.worker.witness import operators_of

# What another release of torch changes in a float32 model's logits; beyond it the weights are others.
_SAME_MODEL = 1e-3


def run(folder: RunFolder, spec: RunSpec, backend: Backend, journal: Journal, steps: Stages) -> None:
    """The stages that follow on prepare; nothing in the bundle is ever written, and nothing of it trusted unread."""
    place = Path(str(spec.bundle))
    with steps.run(stages.LOAD):
        manifest = _whole(place)
        golden = read_golden(place)
        loaded = _load(spec, place, manifest, steps)
        journal.append(describe(spec.model, loaded))
        encoder = Encoder(loaded.tokenizer, loaded.model, spec.options)
        known = golden_pairs(place, spec_in(place, manifest), golden)
    with steps.run(stages.REFERENCE):
        _refuse_another_model(spec, loaded, encoder, known, golden)
        reference = refer(spec, loaded, encoder, steps)
        battery = ask_model(spec, backend, loaded, encoder)
    found: Tuple[str, ...] = ()
    with steps.run(stages.OPEN):
        traced = _open(place, manifest, backend, journal)
        if backend.runs_here and golden.was_run:
            compared = _hold_to(golden, as_run(traced.module, backend), encoder, known)
            journal.append(compared)
            found = golden_defects(compared)
            print(golden_text(compared))
    with steps.run(stages.INFER):
        outcomes = infer(folder, spec, backend, traced, encoder, reference, journal, steps)
    with steps.run(stages.COMPARE):
        checks = check_behaviour(spec, backend, traced, battery, journal, steps)
        say_verdict(spec, loaded, outcomes, checks, found)


def _whole(place: Path) -> Dict[str, Any]:
    manifest = read_manifest(place)
    require_schema(place, manifest)
    require_whole(place, manifest)
    return manifest


def _load(spec: RunSpec, place: Path, manifest: Dict[str, Any], steps: Stages) -> LoadedModel:
    """The CPU's model, with the bundle's own tokenizer: both sides are given what a user of the bundle gives it."""
    try:
        local = bring(spec.model, steps.progress)
    except StudioError as error:
        raise StudioError(
            error.code, f"The CPU's side needs the model that was compiled. {error.message}",
            f"Name a folder that holds it with --model. {error.remedy}", error.blame,
        ) from error  # fmt: skip
    loaded = load(spec.model, local, tokenizer_folder=place)
    labels, wanted = describe(spec.model, loaded).labels, labels_in(place, manifest)
    if labels != wanted:
        raise _another_model(spec, f"it answers {', '.join(labels)}, the bundle {', '.join(wanted)}")
    return loaded


def _refuse_another_model(
    spec: RunSpec, loaded: LoadedModel, encoder: Encoder, known: Sequence[SentencePair], golden: Golden
) -> None:
    """Hold the CPU's model to the CPU's golden logits: a folder may hold another one by now."""
    rows = logits_of(NamedInputs(loaded.model, encoder.names), encoder, known, lambda done, total: None)
    apart = largest_difference(rows, golden.cpu)
    if not apart <= _SAME_MODEL:
        raise _another_model(spec, f"on the CPU its logits for the golden pairs differ by {apart:.3g}")


def _another_model(spec: RunSpec, why: str) -> StudioError:
    return StudioError(
        "another-model", f"{spec.model.id} is not the model that the bundle was made from: {why}.",
        "Name the folder or the hub id of that model with --model.", Blame.INPUT,
    )  # fmt: skip


def _open(place: Path, manifest: Dict[str, Any], backend: Backend, journal: Journal) -> Trace:
    """The bundle's module and what its manifest tells of the compile; without a device it is not even loaded."""
    made = _made(manifest)
    if not backend.runs_here:
        return Trace(None, made.compiler, made.arguments, made.defaults)
    try:
        module = torch.jit.load(str(place / manifest["model_file"]))
    except RuntimeError as error:
        if recognise(str(error)) is not None:
            raise
        raise StudioError(
            "module-unreadable", f"torch {torch.__version__} cannot load {manifest['model_file']}: "
            f"{str(error).strip().splitlines()[0]}", "Choose the environment that made the bundle.", Blame.ENVIRONMENT,
        ) from error  # fmt: skip
    # Its operators are counted, not taken from the manifest: they are part of the proof.
    neuron, cpu = operators_of(module)
    journal.append(Traced(made.compiler, made.arguments, made.defaults, neuron, cpu, made.neffs))
    return Trace(module, made.compiler, made.arguments, made.defaults)


def _made(manifest: Dict[str, Any]) -> Traced:
    try:
        made: Traced = decode(Traced, manifest.get("compiler"))
    except ProtocolError as error:
        print(f"The manifest does not tell how the bundle was compiled: {error.message}")
        return Traced("", (), {})
    return made


def _hold_to(golden: Golden, run: Run, encoder: Encoder, known: Sequence[SentencePair]) -> GoldenCompared:
    tokens = tokens_of(encoder, known)
    other = sum(
        any(golden.inputs.get(name, tokens[name])[index] != tokens[name][index] for name in encoder.names)
        for index in range(len(known))
    )
    rows: Logits = [row for batch in encoder.batches(known) for row in rows_of(run, encoder, batch)]
    return GoldenCompared(len(known), largest_difference(rows, golden.neuron), TOLERANCE, other)
