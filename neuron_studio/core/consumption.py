"""What a run has taken of its machine, from its beats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from neuron_studio.wire import stages
from neuron_studio.wire.events import Beat

_GIB = 1 << 30

# What memory ran out for was killed close to the limit; beats miss the last rise.
_NEAR, _LITTLE = 0.8, 0.05


@dataclass(frozen=True)
class Consumption:
    """The most memory in the whole run and in its trace, the least that was left, and all processor time."""

    peak_memory_bytes: int
    trace_peak_memory_bytes: Optional[int]
    machine_memory_bytes: int
    least_available_bytes: int
    cpu_seconds: float

    @property
    def memory_ran_out(self) -> bool:
        """Whether the limit was so near that the kernel will have ended somebody."""
        near = self.peak_memory_bytes >= _NEAR * self.machine_memory_bytes
        return near or self.least_available_bytes <= _LITTLE * self.machine_memory_bytes

    @property
    def peak_in_words(self) -> str:
        """The most memory, and how much there is."""
        return f"{self.peak_memory_bytes / _GIB:.1f} of {self.machine_memory_bytes / _GIB:.1f} GB"


def with_beat(known: Optional[Consumption], beat: Beat) -> Consumption:
    """What is known after one more beat."""
    in_trace = beat.peak_memory_bytes if beat.stage == stages.TRACE else None
    if known is None:
        return Consumption(
            beat.peak_memory_bytes, in_trace, beat.machine_memory_bytes, beat.available_memory_bytes, beat.cpu_seconds
        )
    peaks = [peak for peak in (known.trace_peak_memory_bytes, in_trace) if peak is not None]
    return Consumption(
        max(known.peak_memory_bytes, beat.peak_memory_bytes),
        max(peaks) if peaks else None,
        beat.machine_memory_bytes or known.machine_memory_bytes,
        min(known.least_available_bytes, beat.available_memory_bytes),
        beat.cpu_seconds,
    )
