"""How long the trace of the run that is shown should take, asked of past runs behind the window's back."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from neuron_studio.core.run_state import RunState
from neuron_studio.runs.history import History
from neuron_studio.runs.store import RunStore
from neuron_studio.ui.background import begin, in_thread
from neuron_studio.wire.run_folder import RunFolder


class Expectation(QObject):
    """Asks once for each run, as soon as its model is known.

    Signals:
        formed: the Estimate for the run that is shown, or None where past runs say nothing.
    """

    formed = Signal(object)

    def __init__(self, store: RunStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._history = History(store)
        self._folder: RunFolder | None = None
        self._was_asked = False

    def show_folder(self, folder: RunFolder | None) -> None:
        """Expect nothing of another run yet."""
        self._folder, self._was_asked = folder, False
        self.formed.emit(None)

    def show_state(self, state: RunState) -> None:
        """Look at what is known of the run by now."""
        if self._folder is not None and state.model is not None and not self._was_asked:
            self._was_asked = True
            begin(self._ask(self._folder, state))

    async def _ask(self, folder: RunFolder, state: RunState) -> None:
        found = await in_thread(self._history.estimate, folder, state)
        if folder == self._folder:
            self.formed.emit(found)
