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
    names = begun_text(base.name), begun_text(other.name)
    if names[0] == names[1]:
        names = base.name, other.name
    return versus(_side(names[0], base), _side(names[1], other))


def _side(name: str, folder: RunFolder) -> Side:
    state = read_state(folder)
    return Side(
        name, state.spec, state.model.labels if state.model else (),
        tuple((state.spec.pairs[judged.outcome.index], judged.outcome) for judged in state.judged),
        state.environment.versions if state.environment else {}, state.lacking,
    )  # fmt: skip
