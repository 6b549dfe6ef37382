"""One quiet line that tells whether a run is alive and what it takes."""

from __future__ import annotations

import time

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QSizePolicy, QWidget

from neuron_studio.core.liveness import Heard, hear
from neuron_studio.core.pulse_words import consumption_text, pulse_now, pulse_text
from neuron_studio.core.run_state import RunState
from neuron_studio.ui.widgets.elided_label import ElidedLabel

_LOOK_EVERY_MS = 5000


class PulseLine(ElidedLabel):
    """The last beat of the run that is shown, or once it is over what it took; hidden where nothing will be known."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "quiet", parent=parent)
        self.setObjectName("pulse")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._state: RunState | None = None
        self._heard: Heard | None = None
        # Beats come by themselves; only that none comes must be looked for.
        self._looking = QTimer(self, interval=_LOOK_EVERY_MS)
        self._looking.timeout.connect(self._redraw)
        self.hide()

    def show_state(self, state: RunState | None) -> None:
        """Show a run's pulse, or none."""
        self._state = state
        self._heard = None if state is None else hear(self._heard, state, time.time(), time.monotonic())
        self._redraw()
        if state is not None and not state.is_over:
            self._looking.start()
        else:
            self._looking.stop()

    def _redraw(self) -> None:
        state, text, tone = self._state, "", "quiet"
        if state is not None and state.is_over:
            text = consumption_text(state.consumption) if state.consumption else ""
        elif state is not None and self._heard is not None:
            found = pulse_now(self._heard, time.monotonic())
            text = pulse_text(self._heard.beat, state.consumption, found)
            tone = "warning" if found.is_worrying else "quiet"
        self.say(text, tone)
        # Before the first beat its room is kept: a line that comes would move all below, and paint it again.
        self.setVisible(bool(text) or (state is not None and not state.is_over))
