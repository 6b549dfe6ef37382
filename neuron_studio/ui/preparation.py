"""What is being prepared: the request as it stands, its model, its environment, and what is wrong with them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from neuron_studio.core.core_plan import CorePlan, core_plan
from neuron_studio.core.environment import Environment
from neuron_studio.core.fitness import Verdict, verdict
from neuron_studio.core.instances import Instance
from neuron_studio.core.model_facts import ModelFacts
from neuron_studio.core.problem import Problem
from neuron_studio.core.request import Request, family_of, instance_of, resolve
from neuron_studio.core.validation import problems
from neuron_studio.runs.models import describe
from neuron_studio.runs.output import output_problems
from neuron_studio.runs.resources import instances
from neuron_studio.ui.background import begin, in_thread
from neuron_studio.wire.errors import StudioError
from neuron_studio.wire.spec import ModelChoice, RunSpec

_TYPING_PAUSE_S = 0.4


@dataclass(frozen=True)
class Readiness:
    """A request with everything known about it; waiting_for says what is still being found out."""

    request: Request
    family: str
    instance: Instance
    plan: CorePlan
    environment: Environment | None = None
    facts: ModelFacts | None = None
    problems: tuple[Problem, ...] = ()
    waiting_for: str = ""
    verdict: Verdict | None = None

    @property
    def is_ready(self) -> bool:
        """Whether a run can start."""
        return not self.problems and not self.waiting_for

    @property
    def refusal(self) -> str:
        """Why a run cannot start, in one line; empty where it can."""
        if self.problems:
            more = len(self.problems) - 1
            return self.problems[0].message + (f" ({more} more)" if more else "")
        return self.waiting_for


class Preparation(QObject):
    """Judges the request at every change, and looks models up behind the user's typing.

    Signals:
        judged: a Readiness.
    """

    judged = Signal(object)

    def __init__(
        self,
        request: Request,
        describe: Callable[[ModelChoice], ModelFacts] = describe,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._request = request
        self._environment: Environment | None = None
        self._facts: ModelFacts | None = None
        self._model_problem: Problem | None = None
        self._describe = describe
        self._described: ModelChoice | None = None
        self._looking: asyncio.Task[None] | None = None
        self.awaits_pairs = False
        self.readiness = self._judge()

    def change_request(self, request: Request) -> None:
        """Judge another request; a new model is looked up once the typing pauses."""
        is_other_model = request.model != self._described
        self._request = request
        if is_other_model:
            self._look_up(request.model)
        self._publish()

    def change_environment(self, environment: Environment | None) -> None:
        """Judge for another interpreter."""
        self._environment = environment
        self._publish()

    def await_pairs(self, is_awaited: bool) -> None:
        """Judge no pairs until those of the last time are there."""
        if is_awaited != self.awaits_pairs:
            self.awaits_pairs = is_awaited
            self._publish()

    def spec(self) -> RunSpec:
        """The run that the request asks for; only where it is ready."""
        if self._environment is None or not self.readiness.is_ready:
            raise ValueError("a request with problems has no spec")
        return resolve(self._request, self._environment, instances())

    def _look_up(self, model: ModelChoice) -> None:
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None
        is_first = self._described is None
        self._described, self._facts, self._model_problem = model, None, None
        if model.id.strip():
            self._looking = begin(self._describe_after_pause(model, 0 if is_first else _TYPING_PAUSE_S))
        else:
            self._model_problem = Problem(
                "model", "no-model", "No model is chosen.", "Type a hub id, choose a folder, or take the starter model."
            )

    async def _describe_after_pause(self, model: ModelChoice, pause_s: float) -> None:
        await asyncio.sleep(pause_s)
        try:
            facts = await in_thread(self._describe, model)
        except StudioError as error:
            if model == self._described:
                self._model_problem = Problem("model", error.code, error.message, error.remedy, error.blame)
        else:
            if model == self._described:
                self._facts = facts
        if model == self._described:
            self._looking = None
            self._publish()

    def _publish(self) -> None:
        self.readiness = self._judge()
        self.judged.emit(self.readiness)

    def _judge(self) -> Readiness:
        environment = self._environment or Environment("")
        found = problems(self._request, environment, instances(), self._facts)
        if self._environment is None:
            found = tuple(problem for problem in found if problem.field != "environment")
        if self.awaits_pairs:
            found = tuple(problem for problem in found if problem.field != "pairs")
        if self._model_problem is not None:
            found = (self._model_problem, *found)
        waiting = ""
        if self._environment is None:
            waiting = "Looking for a Python that can trace …"
        elif self._facts is None and self._model_problem is None:
            waiting = "Looking at the model …"
        elif self.awaits_pairs:
            waiting = "Reading the pairs of the last time …"
        family = family_of(self._request, environment, instances())
        return Readiness(
            self._request,
            family,
            instance_of(self._request, environment, instances()),
            core_plan(self._request, environment, instances()),
            self._environment,
            self._facts,
            (*found, *output_problems(self._request.output, self._request.force)),
            waiting,
            verdict(self._request, self._facts, environment, instances()) if self._facts else None,
        )
