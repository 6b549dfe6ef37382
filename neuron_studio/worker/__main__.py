"""The worker's own command line; each role is one process, and only the studio and the worker call it."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main() -> None:
    """run FOLDER | standby: the worker itself.  trace [--warm] | layers | verify: its children.

    preflight: look at a model without a run.  probe | imports: say what is here.
    """
    role, arguments = sys.argv[1], sys.argv[2:]
    if "--nice" in arguments:
        os.nice(int(arguments[arguments.index("--nice") + 1]))
    if role == "run":
        from neuron_studio.worker.supervisor import run

        sys.exit(run(Path(arguments[0])))
    if role == "standby":
        from neuron_studio.worker.supervisor import stand_by

        sys.exit(stand_by())
    if role == "trace":
        from neuron_studio.worker.child import leave
        from neuron_studio.worker.tracer import trace_when_told

        leave(trace_when_told(warm="--warm" in arguments))
    if role == "layers":
        from neuron_studio.worker.child import leave
        from neuron_studio.worker.deep import compare_when_told

        leave(compare_when_told())
    if role == "verify":
        from neuron_studio.worker.child import leave
        from neuron_studio.worker.verifier import verify_when_told

        leave(verify_when_told())
    if role == "preflight":
        from neuron_studio.worker.child import leave
        from neuron_studio.worker.tracer import preflight_when_told

        leave(preflight_when_told())
    if role == "probe":
        from neuron_studio.worker.probe import print_environment

        sys.exit(print_environment())
    if role == "imports":
        from neuron_studio.worker.trial import try_imports

        try_imports()
    sys.exit(f"neuron-studio worker: no role is called {role!r}")


if __name__ == "__main__":
    main()
