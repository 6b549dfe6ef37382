"""The nine stages of a run, in order."""

PREPARE = "prepare"
LOAD = "load"
PREFLIGHT = "preflight"
REFERENCE = "reference"
TRACE = "trace"
INFER = "infer"
COMPARE = "compare"
SAVE = "save"
VERIFY = "verify"

STAGES = (PREPARE, LOAD, PREFLIGHT, REFERENCE, TRACE, INFER, COMPARE, SAVE, VERIFY)
