"""NeuronCores for a run: the variables that the runtime reads once, before anything touches it."""

from __future__ import annotations

from typing import Dict

from neuron_studio.wire.spec import Target


def runtime_variables(target: Target) -> Dict[str, str]:
    """What a process' environment must hold before it imports the SDK: a count, since the runtime picks free cores."""
    return {"NEURON_RT_NUM_CORES": str(target.neuron_cores)}
