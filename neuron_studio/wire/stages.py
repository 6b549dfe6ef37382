"""The stages of a run, in order: nine of a compile, six where a saved bundle is judged again."""

from __future__ import annotations

from typing import Tuple

from neuron_studio.wire.spec import RunSpec

PREPARE = "prepare"
LOAD = "load"
PREFLIGHT = "preflight"
REFERENCE = "reference"
TRACE = "trace"
OPEN = "open"
INFER = "infer"
COMPARE = "compare"
SAVE = "save"
VERIFY = "verify"

STAGES = (PREPARE, LOAD, PREFLIGHT, REFERENCE, TRACE, INFER, COMPARE, SAVE, VERIFY)
STAGES_OF_SAVED = (PREPARE, LOAD, REFERENCE, OPEN, INFER, COMPARE)


def stages_of(spec: RunSpec) -> Tuple[str, ...]:
    """The stages that a run of this spec goes through."""
    return STAGES if spec.bundle is None else STAGES_OF_SAVED
