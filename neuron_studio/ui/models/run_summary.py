"""A past run in a few words, read from its folder."""

from __future__ import annotations

from dataclasses import dataclass

from neuron_studio.core.run_state import Phase, RunState
from neuron_studio.core.verdict_words import outcome_word
from neuron_studio.core.wording import begun_text, duration_text, run_duration, subject_text
from neuron_studio.runs.follower import read_state
from neuron_studio.wire.errors import StudioError
from neuron_studio.wire.run_folder import RunFolder


@dataclass(frozen=True)
class RunSummary:
    """One row of the history; problem is set where the folder cannot be read."""

    folder: RunFolder
    begun: str
    model: str = ""
    target: str = ""
    decisions: str = ""
    duration: str = ""
    emulated: bool = False
    is_over: bool = True
    is_finished: bool = False
    problem: str = ""


def summary_of(folder: RunFolder, state: RunState) -> RunSummary:
    """The summary of a run whose state is known."""
    seconds = run_duration(state)
    return RunSummary(
        folder,
        begun_text(folder.name),
        subject_text(state.spec),
        f"{state.spec.target.instance} × {state.spec.target.neuron_cores}",
        outcome_word(state),
        "" if seconds is None else duration_text(seconds),
        state.emulated,
        state.is_over,
        state.phase is Phase.FINISHED,
    )


def read_summary(folder: RunFolder) -> RunSummary:
    """The summary of the run in a folder; blocking."""
    try:
        return summary_of(folder, read_state(folder))
    except (StudioError, OSError) as error:
        return RunSummary(folder, begun_text(folder.name), decisions="unreadable", problem=str(error))
