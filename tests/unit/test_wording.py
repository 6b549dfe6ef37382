"""Numbers, times and verdicts in words."""

from __future__ import annotations

import math
import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from neuron_studio.core.comparison import compare
from neuron_studio.core.decision import judge
from neuron_studio.core.environment import Environment
from neuron_studio.core.run_state import RunState, StageState, StageStatus, fold, fold_all
from neuron_studio.core.stage_words import stage_line, starting_line
from neuron_studio.core.verdict_words import (
    agreement_text,
    decisions_text,
    outcome_word,
    verdict_count,
    verdict_numbers,
    verdict_title,
)
from neuron_studio.core.wording import (
    begun_text,
    bytes_text,
    chart_numbers,
    duration_text,
    environment_line,
    error_text,
    infer_command,
    logit_lines,
    logits_text,
    model_name,
    progress_text,
    ratio_text,
    run_duration,
    run_title,
)
from neuron_studio.wire.events import Progressed, RunStarted, StageStarted
from neuron_studio.wire.journal import Entry, JournalReader
from neuron_studio.wire.spec import SentencePair
from tests.support.scripted_run import FLIPPED, LABELS, PAIRS, SAME, a_spec, an_outcome, failed_run, finished_run


@pytest.mark.parametrize(
    ("logits", "text"),
    [
        ((-0.3123, 1.89421), "-0.3123  1.8942"),
        ((math.nan, -math.inf), "    NaN    -Inf"),
        ((12345.678,), " 1.235e+04"),
        ((), "–"),
        ((0.0, 1.0, 2.0, 3.0, 4.0), " 0.0000  1.0000  2.0000  3.0000 …"),
    ],
)
def test_that_logits_line_up_and_long_rows_are_cut(logits: tuple[float, ...], text: str) -> None:
    assert logits_text(logits) == text


def test_that_logits_beneath_each_other_keep_their_order() -> None:
    assert logit_lines((-1.5, 2.0)) == "-1.5000\n 2.0000"
    assert logit_lines((0.0,) * 6).endswith("\n…")


@pytest.mark.parametrize(
    ("error", "text"),
    [(None, "–"), (0.0, "0"), (0.00184, "0.0018"), (0.00002, "2.0e-05"), (123.456, "123.5"), (math.nan, "NaN")],
)
def test_that_a_difference_keeps_the_digits_that_mean_something(error: float | None, text: str) -> None:
    assert error_text(error) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.04, "0.0 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.6, "1:00"),
        (3725, "1:02:05"),
        (-1, "0.0 s"),
    ],
)
def test_that_durations_read_at_a_glance(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (999_600, "1.0 MB"), (433_300_000, "433 MB"), (2.27e15, "2270 TB")],
)
def test_that_sizes_use_the_unit_that_fits(count: int, text: str) -> None:
    assert bytes_text(count) == text


@pytest.mark.parametrize(
    ("progress", "text"),
    [
        (None, ""),
        (Progressed("load", 312_000_000, 433_300_000, "bytes"), "312 MB of 433 MB"),
        (Progressed("load", 5_000, None, "bytes"), "5.0 kB"),
        (Progressed("infer", 1_200, 10_000, "pairs"), "1,200 of 10,000 pairs"),
    ],
)
def test_that_progress_is_told_in_its_own_unit(progress: Progressed | None, text: str) -> None:
    assert progress_text(progress) == text


def test_that_only_the_running_stage_counts_and_shows_its_own_progress() -> None:
    running = StageState("trace", StageStatus.RUNNING, started=100.0)
    assert stage_line(running, None, 142.9) == "42 s"
    assert stage_line(running, Progressed("trace", 3, 12, "subgraphs"), 142.9) == "42 s · 3 of 12 subgraphs"
    assert stage_line(running, Progressed("load", 3, 12, "bytes"), 142.9) == "42 s"
    assert stage_line(StageState("trace", StageStatus.DONE, 100.0, 41.2), None, 999.0) == "41 s"
    assert stage_line(StageState("verify"), None, 999.0) == ""


def test_that_a_worker_that_comes_up_is_seen_to_be_alive() -> None:
    state = RunState(a_spec())
    assert starting_line(state, 100.0) == "starting"
    state = fold(state, Entry(97.0, RunStarted(1, "here", "python")))
    assert starting_line(state, 100.9) == "starting · 3 s"
    assert starting_line(fold(state, Entry(98.0, StageStarted("prepare"))), 100.9) == ""


def test_that_each_verdict_has_its_sign_its_count_and_its_numbers() -> None:
    flipped = compare([judge(outcome, LABELS) for outcome in FLIPPED], PAIRS, LABELS)
    assert verdict_title(flipped) == "✗ FLIPPED"
    assert verdict_count(flipped) == "1 of 4 pairs decided differently"
    assert verdict_numbers(flipped) == "max |Δ| 0.0084   R 3.73   accuracy 100.0% → 50.0%"
    same = compare([judge(outcome, LABELS) for outcome in SAME[:1]], PAIRS, LABELS)
    assert (verdict_title(same), verdict_count(same)) == ("✓ SAME DECISIONS", "the pair agrees")
    broken = compare([judge(an_outcome(0, (0.1, 0.2), (math.nan, 0.2)), LABELS)], PAIRS, LABELS)
    assert (verdict_title(broken), verdict_count(broken)) == ("✗ INVALID", "1 of 1 pair not finite")
    assert verdict_numbers(broken) == ""
    not_run = compare([judge(replace(SAME[0], neuron=()), LABELS)], PAIRS, LABELS)
    assert (verdict_title(not_run), verdict_count(not_run)) == ("– NOT RUN ON NEURON", "1 pair on the CPU")


def test_that_a_pair_says_what_both_sides_decided() -> None:
    same, flipped = judge(SAME[0], LABELS), judge(FLIPPED[3], LABELS)
    assert decisions_text(same) == "paraphrase\n✓ same"
    assert decisions_text(flipped) == "✗ CPU: not paraphrase\n✗ Neuron: paraphrase"
    assert decisions_text(judge(replace(SAME[0], neuron=()), LABELS)) == "paraphrase\nnot run"
    assert agreement_text(judge(an_outcome(0, (0.0, 0.01), (0.0, 0.004)), LABELS)) == "≈ close"
    assert agreement_text(judge(an_outcome(0, (0.1, 0.2), (math.nan, 0.2)), LABELS)) == "✗ NaN"


def test_that_a_run_is_named_by_what_it_does_and_what_became_of_it(tmp_path: Path) -> None:
    assert run_title(a_spec()) == (
        "bert-base-cased-finetuned-mrpc → inf1.xlarge · cast all bf16 · 128 tokens × 1 · 4 NeuronCores"
    )
    finished, failed = finished_run(tmp_path, name="a"), failed_run(tmp_path, name="b")
    states = [fold_all(RunState(run.spec), JournalReader(run.folder.events_file).read()) for run in (finished, failed)]
    assert [outcome_word(state) for state in states] == ["✓ same", "✗ failed"]
    assert run_duration(states[0]) == pytest.approx(47.4, abs=0.1)
    assert outcome_word(RunState(a_spec())) == "starting"
    assert run_duration(RunState(a_spec())) is None


def test_that_models_and_beginnings_are_read_from_ids_and_names() -> None:
    assert model_name("cross-encoder/stsb-roberta-base") == "cross-encoder/stsb-roberta-base"
    assert model_name("/models/my-mrpc/") == "my-mrpc"
    assert begun_text("20261122-205501-mrpc") == "2026-11-22 20:55"
    assert begun_text("by-hand") == "by-hand"


def test_that_an_environment_is_called_by_what_people_call_it() -> None:
    versions = {"torch": "1.13.1", "transformers": "4.30.0"}
    inf1 = Environment("/opt/aws_neuron_venv_pytorch_inf1/bin/python", "3.8.16", versions)
    line = environment_line(inf1, "/usr/bin/python3", "inf1")
    assert line.startswith("aws_neuron_venv_pytorch_inf1 · emulates Inf1 · Python 3.8.16")
    assert environment_line(inf1, inf1.python, "inf1").startswith("This Python · ")
    system = Environment("/usr/bin/python3", problem="it did not answer")
    assert environment_line(system, "/x", "inf1") == "/usr/bin/python3 · it did not answer"


def test_that_the_infer_command_survives_a_shell() -> None:
    pair = SentencePair("HuggingFace's place", 'He said "no"; rm -rf $HOME')
    words = shlex.split(infer_command("/opt/my env/bin/python", "/data/the bundle", pair))
    assert words == ["/opt/my env/bin/python", "/data/the bundle/infer.py", pair.first, pair.second]


def test_that_a_chart_has_its_numbers_with_and_without_a_device() -> None:
    assert chart_numbers(LABELS, (1.0, 2.0), (1.5, 2.0))[0] == ("not paraphrase", " 1.0000", " 1.5000", "0.5000")
    assert chart_numbers(LABELS, (1.0, 2.0), ())[1] == ("paraphrase", " 2.0000", "–", "–")
    assert (ratio_text(None), ratio_text(0.904), ratio_text(1234.5)) == ("–", "0.90", "1,234")
