"""Finds interpreters that can trace, behind the window's back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, Signal

from neuron_studio.core.environment import Environment
from neuron_studio.runs import bounded, environments


class EnvironmentFinder(QObject):
    """Looks for environments on a thread and tells of each as soon as it is known.

    Signals:
        found: an Environment, in the order of their worth.
        asked_found: an Environment that the user asked for by its path.
        examined: an Environment that was told of before, after its packages were really imported.
        ended: how many were found; some may still be examined.
    """

    found = Signal(object)
    asked_found = Signal(object)
    examined = Signal(object)
    ended = Signal(object)

    def __init__(
        self,
        find: Callable[[], Iterable[Environment]] = environments.find,
        probe: Callable[[str], Environment] = environments.probe,
        examine: Callable[[Environment], Environment] = environments.examine,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._find = find
        self._probe = probe
        self._examine = examine
        self._is_closed = False

    def look(self) -> None:
        """Begin to look for all of them."""
        threading.Thread(target=self._look, daemon=True).start()

    def ask(self, python: str) -> None:
        """Begin to look at one interpreter."""
        threading.Thread(target=self._ask, args=(python,), daemon=True).start()

    def close(self) -> None:
        """End the probes that are under way: the window that would show their answers is going away."""
        self._is_closed = True
        bounded.end_all()

    def _look(self) -> None:
        found = []
        try:
            for environment in self._find():
                if self._is_closed:
                    return
                found.append(environment)
                self.found.emit(environment)
            self.ended.emit(len(found))
            for environment in found:
                self._look_deeper(environment)
        except RuntimeError:
            return  # the window closed meanwhile, and nobody listens

    def _ask(self, python: str) -> None:
        try:
            environment = self._probe(python)
            self.asked_found.emit(environment)
            self._look_deeper(environment)
        except RuntimeError:
            return

    def _look_deeper(self, environment: Environment) -> None:
        if self._is_closed:
            return
        examined = self._examine(environment)
        if examined != environment:
            self.examined.emit(examined)
