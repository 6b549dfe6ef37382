"""What a run or a bundle has on record, as one side of a comparison of two."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Mapping, Optional, Tuple

from neuron_studio.core.decision import threshold_by, threshold_of
from neuron_studio.core.run_state import Phase, RunState
from neuron_studio.core.saved_spec import golden_pairs, labels_in, spec_in, versions_in
from neuron_studio.core.versus import Side
from neuron_studio.wire.errors import Blame, StudioError
from neuron_studio.wire.events import PairOutcome
from neuron_studio.wire.saved_bundle import Golden


def side_of_run(name: str, state: RunState) -> Side:
    """A run by its journal: every pair that it judged; raises StudioError for one that did not end well."""
    if state.phase is not Phase.FINISHED:
        word = {Phase.FAILED: "failed", Phase.STOPPED: "was stopped"}.get(state.phase, "goes on")
        raise StudioError(
            "run-not-finished", f"The run {name} cannot be compared: it {word}.",
            "Choose a run that finished; neuron-studio runs list shows them.", Blame.INPUT,
        )  # fmt: skip
    spec = state.spec
    if state.model is not None:
        spec = replace(spec, model=replace(spec.model, revision=state.model.revision))
    return Side(
        name=name,
        spec=spec,
        labels=state.model.labels if state.model else (),
        records=tuple((spec.pairs[judged.outcome.index], judged.outcome) for judged in state.judged),
        versions=state.environment.versions if state.environment else {},
        lacking=state.lacking,
        defects=state.defects,
        threshold=threshold_of(state.model) if state.model else None,
    )


def side_of_bundle(name: str, folder: Path, manifest: Mapping[str, Any], golden: Golden) -> Side:
    """A bundle by its golden values, which hold the first of its pairs and no bfloat16."""
    spec = spec_in(folder, manifest)
    pairs = golden_pairs(folder, spec, golden)
    return Side(
        name=name,
        spec=spec,
        labels=labels_in(folder, manifest),
        records=tuple((pair, _outcome(golden, index)) for index, pair in enumerate(pairs)),
        versions=versions_in(manifest),
        lacking=() if spec.target.backend == "emulator" else _lacking(manifest),
        threshold=threshold_by(spec.model.id, _problem_type(manifest)),
    )


def _outcome(golden: Golden, index: int) -> PairOutcome:
    mask = golden.inputs.get("attention_mask")
    tokens = sum(mask[index]) if mask else 0
    return PairOutcome(index, tokens, False, golden.cpu[index], (), golden.neuron[index])


def _problem_type(manifest: Mapping[str, Any]) -> Optional[str]:
    model = manifest.get("model")
    found = model.get("problem_type") if isinstance(model, Mapping) else None
    return found if isinstance(found, str) else None


def _lacking(manifest: Mapping[str, Any]) -> Tuple[str, ...]:
    proof = manifest.get("device_proof")
    lacking = proof.get("lacking") if isinstance(proof, Mapping) else None
    return tuple(map(str, lacking)) if isinstance(lacking, list) else ("its manifest holds no proof of a device",)
