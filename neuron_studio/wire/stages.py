"""The stages of a run, in order: nine of a compile, one more to compare layers, six to judge a saved bundle again."""

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
LAYERS = "layers"
VERIFY = "verify"

STAGES = (PREPARE, LOAD, PREFLIGHT, REFERENCE, TRACE, INFER, COMPARE, SAVE, VERIFY)
WITH_LAYERS = (*STAGES[:-1], LAYERS, VERIFY)
STAGES_OF_SAVED = (PREPARE, LOAD, REFERENCE, OPEN, INFER, COMPARE)


def stages_of(spec: RunSpec) -> Tuple[str, ...]:
    """The stages that a run of this spec goes through."""
    if spec.bundle is not None:
        return STAGES_OF_SAVED
    return WITH_LAYERS if spec.deep else STAGES
