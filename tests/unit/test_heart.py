"""The worker's heart: what it meets belongs to the right stage, and nothing that it meets stops the run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from neuron_studio.core.pulse import Sample
from neuron_studio.wire import stages
from neuron_studio.wire.events import Beat, StageStarted
from neuron_studio.wire.journal import Journal, JournalReader
from neuron_studio.wire.spec import Target
from neuron_studio.worker.heart import STEP_S, Heart
from tests.support.scripted_run import ScriptedRun, a_spec, new_run

INF1 = Target("torch-neuron", "inf1", "inf1.xlarge", 4)


class Bench:
    """A heart whose clock and readings a test sets; everything else is a run folder as any other."""

    def __init__(self, root: Path, journal: Path | None = None) -> None:
        self.run: ScriptedRun = new_run(root, replace(a_spec(), target=INF1))
        self.run.log("")
        self.now, self.sample = 1000.0, Sample(2, 0.0, 100, 100, 16_000, 9_000)
        self.heart = Heart(
            self.run.folder, Journal(journal or self.run.folder.events_file), self, lambda: self.now  # type: ignore[arg-type]
        )  # fmt: skip

    def read(self) -> Sample:
        """Be the meter."""
        return self.sample

    def feel(self, times: int = 1, step_s: float = STEP_S, peak: int = 100) -> Bench:
        for _ in range(times):
            self.now += step_s
            self.sample = replace(self.sample, peak_memory_bytes=peak)
            self.heart.feel()
        return self

    @property
    def beats(self) -> list[Beat]:
        entries = JournalReader(self.run.folder.events_file).read()
        return [entry.event for entry in entries if isinstance(entry.event, Beat)]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_that_what_was_met_counts_for_the_stage_in_which_it_began(bench: Bench) -> None:
    bench.run.write(StageStarted(stages.LOAD))
    bench.feel().run.write(StageStarted(stages.TRACE))
    bench.feel(peak=900).feel(times=5, peak=300)
    peaks = {beat.stage: beat.peak_memory_bytes for beat in bench.beats}
    assert peaks == {stages.LOAD: 900, stages.TRACE: 300}


def test_that_the_end_of_a_child_ends_its_stage(bench: Bench) -> None:
    bench.run.write(StageStarted(stages.SAVE))
    bench.feel()
    bench.heart.rest()
    bench.run.write(StageStarted(stages.VERIFY))
    bench.feel(peak=700)
    assert [(beat.stage, beat.peak_memory_bytes) for beat in bench.beats][-1] == (stages.VERIFY, 700)


def test_that_the_compilers_lines_are_told_in_trace_alone(bench: Bench) -> None:
    bench.run.write(StageStarted(stages.REFERENCE)).log(
        "INFO:Neuron:Compiling function _NeuronGraph$7 with neuron-cc\n"
    )
    bench.feel().run.write(StageStarted(stages.TRACE))
    bench.feel(times=2)
    assert [(beat.stage, beat.phase) for beat in bench.beats] == [
        (stages.REFERENCE, ""), (stages.REFERENCE, ""), (stages.TRACE, "compiling sub-graph 1 (_NeuronGraph$7)"),
    ]  # fmt: skip


def test_that_log_and_records_are_output_but_the_hearts_own_beats_are_none(bench: Bench) -> None:
    bench.run.write(StageStarted(stages.TRACE))
    bench.feel(times=16)
    assert bench.beats[-1].silent_s == 30.0
    bench.run.log(".")
    bench.feel(times=5)
    assert bench.beats[-1].silent_s == 8.0
    bench.run.write(StageStarted(stages.INFER))
    assert bench.feel().beats[-1].silent_s == 0.0


def test_that_a_worker_that_was_itself_stopped_does_not_call_the_others_idle(bench: Bench) -> None:
    bench.run.write(StageStarted(stages.TRACE))
    bench.feel(times=2).feel(step_s=100_000.0).feel(times=5)
    assert bench.beats[-1].idle_s < 20


def test_that_of_a_flood_only_the_end_is_read(bench: Bench) -> None:
    bench.run.write(StageStarted(stages.TRACE))
    bench.run.log("x" * (1 << 20) + "\nINFO:Neuron:Compiling function _NeuronGraph$9 with neuron-cc\n")
    assert bench.feel().beats[-1].phase == "compiling sub-graph 1 (_NeuronGraph$9)"


def test_that_a_beat_for_which_there_is_no_room_is_dropped(tmp_path: Path) -> None:
    bench = Bench(tmp_path, journal=Path("/dev/full"))
    bench.feel(times=20)
    bench.heart.rest()
    assert bench.beats == []


def test_that_a_folder_that_was_removed_or_a_journal_that_is_no_journal_stops_nothing(bench: Bench) -> None:
    bench.run.folder.events_file.write_text("no record\n")
    bench.feel()
    bench.run.folder.log_file.unlink()
    bench.run.folder.events_file.unlink()
    bench.feel()
    bench.heart.rest()
