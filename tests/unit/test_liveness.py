"""Whether a run is alive is judged by the worker's own clock, and said in words that tell what to do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from neuron_studio.core.consumption import Consumption
from neuron_studio.core.liveness import Heard, Life, hear, liveness, span_text
from neuron_studio.core.pulse_words import consumption_text, pulse_now, pulse_text
from neuron_studio.core.run_state import RunState
from neuron_studio.wire.events import Beat
from tests.support.scripted_run import a_spec

BEAT = Beat("trace", "compiling", 90.0, 4, 1.9, 171.0, 3_200_000_000, 3_900_000_000, 16_000_000_000, 9_000_000_000,
            12.0, 0.0)  # fmt: skip
TOOK = Consumption(4_100_000_000, 3_900_000_000, 16_000_000_000, 9_000_000_000, 723.0)


def heard_at(time: float, beat: Beat = BEAT) -> RunState:
    return replace(RunState(a_spec()), beat=beat, heard=time, consumption=TOOK)


@pytest.mark.parametrize(
    ("silent_s", "idle_s", "text"),
    [
        (0.0, 0.0, "working"),
        (29.9, 0.0, "working"),
        (30.0, 0.0, "silent but working"),
        (7200.0, 0.0, "silent but working"),
        (0.0, 7200.0, "working"),
        (45.0, 30.0, "idle for 30 s"),
        (299.9, 299.9, "idle for 4 minutes"),
        (600.0, 300.0, "idle for 5 minutes: likely stuck"),
        (300.0, 9000.0, "idle for 5 minutes: likely stuck"),
    ],
)
def test_that_silence_and_idleness_are_told_apart(silent_s: float, idle_s: float, text: str) -> None:
    assert liveness(replace(BEAT, silent_s=silent_s, idle_s=idle_s)).text == text


def test_that_a_worker_of_whom_nothing_is_heard_is_not_called_stuck() -> None:
    found = liveness(BEAT, unheard_s=42.0)
    assert (found.life, found.text) == (Life.UNHEARD, "no word from the worker for 42 s")
    assert found.is_worrying
    assert liveness(BEAT, unheard_s=29.0).life is Life.WORKING


def test_that_a_wall_clock_that_jumps_changes_nothing_for_who_listens() -> None:
    first = hear(None, heard_at(1000.0), wall=1000.0, clock=50.0)
    state = heard_at(1010.0, replace(BEAT, seconds=100.0))
    later = hear(first, state, wall=99_000.0, clock=60.0)
    assert later == Heard(state.beat, 60.0)  # type: ignore[arg-type]
    assert later is not None
    assert hear(later, state, wall=5.0, clock=80.0) is later
    assert pulse_now(later, 89.0).life is Life.WORKING
    assert pulse_now(later, 90.0).life is Life.UNHEARD


def test_that_who_comes_late_sees_how_old_the_last_beat_is() -> None:
    heard = hear(None, heard_at(1000.0), wall=8200.0, clock=50.0)
    assert heard is not None
    assert pulse_now(heard, 50.0).text == "no word from the worker for 2 hours"
    early = hear(None, heard_at(1000.0), wall=10.0, clock=50.0)
    assert early is not None
    assert pulse_now(early, 50.0).life is Life.WORKING, "a clock set back is no age"


def test_that_a_run_without_a_beat_is_not_heard() -> None:
    assert hear(None, RunState(a_spec()), wall=1.0, clock=1.0) is None


def test_that_the_line_tells_life_first_then_what_is_taken() -> None:
    assert pulse_text(BEAT, TOOK, liveness(BEAT)) == (
        "working · last output 12 s ago · 3.2 GB, peak 4.1 GB of 16.0 GB · 4 processes · 1.9 cores"
    )
    alone = replace(BEAT, processes=1, silent_s=2.0)
    assert pulse_text(alone, TOOK, liveness(alone)).endswith(" · 1 process · 1.9 cores")
    assert "last output" not in pulse_text(alone, TOOK, liveness(alone))


def test_that_scarce_memory_is_named() -> None:
    beat = replace(BEAT, available_memory_bytes=400_000_000)
    assert "of 16.0 GB, only 400 MB left" in pulse_text(beat, TOOK, liveness(beat))


def test_that_a_worry_has_its_sign_and_what_to_do() -> None:
    stuck = replace(BEAT, silent_s=400.0, idle_s=400.0)
    text = pulse_text(stuck, TOOK, liveness(stuck))
    assert text.startswith("⚠ idle for 6 minutes: likely stuck. Look at the end of the log; Stop ends the run. · ")


def test_that_between_two_children_nothing_is_said_of_processes() -> None:
    assert pulse_text(replace(BEAT, processes=0, silent_s=0.0), TOOK, liveness(BEAT)) == "working"


def test_that_a_run_that_is_over_tells_what_it_took() -> None:
    assert consumption_text(TOOK) == "peak memory 4.1 GB (3.9 GB in trace) of 16.0 GB · 12:03 of processor time"
    early = replace(TOOK, trace_peak_memory_bytes=None, cpu_seconds=4.0)
    assert consumption_text(early) == "peak memory 4.1 GB of 16.0 GB · 4.0 s of processor time"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0, "0 s"), (59.9, "59 s"), (60.0, "1 minute"), (7199.0, "119 minutes"), (7200.0, "2 hours")],
)
def test_that_a_span_is_told_in_its_largest_unit(seconds: float, text: str) -> None:
    assert span_text(seconds) == text
