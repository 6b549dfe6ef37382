"""How fast a download goes and how long it still takes, from the times of its records."""

from __future__ import annotations

import pytest

from neuron_studio.core.pace import Pace, paced
from neuron_studio.core.run_state import RunState, StageState, StageStatus, fold_all
from neuron_studio.core.stage_words import pace_text, stage_line
from neuron_studio.wire.events import Event, Progressed, StageStarted
from neuron_studio.wire.journal import Entry
from tests.support.scripted_run import a_spec

TOTAL = 433_000_000


def pace_of(*samples: tuple[float, int], total: int | None = TOTAL) -> Pace | None:
    pace = None
    for time, done in samples:
        pace = paced(pace, Progressed("load", done, total, "bytes"), time)
    return pace


@pytest.mark.parametrize(
    ("samples", "text"),
    [
        ([], ""),
        ([(100.0, 5_000_000)], ""),
        ([(100.0, 0), (100.5, 9_000_000)], ""),
        ([(100.0, 270_000_000), (102.0, 312_000_000)], "21.0 MB/s · 6 s left"),
        ([(100.0, 0), (160.0, 0), (164.0, 40_000_000)], "10.0 MB/s · 39 s left"),
        ([(100.0, 7_000_000), (104.0, 7_000_000)], "nothing arrives"),
        ([(100.0, 400_000_000), (102.0, TOTAL)], ""),
        ([(100.0, 0), (100.0, 9_000_000)], ""),
        ([(500.0, 0), (101.0, 9_000_000), (103.0, 29_000_000)], "10.0 MB/s · 40 s left"),
        ([(100.0, 300_000_000), (101.0, 1_000_000), (103.0, 3_000_000)], "1.0 MB/s · 7:10 left"),
    ],
)
def test_that_the_rate_is_that_of_the_last_seconds(samples: list[tuple[float, int]], text: str) -> None:
    assert pace_text(pace_of(*samples)) == text


def test_that_without_a_total_only_the_rate_is_told() -> None:
    assert pace_text(pace_of((100.0, 0), (102.0, 3_000), total=None)) == "1.5 kB/s"


def test_that_a_long_download_keeps_only_its_last_seconds() -> None:
    pace = pace_of(*((100.0 + number / 4, number * 1000) for number in range(4000)))
    assert pace is not None
    assert len(pace.samples) <= 33


def test_that_the_stage_says_bytes_rate_and_time_left_and_the_next_stage_nothing_of_it() -> None:
    facts: list[Event] = [StageStarted("load"), *(Progressed("load", done * 1_000_000, TOTAL, "bytes") for done in
                          (270, 291, 312))]  # fmt: skip
    state = fold_all(RunState(a_spec()), [Entry(100.0 + number, event) for number, event in enumerate(facts)])
    running = StageState("load", StageStatus.RUNNING, started=100.0)
    line = stage_line(running, state.progress, 103.0, pace=state.pace)
    assert line == "3 s · 312 MB of 433 MB · 21.0 MB/s · 6 s left"
    assert fold_all(state, [Entry(104.0, StageStarted("preflight"))]).pace is None


def test_that_pairs_have_no_rate_in_bytes() -> None:
    assert paced(pace_of((100.0, 0), (102.0, 9)), Progressed("infer", 3, 10, "pairs"), 103.0) is None
