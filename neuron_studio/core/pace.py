"""How fast bytes arrive, by the times of the records that count them; no clock is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Tuple

from neuron_studio.wire.events import Progressed

# The rate is that of the last seconds: a network changes its mind, and the start says little about the end.
_WINDOW_S = 8.0
_LEAST_S = 1.0


@dataclass(frozen=True)
class Pace:
    """The last seconds of a download: when so many bytes had arrived."""

    samples: Tuple[Tuple[float, int], ...] = ()
    total: Optional[int] = None

    @property
    def rate(self) -> Optional[float]:
        """Bytes in a second; None until there is enough to tell."""
        if not self.samples:
            return None
        (began, first), (ended, last) = self.samples[0], self.samples[-1]
        return (last - first) / (ended - began) if ended - began >= _LEAST_S else None

    @property
    def is_whole(self) -> bool:
        """Whether everything has arrived."""
        return bool(self.samples) and self.total is not None and self.samples[-1][1] >= self.total

    @property
    def left_s(self) -> Optional[float]:
        """The seconds that the rest takes at this rate; None where nothing can be said."""
        if not self.rate or self.total is None:
            return None
        return max(0, self.total - self.samples[-1][1]) / self.rate


def paced(pace: Optional[Pace], event: Progressed, time: float) -> Optional[Pace]:
    """The pace after one more record; what is not counted in bytes has none."""
    if event.unit != "bytes":
        return None
    before = pace.samples if pace is not None else ()
    # A clock that was set back, or a count that began anew, starts anew here too.
    kept = [sample for sample in before if time - _WINDOW_S <= sample[0] <= time and sample[1] <= event.done]
    return Pace((*kept, (time, event.done)), event.total)
