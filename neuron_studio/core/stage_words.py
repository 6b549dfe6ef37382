"""Where a stage stands, in words: its time, what is expected, and what is being done."""

from __future__ import annotations

from typing import Optional

from neuron_studio.core.estimate import Estimate
from neuron_studio.core.pace import Pace
from neuron_studio.core.run_state import RunState, StageState, StageStatus
from neuron_studio.core.wording import bytes_text, duration_text, elapsed_text, progress_text
from neuron_studio.wire.events import Beat, Progressed

_WORTH_EXPECTING_S = 2.0


def stage_line(
    stage: StageState, progress: Optional[Progressed], now: float, beat: Optional[Beat] = None,
    expected: Optional[Estimate] = None, pace: Optional[Pace] = None,
) -> str:  # fmt: skip
    """The second line of a stage: its time, or the time so far, what is expected and what is being done."""
    if stage.status is StageStatus.RUNNING and stage.started is not None:
        so_far = now - stage.started
        parts = [elapsed_text(so_far) + expected_text(expected, so_far)]
        if progress is not None and progress.stage == stage.name:
            parts.append(progress_text(progress))
            parts.extend(filter(None, [pace_text(pace)]))
        if beat is not None and beat.stage == stage.name and beat.phase:
            parts.append(beat.phase)
        return " · ".join(parts)
    return "" if stage.seconds is None else duration_text(stage.seconds)


def pace_text(pace: Optional[Pace]) -> str:
    """The rate and the time left, such as "21 MB/s · 6 s left"; empty where nothing can be said."""
    if pace is None or pace.rate is None or pace.is_whole:
        return ""
    if pace.rate < 1:
        return "nothing arrives"
    left = f" · {elapsed_text(pace.left_s + 0.5)} left" if pace.left_s is not None else ""
    return f"{bytes_text(int(pace.rate))}/s{left}"


def expected_text(expected: Optional[Estimate], so_far: float) -> str:
    """What follows on the time so far; nothing where nothing is known, or where it is not worth waiting for."""
    if expected is None or expected.seconds < _WORTH_EXPECTING_S:
        return ""
    time = f"{'roughly' if expected.is_rough else 'about'} {elapsed_text(expected.seconds)}"
    return f" of {time}" if so_far <= expected.seconds else f", expected {time}"


def basis_text(expected: Optional[Estimate]) -> str:
    """What an estimate rests on."""
    if expected is None or expected.seconds < _WORTH_EXPECTING_S:
        return ""
    runs = "1 earlier run" if expected.count == 1 else f"{expected.count} earlier runs"
    shape = "nearest to this shape" if expected.is_rough else "of this shape"
    return f"Estimated {elapsed_text(expected.seconds)} from {runs} {shape}"


def starting_line(state: RunState, now: float) -> str:
    """The second line of the first stage while the worker comes up and no stage has begun; else empty."""
    has_begun = any(stage.status is not StageStatus.WAITING for stage in state.stages)
    if state.is_over or has_begun:
        return ""
    return "starting" if state.started is None else f"starting · {elapsed_text(now - state.started)}"
