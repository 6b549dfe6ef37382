"""Tells of the end of a run that was waited for: a hint for the task bar and, where it is wanted, the bell."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget

from neuron_studio.core.end_of_run import is_worth_telling
from neuron_studio.core.run_state import RunState
from neuron_studio.core.wording import run_duration
from neuron_studio.wire.run_folder import RunFolder


class EndOfRun(QObject):
    """Watches the run that is shown; it never raises the window nor takes the focus."""

    def __init__(
        self,
        window: QWidget,
        is_bell_wanted: Callable[[], bool],
        hint: Callable[[QWidget], None] = QApplication.alert,
        ring: Callable[[], None] = QApplication.beep,
    ) -> None:
        super().__init__(window)
        self._window, self._is_bell_wanted = window, is_bell_wanted
        self._hint, self._ring = hint, ring
        self._was_going_on = False

    def show_folder(self, folder: RunFolder | None) -> None:
        """Another run is shown; whether it goes on is not known yet."""
        self._was_going_on = False

    def show_state(self, state: RunState) -> None:
        """Tell of the end when it comes; a run that was over when it was opened has nothing to tell."""
        has_ended = state.is_over and self._was_going_on
        self._was_going_on = not state.is_over
        if has_ended and is_worth_telling(run_duration(state), self._window.isActiveWindow()):
            self._hint(self._window)
            if self._is_bell_wanted():
                self._ring()
