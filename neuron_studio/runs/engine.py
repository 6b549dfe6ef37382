"""From a request to a running worker: the one way in for the window and the command line."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from datetime import datetime

from neuron_studio.core.core_plan import refusal
from neuron_studio.core.environment import Environment
from neuron_studio.core.problem import Problem
from neuron_studio.core.request import Request, resolve
from neuron_studio.core.validation import problems
from neuron_studio.runs.launcher import Standby, start
from neuron_studio.runs.models import describe
from neuron_studio.runs.output import output_problems
from neuron_studio.runs.resources import instances
from neuron_studio.runs.store import RunStore
from neuron_studio.wire.machine import this_machine
from neuron_studio.wire.run_folder import RunFolder
from neuron_studio.wire.spec import RunSpec


@dataclass(frozen=True)
class Begun:
    """A run whose worker has been started; process is that worker, whoever follows it may reap it."""

    folder: RunFolder
    process: subprocess.Popen[bytes]


def all_problems(request: Request, environment: Environment) -> tuple[Problem, ...]:
    """Every reason why this request cannot start, the model's own included; raises StudioError for no such model."""
    found = problems(request, environment, instances())
    if any(problem.field in ("pairs", "target") for problem in found):
        return found  # no need to ask the hub for a run that cannot start
    whole = problems(request, environment, instances(), describe(request.model))
    return (*whole, *output_problems(request.output, request.force))


def spec_of(request: Request, environment: Environment) -> RunSpec:
    """The spec of a request without problems."""
    return resolve(request, environment, instances())


def begin(spec: RunSpec, store: RunStore, standby: Standby | None = None) -> Begun:
    """Make the run folder and set a worker on it, the warm one where it fits; raises StudioError for busy cores."""
    _ask_for_cores(spec)
    folder = store.create(spec, datetime.now())
    if standby is not None and standby.fits(spec.python):
        return Begun(folder, standby.take(folder))
    return Begun(folder, start(folder, spec.python))


def _ask_for_cores(spec: RunSpec) -> None:
    # Whoever judged the request saw the cores as they were when the environment was probed.
    if spec.target.backend != "emulator":
        busy = refusal(spec.target, this_machine(spec.python))
        if busy is not None:
            raise busy
