"""Keeps what the window remembers, and writes it down once nothing has changed for a moment."""

from __future__ import annotations

import threading
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer

from neuron_studio.core.project import MOST_PAIRS_INSIDE
from neuron_studio.core.request import Request
from neuron_studio.ui import settings
from neuron_studio.ui.background import begin, in_thread
from neuron_studio.wire.errors import StudioError
from neuron_studio.wire.spec import SentencePair

_AFTER_MS = 1500

Pairs = tuple[SentencePair, ...]


class Remembering(QObject):
    """The memory as it stands now; on the disk it may be a moment behind.

    Many pairs lie in a file of their own, which is read when somebody asks and written only for other pairs.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.memory = settings.load()
        self._written: settings.Memory | None = self.memory
        unread = self.memory.pairs_file
        # The name of the file, and the pairs that are in it once they were read or written.
        self._aside: tuple[str, Pairs] | None = (unread, ()) if unread else None
        self._writing = threading.Lock()
        self._later = QTimer(self, singleShot=True, interval=_AFTER_MS)
        self._later.timeout.connect(self.write)

    @property
    def has_unread_pairs(self) -> bool:
        """Whether the pairs of the last time still lie in their file alone."""
        return self.memory.pairs_file is not None

    def remember(self, **changes: object) -> None:
        """Change what is remembered, by the names of its fields."""
        self.memory = replace(self.memory, **changes)
        self._later.start()

    def remember_request(self, request: Request) -> None:
        """Change the form that is remembered; pairs that were not read yet stay what they are."""
        before = self.memory.request
        if self.has_unread_pairs and before is not None:
            request = replace(request, pairs=(), trace_pair=before.trace_pair)
        self.remember(request=request)

    async def read_pairs(self) -> Pairs:
        """The pairs of the last time, which are part of the memory from then on; raises StudioError without them."""
        name = self.memory.pairs_file
        if name is None:
            return ()
        try:
            pairs = await in_thread(settings.load_pairs, name)
        except StudioError:
            # Whoever can mend the file still finds it.
            self._aside = None
            self.forget_unread_pairs()
            raise
        with self._writing:
            request = self.memory.request
            if self.has_unread_pairs and request is not None:
                self._aside = (name, pairs)
                self.memory = replace(self.memory, request=replace(request, pairs=pairs), pairs_file=None)
        return pairs

    def forget_unread_pairs(self) -> None:
        """Do without the pairs of the last time: others take their place."""
        self.memory = replace(self.memory, pairs_file=None)

    def write(self) -> None:
        """Write it down now, behind the window's back."""
        begin(in_thread(self._write))

    def close(self) -> None:
        """Write it down before the window is gone."""
        self._later.stop()
        self._write()

    def _write(self) -> None:
        # Of two that write, the second one writes the newest state or finds it written.
        with self._writing:
            memory, before = self.memory, self._aside
            if memory is self._written:
                return
            try:
                aside = self._aside_of(memory)
            except OSError:
                return
            is_written = settings.save(replace(memory, pairs_file=aside[0] if aside else None))
            self._aside, gone = (aside, before) if is_written else (before, aside)
            self._written = memory if is_written else self._written
            if gone is not None and gone is not self._aside:
                settings.remove_pairs(gone[0])

    def _aside_of(self, memory: settings.Memory) -> tuple[str, Pairs] | None:
        """The file with the pairs of this memory, written where it is not there; None where they are few."""
        pairs = memory.request.pairs if memory.request else ()
        if memory.pairs_file is None and len(pairs) <= MOST_PAIRS_INSIDE:
            return None
        aside = self._aside
        if aside is not None and memory.pairs_file is not None:
            return aside
        if aside is not None and aside[1] is pairs and settings.has_pairs(aside[0]):
            return aside
        return settings.save_pairs(pairs), pairs
