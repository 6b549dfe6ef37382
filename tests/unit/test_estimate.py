"""How long a trace will take is said from traces of like shape alone, and nothing is said without any."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from neuron_studio.core.estimate import Estimate, PastTrace, Shape, estimate, shape_of
from neuron_studio.core.run_state import StageState, StageStatus
from neuron_studio.core.stage_words import basis_text, stage_line
from neuron_studio.runs.follower import read_state
from neuron_studio.runs.history import History
from neuron_studio.runs.store import RunStore
from neuron_studio.wire.events import StageFinished
from neuron_studio.wire.spec import Options
from tests.support.scripted_run import DESCRIBED, ScriptedRun, a_spec, failed_run, finished_run, new_run

SHAPE = shape_of(a_spec(), DESCRIBED, "here")
RUNNING = StageState("trace", StageStatus.RUNNING, started=100.0)


def past(*seconds: float, **changes: Any) -> list[PastTrace]:
    return [PastTrace(replace(SHAPE, **changes), each) for each in seconds]


def name_of(number: int) -> str:
    return f"20261122-{number:06}-mrpc"


def a_trace(root: Path, number: int, seconds: float, **options: Any) -> ScriptedRun:
    """A finished run whose trace took so long."""
    run = new_run(root, replace(a_spec(), options=Options(auto_cast="all", **options)), name_of(number))
    return run.begin().judge((), trace_s=seconds)


def expected(root: Path, run: ScriptedRun) -> Estimate | None:
    return History(RunStore(root)).estimate(run.folder, read_state(run.folder))


def test_that_without_a_past_nothing_is_expected() -> None:
    assert estimate(SHAPE, []) is None


def test_that_the_median_of_the_same_shape_is_expected() -> None:
    assert estimate(SHAPE, past(60.0, 70.0, 900.0) + past(1.0, sequence_length=64)) == Estimate(70.0, 3)


@pytest.mark.parametrize(
    "changes",
    [
        {"sequence_length": 256},
        {"batch_size": 2},
        {"auto_cast": ("none", "")},
        {"compiler_args": ("-O1",)},
        {"host": "elsewhere"},
    ],
)
def test_that_another_shape_of_the_model_gives_a_rough_estimate_unscaled(changes: dict[str, Any]) -> None:
    assert estimate(SHAPE, past(60.0, 80.0, **changes)) == Estimate(70.0, 2, is_rough=True)


def test_that_the_nearest_shape_is_asked() -> None:
    known = past(10.0, sequence_length=64) + past(20.0, host="elsewhere") + past(30.0, auto_cast=("none", ""))
    assert estimate(SHAPE, known) == Estimate(20.0, 1, is_rough=True)


@pytest.mark.parametrize(
    "changes",
    [
        {"backend": "torch-neuron"},
        {"family": "inf2"},
        {"architecture": "RobertaForSequenceClassification"},
        {"parameters": 66_000_000},
        {"sequence_length": 512},
        {"batch_size": 16},
    ],
)
def test_that_nothing_is_expected_from_another_model_or_compiler_or_a_far_shape(changes: dict[str, Any]) -> None:
    assert estimate(SHAPE, past(60.0, **changes)) is None


def test_that_the_type_to_cast_to_decides_only_where_something_is_cast() -> None:
    def shape(cast: str, kind: str) -> Shape:
        return shape_of(replace(a_spec(), options=Options(auto_cast=cast, auto_cast_type=kind)), DESCRIBED, "here")

    assert shape("none", "bf16") == shape("none", "fp16")
    assert shape("all", "bf16") != shape("all", "fp16")


def test_that_the_past_is_what_came_before_the_run(tmp_path: Path) -> None:
    for number, seconds in ((1, 60.0), (2, 70.0), (3, 80.0), (5, 900.0)):
        a_trace(tmp_path, number, seconds)
    assert expected(tmp_path, new_run(tmp_path, name=name_of(4)).begin()) == Estimate(70.0, 3)


def test_that_a_finished_run_can_be_held_against_what_was_expected(tmp_path: Path) -> None:
    a_trace(tmp_path, 1, 70.0)
    assert expected(tmp_path, a_trace(tmp_path, 2, 64.0)) == Estimate(70.0, 1)


def test_that_only_traces_that_ended_well_count_and_broken_folders_are_passed_over(tmp_path: Path) -> None:
    failed_run(tmp_path, name_of(1))
    new_run(tmp_path, name=name_of(2))
    a_trace(tmp_path, 3, 50.0).folder.events_file.write_bytes(b'{"event": "RunStarted", "time": "x"}\n')
    a_trace(tmp_path, 4, 50.0).folder.spec_file.write_text("{}")
    run = new_run(tmp_path, name=name_of(9)).begin()
    assert expected(tmp_path, run) is None
    finished_run(tmp_path, name=name_of(5))
    assert expected(tmp_path, run) == Estimate(41.2, 1)


def test_that_a_run_whose_model_is_not_known_yet_expects_nothing(tmp_path: Path) -> None:
    a_trace(tmp_path, 1, 60.0)
    assert expected(tmp_path, new_run(tmp_path, name=name_of(2))) is None


def test_that_a_trace_is_read_once_and_no_more_than_two_hundred_runs_are(tmp_path: Path) -> None:
    history = History(RunStore(tmp_path))
    old = a_trace(tmp_path, 1, 999.0)
    run = new_run(tmp_path, name=name_of(900)).begin()
    state = read_state(run.folder)
    assert history.estimate(run.folder, state) == Estimate(999.0, 1)
    old.write(StageFinished("trace", 1.0)).folder.events_file.unlink()
    assert history.estimate(run.folder, state) == Estimate(999.0, 1)
    for number in range(2, 202):
        a_trace(tmp_path, number, 50.0)
    assert history.estimate(run.folder, state) == Estimate(50.0, 200)


@pytest.mark.parametrize(
    ("found", "now", "text"),
    [
        (None, 142.9, "42 s"),
        (Estimate(70.2, 3), 142.9, "42 s of about 1:10"),
        (Estimate(70.2, 3), 190.0, "1:30, expected about 1:10"),
        (Estimate(70.2, 1, is_rough=True), 142.9, "42 s of roughly 1:10"),
        (Estimate(0.7, 9), 142.9, "42 s"),
    ],
)
def test_that_the_time_so_far_stands_beside_what_is_expected(found: Estimate | None, now: float, text: str) -> None:
    assert stage_line(RUNNING, None, now, None, found) == text


def test_that_an_estimate_tells_what_it_rests_on() -> None:
    assert basis_text(Estimate(70.2, 3)) == "Estimated 1:10 from 3 earlier runs of this shape"
    assert basis_text(Estimate(70.2, 1, is_rough=True)) == "Estimated 1:10 from 1 earlier run nearest to this shape"
    assert basis_text(None) == basis_text(Estimate(0.4, 2)) == ""
