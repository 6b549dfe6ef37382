"""Finds interpreters that can trace, behind the window's back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, Signal

from neuron_studio.core.environment import Environment
from neuron_studio.runs import environments


class EnvironmentFinder(QObject):
    """Looks for environments on a thread and tells of each as soon as it is known.

    Signals:
        found: an Environment, in the order of their worth.
        asked_found: an Environment that the user asked for by its path.
        ended: how many were found.
    """

    found = Signal(object)
    asked_found = Signal(object)
    ended = Signal(object)

    def __init__(
        self,
        find: Callable[[], Iterable[Environment]] = environments.find,
        probe: Callable[[str], Environment] = environments.probe,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._find = find
        self._probe = probe

    def look(self) -> None:
        """Begin to look for all of them."""
        threading.Thread(target=self._look, daemon=True).start()

    def ask(self, python: str) -> None:
        """Begin to look at one interpreter."""
        threading.Thread(target=self._ask, args=(python,), daemon=True).start()

    def _look(self) -> None:
        count = 0
        try:
            for environment in self._find():
                count += 1
                self.found.emit(environment)
            self.ended.emit(count)
        except RuntimeError:
            return  # the window closed meanwhile, and nobody listens

    def _ask(self, python: str) -> None:
        try:
            self.asked_found.emit(self._probe(python))
        except RuntimeError:
            return
