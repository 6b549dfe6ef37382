"""The NeuronCores that a request would take: checked against what is free here, cell by cell and in one refusal."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Dict, Mapping, Optional

from neuron_studio.core.core_words import free_text, held_text, names_text, process_text
from neuron_studio.core.environment import Environment
from neuron_studio.core.instances import Instance
from neuron_studio.core.neuron_cores import runtime_variables
from neuron_studio.core.neuron_devices import CoreMap, map_of
from neuron_studio.core.request import Request, instance_of, target_of
from neuron_studio.core.wording import core_count
from neuron_studio.wire.errors import Blame, StudioError
from neuron_studio.wire.machine import Machine
from neuron_studio.wire.spec import Target

_MOST_NAMED = 3


class CoreState(str, Enum):
    """How one core stands to a request."""

    FREE = "free"
    ASKED = "for this run"
    HELD = "held"
    UNTOLD = "on a held device"


# The code of a refusal because others hold what is asked.
CORES_BUSY = "cores-busy"


@dataclass(frozen=True)
class CorePlan:
    """What a run would take: of the cores in a map of this machine, or of an instance without one.

    is_here says whether the instance is this machine all the same: emulated, or with tools that list no cores.
    """

    target: Target
    instance: Instance
    map: Optional[CoreMap] = None
    is_here: bool = False

    @property
    def fits(self) -> bool:
        """Whether there are free cores for the run in the map."""
        return CoreState.ASKED in self.states.values()

    @property
    def variables(self) -> Dict[str, str]:
        """What is set for the runtime."""
        return runtime_variables(self.target)

    @property
    def states(self) -> Dict[int, CoreState]:
        """Each core of the map; asked are the first that fit, though the runtime itself picks."""
        states: Dict[int, CoreState] = {}
        if self.map is None:
            return states
        for device in self.map.devices:
            taken = CoreState.HELD if device.is_told else CoreState.UNTOLD
            states.update({core: taken if core in device.held else CoreState.FREE for core in device.cores})
        run = self.map.free_run(self.target.neuron_cores) if self.target.neuron_cores > 0 else None
        if run is not None:
            states.update(dict.fromkeys(range(run[0], run[1] + 1), CoreState.ASKED))
        return states


def core_plan(request: Request, environment: Environment, instances: Mapping[str, Instance]) -> CorePlan:
    """The plan of a request as it stands, problems or not; an emulation takes no cores and has no map."""
    target = target_of(request, environment, instances)
    instance = instance_of(request, environment, instances)
    is_emulated = target.backend == "emulator"
    found = None if is_emulated else map_of(environment.machine, target.logical_core_size)
    here = environment.instance or (instance.name if environment.has_device else "")
    return CorePlan(target, instance, found, here == instance.name)


def refusal(target: Target, machine: Machine) -> Optional[StudioError]:
    """Why a machine cannot give a run its cores; None where it can, where nothing runs on it, or nobody knows."""
    found = None if target.backend == "emulator" else map_of(machine, target.logical_core_size)
    if found is None or found.free_run(target.neuron_cores) is not None:
        return None
    count, there, run = target.neuron_cores, len(found.cores), len(found.longest_run)
    if count > there:
        return StudioError(
            "too-many-cores", f"{core_count(count)} asked, this machine has {there}.",
            f"Choose from 1 to {there}, or a larger machine.", Blame.ENVIRONMENT,
        )  # fmt: skip
    holders = found.holders_of(count)
    holding = [f"{process_text(holder)} holds {held_text(found, holder)}" for holder in holders]
    fewer = f"Choose {run if run == 1 else f'{run} or fewer'}, or end" if run else "End"
    return StudioError(
        CORES_BUSY, f"{core_count(count)} asked, {free_text(found)}: {names_text(holding, _MOST_NAMED, '; ')}.",
        f"{fewer} process{'' if len(holders) == 1 else 'es'} "
        f"{names_text([str(holder.pid) for holder in holders], _MOST_NAMED)}: cores return when their process exits.",
        Blame.ENVIRONMENT,
    )  # fmt: skip
