"""The nine stages of a run, in order, and the one more of a run that compares layer by layer."""

PREPARE = "prepare"
LOAD = "load"
PREFLIGHT = "preflight"
REFERENCE = "reference"
TRACE = "trace"
INFER = "infer"
COMPARE = "compare"
SAVE = "save"
LAYERS = "layers"
VERIFY = "verify"

STAGES = (PREPARE, LOAD, PREFLIGHT, REFERENCE, TRACE, INFER, COMPARE, SAVE, VERIFY)
WITH_LAYERS = (*STAGES[:-1], LAYERS, VERIFY)
