"""Looks on the hub for what is being typed, and on this machine; being offline is a state, not an error."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from neuron_studio.core.model_offers import Offer
from neuron_studio.core.offer_words import search_state
from neuron_studio.runs.hub import search
from neuron_studio.runs.local_models import on_this_machine
from neuron_studio.ui.background import begin, in_thread
from neuron_studio.wire.errors import StudioError

_TYPING_PAUSE_S = 0.4
_SHORTEST = 3


class ModelSearch(QObject):
    """At most one search under way; answers to an older text are dropped.

    Signals:
        found: the tuple of Offers that the hub has for the latest text.
        found_here: the tuple of Offers of what is on this machine.
        state_changed: how the search stands, in words; empty where there is nothing to say.
    """

    found = Signal(object)
    found_here = Signal(object)
    state_changed = Signal(str)

    def __init__(
        self,
        search: Callable[[str], Sequence[Offer]] = search,
        here: Callable[[], Sequence[Offer]] = on_this_machine,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._search = search
        self._here = here
        self._text = ""
        self._is_searching = False

    def look_here(self) -> None:
        """Look at what is on this machine."""
        begin(self._look_here())

    async def _look_here(self) -> None:
        self.found_here.emit(tuple(await in_thread(self._here)))

    def change_text(self, text: str) -> None:
        """Look for another text, once the typing pauses."""
        self._text = text.strip()
        if not self._is_worth_asking(self._text):
            self.state_changed.emit("")
        elif not self._is_searching:
            self._is_searching = True
            begin(self._look())

    @staticmethod
    def _is_worth_asking(text: str) -> bool:
        return len(text) >= _SHORTEST and not text.startswith(("/", ".", "~")) and " " not in text

    async def _look(self) -> None:
        try:
            text = None
            while text != self._text and self._is_worth_asking(self._text):
                text = self._text
                await asyncio.sleep(_TYPING_PAUSE_S)
                if text == self._text:
                    await self._ask(text)
        finally:
            self._is_searching = False

    async def _ask(self, text: str) -> None:
        self.state_changed.emit("Searching the hub …")
        offers: tuple[Offer, ...] = ()
        error: StudioError | None = None
        try:
            offers = tuple(await in_thread(self._search, text))
        except StudioError as refused:
            error = refused
        if text == self._text:
            self.state_changed.emit(search_state(text, len(offers), error))
            self.found.emit(offers)
