"""Which signs of life are worth a record: often enough to be believed, seldom enough to keep a journal small."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Optional

from neuron_studio.wire.events import Beat

EVERY_S = 10.0

# What changes at once may be told before its time: one more beat for each so many seconds, saved up to so many.
# With about 330 bytes a beat an hour costs at most 165 kB.
_EARLY_EVERY_S = 30.0
_MOST_EARLY = 10.0
_PEAK_GREW = 1.1

# Less than this share of a core is no work: processes that wait look up now and then.
_WORKS = 0.02


@dataclass(frozen=True)
class Sample:
    """What the processes of a run take at one moment; the peak is the most that was seen since the sample before."""

    processes: int = 0
    cpu_seconds: float = 0.0
    memory_bytes: int = 0
    peak_memory_bytes: int = 0
    machine_memory_bytes: int = 0
    available_memory_bytes: int = 0


@dataclass(frozen=True)
class Pulse:
    """What was seen up to now; told is the last beat that went on record."""

    stage: str = ""
    phase: str = ""
    seconds: float = 0.0
    sample: Sample = Sample()
    silent_s: float = 0.0
    idle_s: float = 0.0
    peak_memory_bytes: int = 0
    early: float = _MOST_EARLY
    told: Optional[Beat] = None


def felt(pulse: Pulse, step_s: float, sample: Sample, stage: str, phase: str, has_output: bool) -> Pulse:
    """The pulse so many seconds later."""
    works = sample.cpu_seconds - pulse.sample.cpu_seconds >= _WORKS * step_s
    return replace(
        pulse,
        stage=stage,
        phase=phase,
        seconds=pulse.seconds + step_s,
        sample=sample,
        silent_s=0.0 if has_output else pulse.silent_s + step_s,
        idle_s=0.0 if works else pulse.idle_s + step_s,
        peak_memory_bytes=max(pulse.peak_memory_bytes, sample.peak_memory_bytes),
        early=min(_MOST_EARLY, pulse.early + step_s / _EARLY_EVERY_S),
    )


def is_due(pulse: Pulse) -> bool:
    """Whether the pulse is to be told now."""
    told = pulse.told
    return told is None or pulse.seconds - told.seconds >= EVERY_S or (pulse.early >= 1 and _has_changed(pulse, told))


def beat_of(pulse: Pulse) -> Beat:
    """The pulse as a record."""
    sample, told = pulse.sample, pulse.told
    since_s = pulse.seconds - (told.seconds if told else 0.0)
    cpu_s = sample.cpu_seconds - (told.cpu_seconds if told else 0.0)
    return Beat(
        stage=pulse.stage,
        phase=pulse.phase,
        seconds=round(pulse.seconds, 1),
        processes=sample.processes,
        cores=round(cpu_s / since_s, 2) if since_s > 0 else 0.0,
        cpu_seconds=round(sample.cpu_seconds, 2),
        memory_bytes=sample.memory_bytes,
        peak_memory_bytes=pulse.peak_memory_bytes,
        machine_memory_bytes=sample.machine_memory_bytes,
        available_memory_bytes=sample.available_memory_bytes,
        silent_s=round(pulse.silent_s, 1),
        idle_s=round(pulse.idle_s, 1),
    )


def told(pulse: Pulse, beat: Beat) -> Pulse:
    """The pulse once a beat of it is on record; what came before its time is taken from what was saved up."""
    is_early = pulse.told is not None and pulse.seconds - pulse.told.seconds < EVERY_S
    return replace(pulse, told=beat, peak_memory_bytes=0, early=pulse.early - 1 if is_early else pulse.early)


def _has_changed(pulse: Pulse, told: Beat) -> bool:
    has_moved = (pulse.stage, pulse.phase) != (told.stage, told.phase)
    return has_moved or pulse.peak_memory_bytes > _PEAK_GREW * told.peak_memory_bytes
