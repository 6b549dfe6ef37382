"""Which environment runs get: found, offered in the bar, chosen, and seen again as it stands now."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from neuron_studio.core.environment import Environment
from neuron_studio.runs import added_environments
from neuron_studio.ui.background import begin, in_thread
from neuron_studio.ui.core_watch import CoreWatch
from neuron_studio.ui.environment_finder import EnvironmentFinder
from neuron_studio.ui.panels.top_bar import TopBar


class EnvironmentChoice(QObject):
    """Takes the first environment that can trace, until the user's own choice is there.

    Signals:
        used: the Environment that runs get from now on, whole.
        chosen: the path of the interpreter that the user chose.
    """

    used = Signal(object)
    chosen = Signal(object)

    def __init__(self, bar: TopBar, finder: EnvironmentFinder, core_watch: CoreWatch, remembered: str | None) -> None:
        super().__init__()
        self._bar, self.finder, self._core_watch = bar, finder, core_watch
        self._remembered = remembered
        self._was_chosen = False
        self._environment: Environment | None = None
        finder.found.connect(self._on_finder_found)
        finder.asked_found.connect(self._on_finder_asked_found)
        finder.examined.connect(self._on_finder_examined)
        finder.ended.connect(self._on_finder_ended)
        core_watch.seen.connect(self._on_core_watch_seen)
        bar.environment_chosen.connect(self._on_bar_environment_chosen)
        bar.interpreter_picked.connect(finder.ask)

    def look(self) -> None:
        """Begin to look for environments, the remembered one first."""
        if self._remembered is not None:
            self.finder.ask(self._remembered)
        self.finder.look()

    def choose(self, python: str) -> bool:
        """Take an interpreter as if the user had; only one that is offered, since a path alone may be anybody's."""
        known = next((found for found in self._bar.environments if found.python == python), None)
        if known is not None:
            self._on_bar_environment_chosen(known)
        return known is not None

    def look_at_cores(self) -> None:
        """See who holds the NeuronCores now."""
        self._core_watch.look(self._environment)

    def wait_for_cores(self, is_waiting: bool) -> None:
        """Look at the cores again every now and then, while a request waits for them."""
        self._core_watch.wait_for(self._environment if is_waiting else None)

    def close(self) -> None:
        """Look no more."""
        self._core_watch.wait_for(None)
        self.finder.close()

    def _on_finder_found(self, environment: Environment) -> None:
        self._bar.offer(environment)
        if not self._was_chosen and self._environment is None and environment.can_trace:
            self._use(environment)

    def _on_finder_asked_found(self, environment: Environment) -> None:
        self._bar.offer(environment)
        is_new = environment.python != self._remembered
        if is_new and not environment.problem:
            begin(in_thread(added_environments.add, environment.python))
        if not self._was_chosen:
            self._was_chosen = not is_new and environment.can_trace
            if self._was_chosen or is_new:
                self._use(environment)
        elif is_new:
            self._on_bar_environment_chosen(environment)

    def _on_finder_examined(self, environment: Environment) -> None:
        self._bar.offer(environment)
        if self._environment is not None and self._environment.python == environment.python:
            self._use(environment)

    def _on_finder_ended(self, count: int) -> None:
        self._bar.show_none_found()
        if self._environment is None and self._bar.environments:
            self._use(self._bar.environments[0])

    def _on_bar_environment_chosen(self, environment: Environment) -> None:
        self._was_chosen = True
        self._remembered = environment.python
        self._use(environment)
        self.chosen.emit(environment.python)
        self.look_at_cores()

    def _on_core_watch_seen(self, environment: Environment) -> None:
        if self._environment is not None and environment.python == self._environment.python:
            # The machine alone: what is known of the packages may be newer than what was looked at here.
            self._environment = replace(self._environment, machine=environment.machine)
            self._bar.offer(self._environment)
            self.used.emit(self._environment)

    def _use(self, environment: Environment) -> None:
        self._environment = environment
        self._bar.show_environment(environment)
        self.used.emit(environment)
