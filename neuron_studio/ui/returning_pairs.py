"""The pairs of the last time, brought back into the table once the window could be seen."""

from __future__ import annotations

from neuron_studio.ui.background import begin
from neuron_studio.ui.panels.pair_editor import PairEditor
from neuron_studio.ui.preparation import Preparation
from neuron_studio.ui.remembering import Remembering


class ReturningPairs:
    """Reads many pairs behind the window; until they are there the table is closed and nothing can start."""

    def __init__(self, remembering: Remembering, editor: PairEditor, preparation: Preparation) -> None:
        self._remembering, self._editor, self._preparation = remembering, editor, preparation
        self._wait(remembering.has_unread_pairs)

    def begin(self) -> None:
        """Read them, where there are some to be read."""
        if self._remembering.has_unread_pairs:
            begin(self._return())

    def give_up(self) -> None:
        """Do without them: others take their place."""
        self._remembering.forget_unread_pairs()
        self._wait(False)

    async def _return(self) -> None:
        request = self._remembering.memory.request
        try:
            pairs = await self._remembering.read_pairs()
        finally:
            is_wanted = self._preparation.awaits_pairs
            self._wait(False)
        if is_wanted and request is not None:
            self._editor.show_pairs(pairs, request.trace_pair)

    def _wait(self, is_awaited: bool) -> None:
        self._preparation.await_pairs(is_awaited)
        self._editor.show_reading(is_awaited)
