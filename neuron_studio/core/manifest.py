"""The manifest of a bundle: what it is, what it was made with, and the digest of each of its files."""

from __future__ import annotations

from typing import Any, Dict, Mapping

from neuron_studio import __version__
from neuron_studio.core.precision import in_words
from neuron_studio.core.report import report
from neuron_studio.core.run_state import RunState
from neuron_studio.wire.codec import encode
from neuron_studio.wire.run_folder import BUNDLE_KIND
from neuron_studio.wire.saved_bundle import MANIFEST_SCHEMA


def manifest(state: RunState, digests: Mapping[str, str]) -> Dict[str, Any]:
    """All that is needed to judge or repeat the run; the pairs' own numbers stand in golden.json."""
    spec, whole = state.spec, report(state)
    options = spec.options
    return {
        "schema": MANIFEST_SCHEMA,
        "kind": BUNDLE_KIND,
        "made_by": f"neuron-studio {__version__}",
        "emulated": state.emulated,
        "verified": bool(state.bundle and state.bundle.verified),
        "precision": in_words(spec.target.family, options.auto_cast, options.auto_cast_type),
        "spec": encode(spec),
        "compiler": encode(state.traced) if state.traced else None,
        "model": whole["model"],
        "versions": whole["versions"],
        "comparison": whole["comparison"],
        "device_proof": whole["device_proof"],
        "consumption": whole["consumption"],
        "model_file": state.bundle.model_file if state.bundle else None,
        "files": dict(digests),
    }
