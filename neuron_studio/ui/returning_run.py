"""The run that was shown last or goes on by itself, shown again once the window could be seen."""

from __future__ import annotations

from collections.abc import Callable

from neuron_studio.runs import worker_lock
from neuron_studio.runs.store import RunStore
from neuron_studio.ui.background import begin, in_thread
from neuron_studio.ui.remembering import Remembering
from neuron_studio.ui.run_controller import RunController
from neuron_studio.ui.widgets.notice import Notice


class ReturningRun:
    """Looks behind the window for what a closed window, or a lost link, left going on."""

    def __init__(
        self, store: RunStore, remembering: Remembering, controller: RunController, notice: Notice,
        show_history: Callable[[], None],
    ) -> None:  # fmt: skip
        self._store, self._remembering, self._controller = store, remembering, controller
        self._notice, self._show_history = notice, show_history

    def begin(self) -> None:
        """Show it, where there is one and nothing else is shown by then."""
        begin(self._return())

    async def _return(self) -> None:
        folders = await in_thread(lambda: list(self._store.folders()))
        going_on = await in_thread(lambda: [folder for folder in folders if worker_lock.is_held(folder)])
        known = [folder for folder in folders if folder.name == self._remembering.memory.run]
        if self._controller.folder is not None or not (known or going_on):
            return
        chosen = (known or going_on)[0]
        self._controller.attach(chosen)
        others = [folder for folder in going_on if folder != chosen]
        if others:
            count = "One more run goes on" if len(others) == 1 else f"{len(others)} more runs go on"
            self._notice.say(f"{count} in the background.", "Show", self._show_history)
        elif chosen in going_on:
            self._notice.say("This run went on while the window was closed.")
        else:
            self._notice.say("This run ended while the window was closed.")
