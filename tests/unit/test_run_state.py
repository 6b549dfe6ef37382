"""Folding: one state from the records of a run, the same for whoever folds them and whenever they begin."""

from __future__ import annotations

from dataclasses import replace

import pytest

from neuron_studio.core.comparison import Decisions
from neuron_studio.core.consumption import Consumption
from neuron_studio.core.run_state import Phase, RunState, StageStatus, fold, fold_all
from neuron_studio.wire import events, stages
from neuron_studio.wire.events import Event
from neuron_studio.wire.journal import Entry
from neuron_studio.wire.spec import ModelChoice, Options, RunSpec, SentencePair, Target

SPEC = RunSpec(
    model=ModelChoice("acme/pairs"),
    pairs=(SentencePair("one", "two"), SentencePair("three", "four")),
    target=Target("emulator", "inf1", "inf1.xlarge", 4),
    options=Options(),
    python="python",
)
STARTED = events.RunStarted(4711, "here", "python")
MODEL = events.ModelDescribed("acme/pairs", None, "Bert", 7, ("no", "yes"), None, None, ("input_ids",))
OUTCOMES = (
    events.PairOutcome(0, 5, False, (-1.0, 2.0), (-1.0, 2.0), (-1.0, 1.99)),
    events.PairOutcome(1, 6, True, (1.0, -2.0), (1.0, -2.0), (1.01, -2.0)),
)
BEAT = events.Beat("trace", "", 4.0, 2, 1.0, 4.0, 300, 400, 16_000, 9_000, 0.0, 0.0)
FAILED = events.RunFailed("killed", "It was killed.", "Use less.", "trace", "run")


def after(*facts: Event, start: float = 100.0) -> RunState:
    """The state after these records, a second apart."""
    return fold_all(RunState(SPEC), [Entry(start + number, fact) for number, fact in enumerate(facts)])


def walked(*names: str) -> list[Event]:
    """Through these stages, half a second each."""
    return [fact for name in names for fact in (events.StageStarted(name), events.StageFinished(name, 0.5))]


def statuses(state: RunState) -> list[str]:
    return [stage.status.value for stage in state.stages]


def test_that_a_run_begins_with_nine_stages_that_wait() -> None:
    state = RunState(SPEC)
    assert [stage.name for stage in state.stages] == list(stages.STAGES)
    assert set(statuses(state)) == {"waiting"}
    assert state.phase is Phase.STARTING
    assert state.stage is None
    assert state.emulated


def test_that_a_run_that_compares_its_layers_has_one_stage_more() -> None:
    state = fold_all(RunState(replace(SPEC, deep=True)), [Entry(100.0, STARTED)])
    assert [stage.name for stage in state.stages] == [*stages.STAGES[:-1], "layers", "verify"]


def test_that_the_first_record_tells_who_works_and_since_when() -> None:
    state = after(STARTED)
    assert (state.phase, state.worker, state.started) == (Phase.RUNNING, STARTED, 100.0)


def test_that_a_stage_runs_then_is_done_with_its_seconds() -> None:
    state = after(STARTED, events.StageStarted("prepare"))
    assert state.stage is not None
    assert (state.stage.name, state.stage.status, state.stage.started) == ("prepare", StageStatus.RUNNING, 101.0)
    state = after(STARTED, *walked("prepare"))
    assert state.stage is None
    assert (state.stages[0].status, state.stages[0].seconds) == (StageStatus.DONE, 0.5)


def test_that_progress_belongs_to_the_running_stage_only() -> None:
    progress = events.Progressed("load", 3, 10, "bytes")
    assert after(STARTED, events.StageStarted("load"), progress).progress == progress
    assert after(STARTED, events.StageStarted("load"), progress, events.StageFinished("load", 1.0)).progress is None
    assert after(STARTED, events.StageStarted("load"), progress, FAILED).progress is None


def test_that_pairs_are_judged_as_they_come_and_compared_when_the_stage_is_done() -> None:
    facts: list[Event] = [STARTED, MODEL, *(events.PairsJudged((outcome,)) for outcome in OUTCOMES)]
    state = after(*facts)
    assert [judged.neuron_label for judged in state.judged] == ["yes", "no"]
    assert state.comparison is None
    state = after(*facts, *walked("compare"))
    assert state.comparison is not None
    assert state.comparison.decisions is Decisions.SAME


def test_that_facts_are_kept_as_they_were_told() -> None:
    environment = events.EnvironmentDescribed({"torch": "2.13.0"}, True, True)
    traced = events.Traced("emulator", ("target=inf1",), {})
    bundle = events.BundleSaved("/a/bundle", "model.emulated.pt", "00", 7, True)
    notes = events.Noted("one", "first"), events.Noted("two", "second", "do this")
    state = after(STARTED, environment, MODEL, traced, *notes, bundle)
    assert (state.environment, state.model, state.traced, state.bundle) == (environment, MODEL, traced, bundle)
    assert state.notes == notes


def test_that_beats_tell_the_present_and_add_up_to_what_the_run_took() -> None:
    load = replace(
        BEAT, stage="load", seconds=2.0, cpu_seconds=2.0, peak_memory_bytes=900, available_memory_bytes=8_000
    )
    later = replace(BEAT, seconds=6.0, cpu_seconds=9.0, peak_memory_bytes=350)
    state = after(STARTED, load, BEAT, later)
    assert (state.beat, state.heard) == (later, 103.0)
    assert state.consumption == Consumption(900, 400, 16_000, 8_000, 9.0)
    assert after(STARTED, load).consumption == Consumption(900, None, 16_000, 8_000, 2.0)
    assert after(STARTED).consumption is None


def test_that_a_finished_run_is_over() -> None:
    state = after(STARTED, *walked(*stages.STAGES), events.RunFinished())
    assert state.is_over
    assert (state.phase, state.ended) == (Phase.FINISHED, 119.0)
    assert set(statuses(state)) == {"done"}


@pytest.mark.parametrize(
    ("last", "phase", "status"),
    [(FAILED, Phase.FAILED, "failed"), (events.RunStopped("trace"), Phase.STOPPED, "stopped")],
)
def test_that_an_early_end_marks_the_stage_that_ran(last: Event, phase: Phase, status: str) -> None:
    state = after(STARTED, *walked("prepare"), events.StageStarted("trace"), last)
    assert state.phase is phase
    assert state.stage is not None
    assert (state.stage.name, state.stage.status.value, state.stage.seconds) == ("trace", status, 1.0)
    assert state.failure == (last if phase is Phase.FAILED else None)


def test_that_an_early_end_between_two_stages_marks_the_one_that_it_names() -> None:
    before = after(STARTED, *walked(*stages.STAGES[:-1]))
    assert before.stage_name == "verify"
    state = fold(before, Entry(200.0, events.RunStopped(before.stage_name)))
    assert state.stage is not None
    assert (state.stage.name, state.stage.seconds) == ("verify", None)
    assert statuses(state)[-2:] == ["done", "stopped"]


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ([], "prepare"),
        ([STARTED], "prepare"),
        ([STARTED, events.StageStarted("load")], "load"),
        ([STARTED, *walked("prepare", "load")], "preflight"),
        ([STARTED, *walked(*stages.STAGES)], "verify"),
    ],
)
def test_that_an_early_end_always_has_a_stage(facts: list[Event], name: str) -> None:
    assert after(*facts).stage_name == name


def test_that_an_early_end_before_the_first_stage_is_told_too() -> None:
    state = after(replace(FAILED, stage="prepare"))
    assert state.phase is Phase.FAILED
    assert statuses(state)[0] == "failed"


def test_that_nothing_comes_after_the_last_record() -> None:
    over = after(STARTED, events.StageStarted("trace"), FAILED)
    later = fold_all(over, [Entry(500.0, events.RunStopped("trace")), Entry(501.0, events.Noted("late", "too late"))])
    assert later is over


def test_that_a_clock_set_back_gives_no_negative_time() -> None:
    state = fold(after(STARTED, events.StageStarted("trace")), Entry(5.0, FAILED))
    assert state.stage is not None
    assert state.stage.seconds == 0.0


def test_that_it_does_not_matter_in_how_many_reads_the_records_come() -> None:
    facts = [STARTED, *walked("prepare"), MODEL, events.PairsJudged(OUTCOMES), *walked("compare"), events.RunFinished()]
    entries = [Entry(float(number), fact) for number, fact in enumerate(facts)]
    whole = fold_all(RunState(SPEC), entries)
    for cut in range(len(entries)):
        assert fold_all(fold_all(RunState(SPEC), entries[:cut]), entries[cut:]) == whole


def test_that_every_kind_of_record_has_a_rule() -> None:
    some = {
        events.RunStarted: STARTED,
        events.StageStarted: events.StageStarted("load"),
        events.StageFinished: events.StageFinished("load", 1.0),
        events.Progressed: events.Progressed("load", 1, None, "bytes"),
        events.Beat: BEAT,
        events.Noted: events.Noted("a", "b"),
        events.EnvironmentDescribed: events.EnvironmentDescribed({}, True, True),
        events.ModelDescribed: MODEL,
        events.Preflighted: events.Preflighted((), ()),
        events.Placed: events.Placed(1, None, None, None, None, {}, ()),
        events.Traced: events.Traced("emulator", (), {}),
        events.DeviceProof: events.DeviceProof((0, 1), 2, ("neuron-monitor",)),
        events.PairsJudged: events.PairsJudged(()),
        events.GoldenCompared: events.GoldenCompared(2, 0.0, 1e-4),
        events.BehaviourChecked: events.BehaviourChecked(()),
        events.LayersCompared: events.LayersCompared(1, ()),
        events.BundleSaved: events.BundleSaved("/a", "model.pt", "00", 1, False),
        events.RunFinished: events.RunFinished(),
        events.RunFailed: FAILED,
        events.RunStopped: events.RunStopped("load"),
    }
    assert set(some) == set(events.EVENT_KINDS.values())
    for fact in some.values():
        assert isinstance(after(fact), RunState)
