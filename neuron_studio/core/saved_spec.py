"""The spec of a run that judges a saved bundle: the bundle's own manifest, trusted in nothing that could do harm."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Mapping, Optional, Tuple

from neuron_studio.core.precision import AUTO_CASTS, CAST_TYPES
from neuron_studio.core.request import BACKENDS
from neuron_studio.core.validation import SHORTEST_SEQUENCE, TRUNCATIONS
from neuron_studio.wire.codec import decode
from neuron_studio.wire.errors import Blame, ProtocolError, StudioError
from neuron_studio.wire.saved_bundle import Golden, unreadable
from neuron_studio.wire.spec import Goal, ModelChoice, RunSpec, SentencePair

# Beyond these a manifest is wrong or means harm: no compiled sentence-pair model comes near them.
_LONGEST_SEQUENCE = 1 << 16
_LARGEST_BATCH = 1 << 12


def spec_in(folder: Path, manifest: Mapping[str, Any]) -> RunSpec:
    """The spec that a bundle was compiled from; raises StudioError where it is none that this program writes."""
    try:
        spec: RunSpec = decode(RunSpec, manifest.get("spec"))
    except ProtocolError as error:
        raise unreadable(folder, f"its manifest holds no spec: {error.message}") from error
    options, target = spec.options, spec.target
    is_sound = (
        target.backend in BACKENDS
        and options.auto_cast_type in CAST_TYPES.get(target.family, ())
        and options.auto_cast in AUTO_CASTS
        and options.truncation in TRUNCATIONS
        and SHORTEST_SEQUENCE <= options.sequence_length <= _LONGEST_SEQUENCE
        and 1 <= options.batch_size <= _LARGEST_BATCH
        and target.neuron_cores >= 1
    )
    if not is_sound:
        raise unreadable(folder, "its manifest holds a spec that no run can have.")
    revision = _map(manifest, "model").get("revision")
    # The commit that the branch was at, then; a later one is another model.
    return replace(spec, model=replace(spec.model, revision=revision)) if isinstance(revision, str) else spec


def labels_in(folder: Path, manifest: Mapping[str, Any]) -> Tuple[str, ...]:
    """The labels of a bundle's logits, in their order."""
    labels = _map(manifest, "model").get("labels")
    if not isinstance(labels, list) or not labels or not all(isinstance(label, str) for label in labels):
        raise unreadable(folder, "its manifest names no labels.")
    return tuple(labels)


def versions_in(manifest: Mapping[str, Any]) -> Mapping[str, str]:
    """The versions that a bundle was made with."""
    return {str(name): str(version) for name, version in _map(manifest, "versions").items()}


def golden_pairs(folder: Path, spec: RunSpec, golden: Golden) -> Tuple[SentencePair, ...]:
    """The pairs of the golden values, with the labels that were expected of them."""
    pairs = spec.pairs[: len(golden.pairs)]
    if tuple((pair.first, pair.second) for pair in pairs) != golden.pairs:
        raise unreadable(folder, "golden.json has other pairs than its manifest.")
    return pairs


def spec_to_judge(
    folder: Path, made: RunSpec, python: str, pairs: Tuple[SentencePair, ...], model: ModelChoice,
    goals: Optional[Tuple[Goal, ...]] = None,
) -> RunSpec:  # fmt: skip
    """The spec of a run that judges the bundle in this folder, made as it says.

    A model without an id is the one that was compiled; what the manifest allowed to that one is not allowed by it.
    goals None are the bundle's own.
    """
    if not model.id:
        model = replace(model, id=made.model.id, revision=model.revision or made.model.revision)
        if made.model.trust_remote_code and not model.trust_remote_code:
            raise StudioError(
                "remote-code", f"{model.id} runs Python code from its own repository when it is loaded.",
                "Read that code and pass --trust-remote-code.", Blame.INPUT,
            )  # fmt: skip
    return replace(
        made, model=model, pairs=pairs, python=python, trace_pair=0, output=None, force=False, deep=False,
        goals=made.goals if goals is None else goals, bundle=str(folder),
    )  # fmt: skip


def _map(entry: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = entry.get(name)
    return found if isinstance(found, Mapping) else {}
