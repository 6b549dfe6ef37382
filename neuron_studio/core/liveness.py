"""Whether a run is alive, in words: working, silent but working, idle, or likely stuck."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Optional

from neuron_studio.core.run_state import RunState
from neuron_studio.wire.events import Beat

SILENT_S = 30.0
STUCK_S = 300.0

# A beat comes every ten seconds; that three are missing is no chance.
UNHEARD_S = 30.0


class Life(str, Enum):
    """How alive a run looks."""

    WORKING = "working"
    SILENT = "silent but working"
    IDLE = "idle"
    STUCK = "likely stuck"
    UNHEARD = "unheard"


@dataclass(frozen=True)
class Liveness:
    """The finding, the words for it, and what to do where something may be wrong."""

    life: Life
    text: str
    remedy: str = ""

    @property
    def is_worrying(self) -> bool:
        """Whether somebody should look."""
        return self.life in (Life.STUCK, Life.UNHEARD)


def liveness(beat: Beat, unheard_s: float = 0.0) -> Liveness:
    """How alive a run looks by its last beat, which its reader heard so long ago."""
    quiet_s = min(beat.silent_s, beat.idle_s)
    if unheard_s >= UNHEARD_S:
        remedy = "It may be suspended, or its disk hang; Stop ends the run."
        return Liveness(Life.UNHEARD, f"no word from the worker for {span_text(unheard_s)}", remedy)
    if quiet_s >= STUCK_S:
        remedy = "Look at the end of the log; Stop ends the run."
        return Liveness(Life.STUCK, f"idle for {span_text(quiet_s)}: likely stuck", remedy)
    if quiet_s >= SILENT_S:
        return Liveness(Life.IDLE, f"idle for {span_text(quiet_s)}")
    if beat.silent_s >= SILENT_S:
        return Liveness(Life.SILENT, Life.SILENT.value)
    return Liveness(Life.WORKING, Life.WORKING.value)


def span_text(seconds: float) -> str:
    """A time that need not be exact, in its largest unit: 12 s, 5 minutes, 2 hours."""
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    count, unit = (whole // 60, "minute") if whole < 7200 else (whole // 3600, "hour")
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


@dataclass(frozen=True)
class Heard:
    """A beat, and when its reader heard it by a clock of his own that does not jump."""

    beat: Beat
    at: float


def hear(before: Optional[Heard], state: RunState, wall: float, clock: float) -> Optional[Heard]:
    """What a reader has heard last; only of a beat that was there before he came does the wall's clock tell the age."""
    if state.beat is None or state.heard is None:
        return None
    if before is not None and before.beat is state.beat:
        return before
    age = max(0.0, wall - state.heard) if before is None else 0.0
    return Heard(state.beat, clock - age)
