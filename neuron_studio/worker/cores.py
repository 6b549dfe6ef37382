"""The NeuronCores of a run, as its processes come by them: the runtime's variables, and whether the cores are free."""

from __future__ import annotations

import os
import sys
from typing import Optional

from neuron_studio.core.core_plan import refusal
from neuron_studio.core.neuron_cores import overruled, runtime_variables, variables_text
from neuron_studio.wire.events import Noted
from neuron_studio.wire.machine import this_machine
from neuron_studio.wire.spec import Target


def set_variables(target: Target) -> Optional[Noted]:
    """Set what the runtime reads once, and unset what would contradict it; tells where a shell had set that."""
    ours = runtime_variables(target)
    theirs = {name: os.environ.pop(name) for name in overruled(target, os.environ)}
    os.environ.update(ours)
    if not theirs:
        return None
    return Noted(
        "variables-overruled",
        f"The shell's {variables_text(theirs)} does not hold for this run, which sets {variables_text(ours)}.",
        "Choose how many cores a run has with --cores, and on Trn2 their size with --logical-core-size.",
    )


def ask_for_cores(target: Target) -> None:
    """Raise StudioError where another process holds the cores: the runtime itself would say so only after the trace."""
    if target.backend != "emulator":
        busy = refusal(target, this_machine(sys.executable))
        if busy is not None:
            raise busy
