"""Compares two past runs pair by pair, behind the window."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from neuron_studio.core.versus import Side, Versus, versus
from neuron_studio.core.wording import begun_text
from neuron_studio.runs.follower import read_state
from neuron_studio.ui.background import begin, in_thread
from neuron_studio.wire.run_folder import RunFolder


class VersusDesk(QObject):
    """Between the history and the comparison: the earlier run is the base.

    Signals:
        compared: the Versus of two runs.
    """

    compared = Signal(object)

    def compare(self, first: RunFolder, second: RunFolder) -> None:
        """Read both runs and compare them; what stands against it reaches the window as any other error."""
        begin(self._compare(*sorted((first, second), key=lambda folder: folder.name)))

    async def _compare(self, base: RunFolder, other: RunFolder) -> None:
        self.compared.emit(await in_thread(_versus, base, other))


def _versus(base: RunFolder, other: RunFolder) -> Versus:
    names = _names(base, other)
    return versus(_side(names[0], base), _side(names[1], other))


def _names(base: RunFolder, other: RunFolder) -> tuple[str, str]:
    """What tells two runs apart, as short as a column's title has to be."""
    (day, _, time), (other_day, _, other_time) = (begun_text(run.name).partition(" ") for run in (base, other))
    if day != other_day:
        return f"run {day}", f"run {other_day}"
    return (f"run {time}", f"run {other_time}") if time != other_time else (base.name, other.name)


def _side(name: str, folder: RunFolder) -> Side:
    state = read_state(folder)
    return Side(
        name, state.spec, state.model.labels if state.model else (),
        tuple((state.spec.pairs[judged.outcome.index], judged.outcome) for judged in state.judged),
        state.environment.versions if state.environment else {}, state.lacking,
    )  # fmt: skip
