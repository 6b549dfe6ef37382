"""Looks again at the Neuron devices of the machine, behind the window's back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from neuron_studio.core.environment import Environment
from neuron_studio.ui.background import begin, in_thread
from neuron_studio.wire.machine import Machine, this_machine

# Who waits for cores looks up about this often; each look starts a process or two.
_WAITING_MS = 15_000


class CoreWatch(QObject):
    """At most one look under way, and none by itself but for a request that waits for cores.

    Signals:
        seen: the Environment with its machine as it stands now, where that is another than before.
    """

    seen = Signal(object)

    def __init__(self, look: Callable[[str], Machine] = this_machine, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._is_looking = False
        self._waiting_for: Environment | None = None
        self._waiting = QTimer(self, interval=_WAITING_MS)
        self._waiting.timeout.connect(lambda: self.look(self._waiting_for))

    def wait_for(self, environment: Environment | None) -> None:
        """Look again every now and then, until None says that nobody waits any more."""
        self._waiting_for = environment
        if environment is None:
            self._waiting.stop()
        elif not self._waiting.isActive():
            self._waiting.start()

    def look(self, environment: Environment | None) -> None:
        """Look again where there are devices; a machine without any gets none."""
        if environment is not None and environment.has_device and not self._is_looking:
            self._is_looking = True
            begin(self._look_at(environment))

    async def _look_at(self, environment: Environment) -> None:
        try:
            machine = await in_thread(self._look, environment.python)
        finally:
            self._is_looking = False
        if machine != environment.machine:
            self.seen.emit(replace(environment, machine=machine))
