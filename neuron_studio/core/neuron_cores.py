"""NeuronCores for a run: the variables that the runtime reads once, before anything touches it."""

from __future__ import annotations

from typing import Dict, Mapping, Tuple

from neuron_studio.wire.spec import Target

# What wins over a count of cores, or is an older name for what is set here.
_RIVALS = ("NEURON_RT_VISIBLE_CORES", "NEURONCORE_GROUP_SIZES", "NEURON_RT_VIRTUAL_CORE_SIZE",
           "NEURON_LOGICAL_NC_CONFIG")  # fmt: skip


def runtime_variables(target: Target) -> Dict[str, str]:
    """What a process' environment must hold before it imports the SDK; an emulation reads none of it.

    A count and no core numbers: the runtime itself picks free cores when it starts, minutes after anyone
    looked which are free, and the bundle's script sets the same on machines whose cores lie elsewhere.
    """
    if target.backend == "emulator":
        return {}
    variables = {"NEURON_RT_NUM_CORES": str(target.neuron_cores)}
    if target.logical_core_size is not None:
        variables["NEURON_LOGICAL_NC_CONFIG"] = str(target.logical_core_size)
    return variables


def overruled(target: Target, environ: Mapping[str, str]) -> Tuple[str, ...]:
    """The variables of a shell that contradict the run's own, by name: they must go, or take the run's values."""
    ours = runtime_variables(target)
    names = dict.fromkeys((*_RIVALS, *ours)) if ours else {}
    return tuple(name for name in names if environ.get(name, "") not in ("", ours.get(name)))


def variables_text(variables: Mapping[str, str]) -> str:
    """The variables as a shell would set them, on one line."""
    return " ".join(f"{name}={value}" for name, value in variables.items())
