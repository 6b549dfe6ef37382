"""Looks at a model for the window without a run, on a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, Signal

from neuron_studio.core.run_state import RunState
from neuron_studio.runs.preflight import preflight
from neuron_studio.wire.errors import StudioError
from neuron_studio.wire.spec import RunSpec

Look = Callable[[RunSpec, Callable[[], bool]], Iterator[RunState]]


class _Wish:
    """One look: it goes on while this holds."""

    def __init__(self) -> None:
        self.holds = True


class Preflight(QObject):
    """The window's only way to a look without a run.

    Signals:
        state_changed: the RunState of the look as it goes on.
        ended: the last RunState; what was found stands in it, or why nothing was; None where it was stopped.
        error_raised: a StudioError that kept it from starting.
    """

    state_changed = Signal(object)
    ended = Signal(object)
    error_raised = Signal(object)
    _told = Signal(object)

    def __init__(self, look: Look = preflight, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._wish: _Wish | None = None
        self._told.connect(self._on_thread_told)

    @property
    def is_running(self) -> bool:
        """Whether a look goes on."""
        return self._wish is not None

    def start(self, spec: RunSpec) -> None:
        """Begin to look; one that goes on is given up."""
        self.stop()
        self._wish = _Wish()
        threading.Thread(target=self._follow, args=(self._wish, spec), name="preflight", daemon=True).start()

    def stop(self) -> None:
        """Give the look up."""
        wish, self._wish = self._wish, None
        if wish is not None:
            wish.holds = False
            self.ended.emit(None)

    def _follow(self, wish: _Wish, spec: RunSpec) -> None:
        # On the background thread; what it tells is heard in the window's.
        state = RunState(spec)
        try:
            for state in self._look(spec, lambda: wish.holds):
                self._told.emit((wish, state, False))
            self._told.emit((wish, state, True))
        except StudioError as error:
            self._told.emit((wish, error, True))
        except OSError as error:
            remedy = "Look whether the disk for temporary files is full, then try again."
            said = StudioError("no-preflight", f"The model cannot be looked at here: {error}.", remedy)
            self._told.emit((wish, said, True))
        except RuntimeError:
            wish.holds = False  # the window is gone

    def _on_thread_told(self, told: tuple[_Wish, RunState | StudioError, bool]) -> None:
        wish, fact, is_last = told
        if wish is not self._wish:
            return
        if is_last:
            self._wish = None
        if isinstance(fact, StudioError):
            self.error_raised.emit(fact)
            self.ended.emit(None)
        elif is_last:
            self.ended.emit(fact)
        else:
            self.state_changed.emit(fact)
