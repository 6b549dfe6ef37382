"""Compares two past runs pair by pair, behind the window."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from neuron_studio.core.sides import side_of_run
from neuron_studio.core.versus import Versus, versus
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
    sides = [side_of_run(name, read_state(folder)) for name, folder in zip(names, (base, other), strict=True)]
    return versus(*sides)


def _names(base: RunFolder, other: RunFolder) -> tuple[str, str]:
    """What tells two runs apart, as short as a column's title has to be."""
    (day, _, time), (other_day, _, other_time) = (begun_text(run.name).partition(" ") for run in (base, other))
    if day != other_day:
        return f"run {day}", f"run {other_day}"
    return (f"run {time}", f"run {other_time}") if time != other_time else (base.name, other.name)
