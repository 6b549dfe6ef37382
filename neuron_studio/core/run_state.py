"""What is known of a run: one frozen state, folded from the run's records in order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from functools import reduce, singledispatch
from typing import Iterable, Optional, Tuple

from neuron_studio.core.battery import defects as battery_defects
from neuron_studio.core.comparison import Comparison, compare
from neuron_studio.core.consumption import Consumption, with_beat
from neuron_studio.core.decision import JudgedPair, judge, threshold_of
from neuron_studio.core.device_proof import lacking, proof_line
from neuron_studio.core.golden import golden_defects
from neuron_studio.core.pace import Pace, paced
from neuron_studio.wire import events, stages
from neuron_studio.wire.journal import Entry
from neuron_studio.wire.spec import RunSpec


class Phase(str, Enum):
    """Where a run stands as a whole."""

    STARTING = "starting"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    STOPPED = "stopped"


class StageStatus(str, Enum):
    """Where one stage stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True)
class StageState:
    """One stage: when it began (seconds since the epoch) and how long it took."""

    name: str
    status: StageStatus = StageStatus.WAITING
    started: Optional[float] = None
    seconds: Optional[float] = None


@dataclass(frozen=True)
class RunState:
    """Everything that a window, a terminal or a report says about a run."""

    spec: RunSpec
    phase: Phase = Phase.STARTING
    stages: Tuple[StageState, ...] = ()
    started: Optional[float] = None
    ended: Optional[float] = None
    worker: Optional[events.RunStarted] = None
    progress: Optional[events.Progressed] = None
    pace: Optional[Pace] = None
    beat: Optional[events.Beat] = None
    heard: Optional[float] = None
    consumption: Optional[Consumption] = None
    environment: Optional[events.EnvironmentDescribed] = None
    model: Optional[events.ModelDescribed] = None
    preflight: Optional[events.Preflighted] = None
    placed: Optional[events.Placed] = None
    traced: Optional[events.Traced] = None
    proof: Optional[events.DeviceProof] = None
    judged: Tuple[JudgedPair, ...] = ()
    golden: Optional[events.GoldenCompared] = None
    behaviour: Optional[events.BehaviourChecked] = None
    layers: Optional[events.LayersCompared] = None
    comparison: Optional[Comparison] = None
    bundle: Optional[events.BundleSaved] = None
    failure: Optional[events.RunFailed] = None
    notes: Tuple[events.Noted, ...] = ()

    def __post_init__(self) -> None:
        # Which stages there are follows from the spec, so no caller is asked for them.
        if not self.stages:
            waiting = tuple(StageState(name) for name in stages.stages_of(self.spec))
            object.__setattr__(self, "stages", waiting)

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.phase in (Phase.FINISHED, Phase.FAILED, Phase.STOPPED)

    @property
    def emulated(self) -> bool:
        """Whether the numbers come from the emulator; known from the spec before the worker says so."""
        return self.spec.target.backend == "emulator"

    @property
    def lacking(self) -> Tuple[str, ...]:
        """What is missing of the proof that a device ran the pairs; an emulation claims none."""
        return () if self.emulated else lacking(self.traced, self.proof)

    @property
    def defects(self) -> Tuple[str, ...]:
        """What the traced module does and should not, whatever the pairs at hand decide."""
        checks = self.behaviour.checks if self.behaviour else ()
        found = golden_defects(self.golden) if self.golden else ()
        return (*found, *battery_defects(self.spec, checks, self.judged))

    @property
    def is_proven(self) -> bool:
        """Whether the pairs are proven to have run on NeuronCores."""
        return not self.emulated and not self.lacking

    @property
    def proof_in_words(self) -> str:
        """What proves that a device ran the pairs, on one line; empty where nothing does."""
        if not self.is_proven or self.traced is None or self.proof is None:
            return ""
        return f"Run on Neuron: {proof_line(self.traced, self.proof)}."

    @property
    def stage(self) -> Optional[StageState]:
        """The stage that is running or in which the run ended early."""
        open_statuses = (StageStatus.RUNNING, StageStatus.FAILED, StageStatus.STOPPED)
        return next((stage for stage in self.stages if stage.status in open_statuses), None)

    @property
    def stage_name(self) -> str:
        """The stage that an early end belongs to: the open one, or between two stages the one that comes next."""
        if self.stage is not None:
            return self.stage.name
        waiting = (stage.name for stage in self.stages if stage.status is StageStatus.WAITING)
        return next(waiting, self.stages[-1].name)


def fold(state: RunState, entry: Entry) -> RunState:
    """The state after one more record; nothing comes after the last one."""
    return state if state.is_over else _apply(entry.event, state, entry.time)


def fold_all(state: RunState, entries: Iterable[Entry]) -> RunState:
    """The state after all these records."""
    return reduce(fold, entries, state)


@singledispatch
def _apply(event: object, state: RunState, time: float) -> RunState:
    raise TypeError(f"no rule for {event!r}")


@_apply.register(events.RunStarted)
def _started(event: events.RunStarted, state: RunState, time: float) -> RunState:
    return replace(state, phase=Phase.RUNNING, worker=event, started=time)


@_apply.register(events.StageStarted)
def _stage_started(event: events.StageStarted, state: RunState, time: float) -> RunState:
    stage = StageState(event.stage, StageStatus.RUNNING, started=time)
    return replace(_with_stage(state, stage), progress=None, pace=None)


@_apply.register(events.StageFinished)
def _stage_finished(event: events.StageFinished, state: RunState, time: float) -> RunState:
    stage = StageState(event.stage, StageStatus.DONE, started=time - event.seconds, seconds=event.seconds)
    state = replace(_with_stage(state, stage), progress=None)
    if event.stage == stages.COMPARE and state.model:
        spec, labels = state.spec, state.model.labels
        verdict = compare(state.judged, spec.pairs, labels, state.lacking, state.defects, spec.goals)
        return replace(state, comparison=verdict)
    return state


@_apply.register(events.Progressed)
def _progressed(event: events.Progressed, state: RunState, time: float) -> RunState:
    return replace(state, progress=event, pace=paced(state.pace, event, time))


@_apply.register(events.Beat)
def _beat(event: events.Beat, state: RunState, time: float) -> RunState:
    return replace(state, beat=event, heard=time, consumption=with_beat(state.consumption, event))


@_apply.register(events.Noted)
def _noted(event: events.Noted, state: RunState, time: float) -> RunState:
    return replace(state, notes=(*state.notes, event))


@_apply.register(events.EnvironmentDescribed)
def _environment_described(event: events.EnvironmentDescribed, state: RunState, time: float) -> RunState:
    return replace(state, environment=event)


@_apply.register(events.ModelDescribed)
def _model_described(event: events.ModelDescribed, state: RunState, time: float) -> RunState:
    return replace(state, model=event)


@_apply.register(events.Preflighted)
def _preflighted(event: events.Preflighted, state: RunState, time: float) -> RunState:
    return replace(state, preflight=event)


@_apply.register(events.Placed)
def _placed(event: events.Placed, state: RunState, time: float) -> RunState:
    return replace(state, placed=event)


@_apply.register(events.Traced)
def _traced(event: events.Traced, state: RunState, time: float) -> RunState:
    return replace(state, traced=event)


@_apply.register(events.DeviceProof)
def _device_proof(event: events.DeviceProof, state: RunState, time: float) -> RunState:
    return replace(state, proof=event)


@_apply.register(events.PairsJudged)
def _pairs_judged(event: events.PairsJudged, state: RunState, time: float) -> RunState:
    if state.model is None:
        return state
    labels, threshold = state.model.labels, threshold_of(state.model)
    return replace(state, judged=state.judged + tuple(judge(outcome, labels, threshold) for outcome in event.outcomes))


@_apply.register(events.GoldenCompared)
def _golden_compared(event: events.GoldenCompared, state: RunState, time: float) -> RunState:
    return replace(state, golden=event)


@_apply.register(events.BehaviourChecked)
def _behaviour_checked(event: events.BehaviourChecked, state: RunState, time: float) -> RunState:
    return replace(state, behaviour=event)


@_apply.register(events.LayersCompared)
def _layers_compared(event: events.LayersCompared, state: RunState, time: float) -> RunState:
    return replace(state, layers=event)


@_apply.register(events.BundleSaved)
def _bundle_saved(event: events.BundleSaved, state: RunState, time: float) -> RunState:
    return replace(state, bundle=event)


@_apply.register(events.RunFinished)
def _finished(event: events.RunFinished, state: RunState, time: float) -> RunState:
    return replace(state, phase=Phase.FINISHED, ended=time, progress=None)


@_apply.register(events.RunFailed)
def _failed(event: events.RunFailed, state: RunState, time: float) -> RunState:
    state = _with_early_end(state, event.stage, StageStatus.FAILED, time)
    return replace(state, phase=Phase.FAILED, ended=time, failure=event, progress=None)


@_apply.register(events.RunStopped)
def _stopped(event: events.RunStopped, state: RunState, time: float) -> RunState:
    state = _with_early_end(state, event.stage, StageStatus.STOPPED, time)
    return replace(state, phase=Phase.STOPPED, ended=time, progress=None)


def _with_stage(state: RunState, changed: StageState) -> RunState:
    return replace(state, stages=tuple(changed if stage.name == changed.name else stage for stage in state.stages))


def _with_early_end(state: RunState, named: str, status: StageStatus, time: float) -> RunState:
    stage = state.stage or next((stage for stage in state.stages if stage.name == named), None)
    if stage is None:
        return state
    seconds = None if stage.started is None else max(0.0, time - stage.started)
    return _with_stage(state, replace(stage, status=status, seconds=seconds))
