"""A run's pulse in words: the same line in the window and in the terminal."""

from __future__ import annotations

from typing import Optional

from neuron_studio.core.consumption import Consumption
from neuron_studio.core.liveness import Heard, Liveness, liveness, span_text
from neuron_studio.core.wording import bytes_text, duration_text
from neuron_studio.wire.events import Beat

# Output that came just now is no news.
_RECENT_S = 10.0
_SCARCE = 0.1


def pulse_now(heard: Heard, clock: float) -> Liveness:
    """How alive the run looks to whoever heard the beat, by the clock that he heard it by."""
    return liveness(heard.beat, clock - heard.at)


def pulse_text(beat: Beat, consumption: Optional[Consumption], found: Liveness) -> str:
    """How alive a run looks, what to do where it does not, and what it takes."""
    parts = [f"⚠ {found.text}. {found.remedy}" if found.is_worrying else found.text]
    if beat.silent_s >= _RECENT_S:
        parts.append(f"last output {span_text(beat.silent_s)} ago")
    if beat.processes:
        count = "1 process" if beat.processes == 1 else f"{beat.processes} processes"
        parts += [_memory_text(beat, consumption), count, f"{beat.cores:.1f} cores"]
    return " · ".join(parts)


def _memory_text(beat: Beat, consumption: Optional[Consumption]) -> str:
    peak = consumption.peak_memory_bytes if consumption else beat.peak_memory_bytes
    text = f"{bytes_text(beat.memory_bytes)}, peak {bytes_text(peak)} of {bytes_text(beat.machine_memory_bytes)}"
    is_scarce = beat.available_memory_bytes < _SCARCE * beat.machine_memory_bytes
    return f"{text}, only {bytes_text(beat.available_memory_bytes)} left" if is_scarce else text


def consumption_text(consumption: Consumption) -> str:
    """What a run took in all."""
    trace = consumption.trace_peak_memory_bytes
    in_trace = "" if trace is None else f" ({bytes_text(trace)} in trace)"
    peak = f"peak memory {bytes_text(consumption.peak_memory_bytes)}{in_trace}"
    return (
        f"{peak} of {bytes_text(consumption.machine_memory_bytes)} · "
        f"{duration_text(consumption.cpu_seconds)} of processor time"
    )
