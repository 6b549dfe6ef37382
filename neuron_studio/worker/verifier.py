"""A fresh process that runs a bundle's own infer.py; it may wait, warm, for the bundle to be there."""

from __future__ import annotations

import runpy
import sys
from contextlib import suppress

from neuron_studio.worker.child import folder_when_told, settle
from neuron_studio.worker.cores import set_variables


def verify_when_told() -> int:
    """Import what takes long, then let the bundle of the run named on stdin prove itself; 0 where it does."""
    settle()
    # Whatever is wrong here is met again by the bundle's script, which says so in the log.
    with suppress(Exception):
        import torch  # noqa: F401
        from transformers import AutoTokenizer  # noqa: F401
    folder = folder_when_told()
    if folder is None:
        return 0
    spec = folder.read_spec()
    # The script leaves what a shell has set as it is; here that would be another run than the one to prove.
    set_variables(spec.target)
    script = folder.bundle_aside(spec) / "infer.py"
    sys.argv = [str(script), "--golden"]
    try:
        runpy.run_path(str(script), run_name="__main__")
    except SystemExit as end:
        return int(end.code or 0)
    return 0
