"""Keeps what the window remembers, and writes it down once nothing has changed for a moment."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QTimer

from neuron_studio.ui import settings
from neuron_studio.ui.background import begin, in_thread

_AFTER_MS = 1500


class Remembering(QObject):
    """The memory as it stands now; on the disk it may be a moment behind."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.memory = settings.load()
        self._later = QTimer(self, singleShot=True, interval=_AFTER_MS)
        self._later.timeout.connect(self.write)

    def remember(self, **changes: object) -> None:
        """Change what is remembered, by the names of its fields."""
        self.memory = replace(self.memory, **changes)
        self._later.start()

    def write(self) -> None:
        """Write it down now, behind the window's back."""
        begin(in_thread(settings.save, self.memory))

    def close(self) -> None:
        """Write it down before the window is gone."""
        self._later.stop()
        settings.save(self.memory)
