"""The stages of a run side by side: sign, name, time."""

from __future__ import annotations

import time

from PySide6.QtCore import QTimer
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from neuron_studio.core.estimate import Estimate
from neuron_studio.core.run_state import RunState, StageState, StageStatus
from neuron_studio.core.stage_words import basis_text, stage_line, starting_line
from neuron_studio.core.wording import STAGE_SIGNS
from neuron_studio.ui import theme
from neuron_studio.ui.widgets.elided_label import ElidedLabel
from neuron_studio.ui.widgets.tone_label import ToneLabel
from neuron_studio.wire.stages import PREPARE, STAGES, STAGES_OF_SAVED, TRACE, WITH_LAYERS

_TONES = {
    StageStatus.WAITING: "quiet",
    StageStatus.RUNNING: "accent",
    StageStatus.DONE: "good",
    StageStatus.FAILED: "danger",
    StageStatus.STOPPED: "warning",
}

# All that there are; a run shows its own.
_NAMES = tuple(dict.fromkeys((*WITH_LAYERS, *STAGES_OF_SAVED)))

# How much more of the strip the running stage gets than another: only it has more to say than a few seconds.
_ROOM = 4


class StageCell(QWidget):
    """One stage."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self.title = ToneLabel()
        self.time = ElidedLabel(tone="quiet")
        # Every stage the same share of the strip, but none less than its name, whatever its time says.
        self.time.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.title)
        layout.addWidget(self.time)
        self.show_stage(StageState(name), "")

    def show_stage(self, stage: StageState, line: str) -> None:
        """Show where the stage stands; only what changed is painted."""
        self.title.say(f"{STAGE_SIGNS[stage.status]} {stage.name}", _TONES[stage.status])
        is_bold = stage.status in (StageStatus.RUNNING, StageStatus.FAILED)
        if self.title.font().bold() != is_bold:
            self.title.setFont(theme.bold_font() if is_bold else QFont())
        self.time.say(line)
        self.setAccessibleName(f"Stage {stage.name}: {stage.status.value}{', ' if line else ''}{line}")


class StageStrip(QFrame):
    """All stages of the run that is shown; the running one counts whole seconds, and only while it runs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAccessibleName("Stages of the run")
        self._state: RunState | None = None
        self._expected: Estimate | None = None
        self._widest = ""
        self.cells = {name: StageCell(name, self) for name in _NAMES}
        self._names: tuple[str, ...] = ()
        self._row = layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.WIDE, theme.TIGHT, theme.WIDE, theme.TIGHT)
        layout.setSpacing(theme.SPACE)
        self._show_cells(STAGES)
        self._second = QTimer(self, interval=1000)
        self._second.timeout.connect(self._redraw)

    def show_state(self, state: RunState | None) -> None:
        """Show a run's stages, or none of any run."""
        self._state = state
        self._redraw()
        if state is not None and not state.is_over:
            self._second.start()
        else:
            self._second.stop()

    def show_estimate(self, expected: Estimate | None) -> None:
        """Show how long the trace is, or was, expected to take; None where nothing is known."""
        self._expected = expected
        self.cells[TRACE].time.setToolTip(basis_text(expected))
        self._redraw()

    def _redraw(self) -> None:
        state, now = self._state, time.time()
        if state is None:
            self._show_cells(STAGES)
            for name, cell in self.cells.items():
                cell.show_stage(StageState(name), "")
            self._give_room("")
            return
        self._show_cells(tuple(stage.name for stage in state.stages))
        for stage in state.stages:
            expected = self._expected if stage.name == TRACE else None
            line = stage_line(stage, state.progress, now, state.beat, expected, state.pace)
            self.cells[stage.name].show_stage(stage, line)
        starting = starting_line(state, now)
        if starting:
            self.cells[PREPARE].show_stage(state.stages[0], starting)
        self._give_room(state.stage.name if state.stage else "")

    def _give_room(self, name: str) -> None:
        if name != self._widest:
            self._widest = name
            for number, stage in enumerate(self._names):
                self._row.setStretch(number, _ROOM if stage == name else 1)

    def _show_cells(self, names: tuple[str, ...]) -> None:
        """Lay out the cells of these stages, in this order, and hide the others."""
        if names == self._names:
            return
        self._names, self._widest = names, ""
        for name, cell in self.cells.items():
            self._row.removeWidget(cell)
            cell.setVisible(name in names)
        for name in names:
            self._row.addWidget(self.cells[name], stretch=1)
