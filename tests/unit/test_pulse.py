"""The pulse: told often enough to be believed, seldom enough for a journal of hours, and exact about silence."""

from __future__ import annotations

from neuron_studio.core.liveness import Life, liveness
from neuron_studio.core.pulse import Pulse, Sample, beat_of, felt, is_due, told
from neuron_studio.wire.events import Beat
from neuron_studio.wire.journal import Entry, to_line

MB = 1_000_000


def a_sample(cpu_seconds: float = 0.0, megabytes: int = 300) -> Sample:
    return Sample(3, cpu_seconds, megabytes * MB, megabytes * MB, 16_000 * MB, 9_000 * MB)


class Watch:
    """A run that is looked at every two seconds, and the beats that it gives."""

    def __init__(self) -> None:
        self.pulse = Pulse()
        self.beats: list[Beat] = []
        self.cpu_s = 0.0

    def look(
        self, times: int = 1, cores: float = 1.0, megabytes: int = 300, phase: str = "", has_output: bool = False
    ) -> Watch:
        for _ in range(times):
            self.cpu_s += 2 * cores
            self.pulse = felt(self.pulse, 2.0, a_sample(self.cpu_s, megabytes), "trace", phase, has_output)
            if is_due(self.pulse):
                self.beats.append(beat_of(self.pulse))
                self.pulse = told(self.pulse, self.beats[-1])
        return self


def bytes_of(beats: list[Beat]) -> int:
    return sum(len(to_line(Entry(1795404843.123, beat))) for beat in beats)


def test_that_the_first_look_is_told_and_then_every_ten_seconds() -> None:
    assert [beat.seconds for beat in Watch().look(times=16).beats] == [2.0, 12.0, 22.0, 32.0]


def test_that_a_new_phase_and_growing_memory_are_told_at_once() -> None:
    watch = Watch().look().look(phase="compiling sub-graph 1 (a)")
    assert [beat.phase for beat in watch.beats] == ["", "compiling sub-graph 1 (a)"]
    watch.look(megabytes=310, phase="compiling sub-graph 1 (a)")
    assert len(watch.beats) == 2, "a little more memory can wait"
    watch.look(megabytes=900, phase="compiling sub-graph 1 (a)")
    assert watch.beats[-1].peak_memory_bytes == 900 * MB


def test_that_an_hour_in_which_everything_changes_all_the_time_costs_less_than_200_kilobytes() -> None:
    watch = Watch()
    for number in range(1800):
        watch.look(
            cores=15.987, megabytes=1 + 99_999 * (number % 2), phase=f"compiling sub-graph {number} ({'n' * 40})"
        )
    assert len(watch.beats) <= 500
    assert bytes_of(watch.beats) < 200_000


def test_that_a_quiet_hour_costs_half_of_that() -> None:
    beats = Watch().look(times=1800).beats
    assert len(beats) == 360
    assert bytes_of(beats) < 120_000


def test_that_a_beat_tells_the_cores_and_the_peak_since_the_beat_before() -> None:
    watch = Watch().look().look(times=2, cores=3.0).look(megabytes=320).look(times=2, cores=0.0)
    assert len(watch.beats) == 2
    assert watch.beats[-1].cores == 1.4
    assert (watch.beats[-1].memory_bytes, watch.beats[-1].peak_memory_bytes) == (300 * MB, 320 * MB)


def test_that_a_stalled_compiler_is_likely_stuck_after_exactly_five_minutes_of_neither_output_nor_work() -> None:
    watch = Watch().look(has_output=True)
    assert liveness(watch.look(times=149, cores=0.0).beats[-1]).life is Life.IDLE
    quiet_s = watch.pulse.silent_s
    assert (quiet_s, liveness(beat_of(watch.pulse)).life) == (298.0, Life.IDLE)
    watch.look(cores=0.0)
    found = liveness(beat_of(watch.pulse))
    assert (watch.pulse.idle_s, found.life) == (300.0, Life.STUCK)
    assert found.text == "idle for 5 minutes: likely stuck"
    assert found.is_worrying
    assert "log" in found.remedy


def test_that_a_compiler_that_works_in_silence_is_never_called_stuck() -> None:
    watch = Watch().look(times=5000)
    found = liveness(beat_of(watch.pulse))
    assert (found.life, found.text, found.is_worrying) == (Life.SILENT, "silent but working", False)
    assert watch.pulse.silent_s == 10_000.0


def test_that_output_alone_is_a_sign_of_life() -> None:
    watch = Watch().look(times=500, cores=0.0, has_output=True)
    assert liveness(beat_of(watch.pulse)).life is Life.WORKING


def test_that_looking_up_now_and_then_is_no_work() -> None:
    watch = Watch().look(times=200, cores=0.004)
    assert liveness(beat_of(watch.pulse)).life is Life.STUCK
