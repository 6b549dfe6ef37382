"""Every family through the command line: the CPU's side is transformers' own, the target's obeys its casts."""

from __future__ import annotations

import json
import math
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from neuron_studio.runs.model_folder import describe_folder
from neuron_studio.runs.tokens import counter_for
from tests.support.compiling import Compilations, Compiled
from tests.support.reference_arithmetic import rounded
from tests.support.tiny_models import PROBES
from tests.support.workers import IS_OLDER, ROOT, WORKER_PYTHON

# The older transformers has never heard of the last one.
FAMILIES = (
    "bert", "bert-nli", "bert-score", "bert-float16", "roberta", "distilbert", "albert", "electra", "mpnet",
    "deberta-v2", "xlm-roberta", *([] if IS_OLDER else ["modernbert"]),
)  # fmt: skip
ON_INF1 = tuple(name for name in ("bert-nli", "mpnet", "deberta-v2", "modernbert") if name in FAMILIES)
LABELS = {"bert-score": 1, "bert-nli": 3, "deberta-v2": 3}
LENGTH = 64
# The last one is longer than any model here may read.
PAIRS = [*map(list, PROBES[:3]), [" ".join([PROBES[3][0]] * 9), " ".join([PROBES[3][1]] * 9)]]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("families")
    subprocess.run([WORKER_PYTHON, "-m", "tests.support.tiny_models", str(folder), *FAMILIES], check=True, cwd=ROOT)
    return folder


@pytest.fixture(scope="module")
def compilations(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Compilations]:
    """Every family where nothing is cast, and the most telling ones as Inf1 casts by itself."""
    pairs = [word for pair in PAIRS for word in ("--pair", *pair)]
    usual = [*pairs, "--max-length", str(LENGTH), "--backend", "emulator"]
    wanted = {
        f"{name} inf2": [str(models / name), *usual, "--target", "inf2", "--auto-cast", "none"] for name in FAMILIES
    }
    wanted.update({f"{name} inf1": [str(models / name), *usual, "--target", "inf1"] for name in ON_INF1})
    begun = Compilations(tmp_path_factory.mktemp("compilations"), wanted)
    yield begun
    begun.abandon()


@pytest.fixture(scope="module")
def direct(models: Path) -> dict[str, list[list[float]]]:
    """What transformers says, by family."""
    asked = {"models": [str(models / name) for name in FAMILIES], "pairs": PAIRS, "length": LENGTH}
    command = [WORKER_PYTHON, "-m", "tests.support.direct_logits"]
    done = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, check=True, cwd=ROOT)
    return {Path(folder).name: rows for folder, rows in json.loads(done.stdout).items()}


def finished(compiled: Compiled) -> Compiled:
    assert compiled.report["status"] == "finished", compiled.said
    assert compiled.report["artifact"]["verified"] is True
    assert compiled.report["emulated"] is True
    return compiled


@pytest.mark.parametrize("name", FAMILIES)
def test_that_the_cpu_s_logits_are_those_of_transformers_to_the_last_bit(
    name: str, compilations: Compilations, direct: dict[str, list[list[float]]]
) -> None:
    compiled = finished(compilations.result(f"{name} inf2"))
    cpu = [pair["cpu"] for pair in compiled.pairs]
    if IS_OLDER:
        # The last bits of torch 1.13's products depend on where in memory their operands happen to lie.
        assert np.array(cpu) == pytest.approx(np.array(direct[name]), abs=1e-5)
    else:
        assert cpu == direct[name]
    assert {len(row) for row in direct[name]} == {LABELS.get(name, 2)}
    assert len({tuple(row) for row in direct[name]}) == len(PAIRS), "the pairs tell nothing apart"


@pytest.mark.parametrize("name", FAMILIES)
def test_that_a_target_that_casts_nothing_computes_as_the_cpu_to_the_last_bit(
    name: str, compilations: Compilations
) -> None:
    compiled = finished(compilations.result(f"{name} inf2"))
    assert [pair["neuron"] for pair in compiled.pairs] == [pair["cpu"] for pair in compiled.pairs]
    assert compiled.report["comparison"]["decisions"] == "same"
    assert compiled.report["comparison"]["max_abs_error"] == 0
    assert compiled.exit_code == 0


@pytest.mark.parametrize("name", FAMILIES)
def test_that_pairs_longer_than_the_sequence_are_marked(name: str, compilations: Compilations) -> None:
    compiled = finished(compilations.result(f"{name} inf2"))
    for pair in compiled.pairs:
        assert pair["tokens"] <= LENGTH
        assert pair["tokens"] == LENGTH or not pair["truncated"]
    assert compiled.pairs[-1]["truncated"] is True
    (note,) = [note for note in compiled.report["notes"] if note["code"] == "pairs-truncated"]
    cut = [str(number) for number, pair in enumerate(compiled.pairs, start=1) if pair["truncated"]]
    assert f"are cut: {', '.join(cut)}." in note["message"]


@pytest.mark.parametrize("name", FAMILIES)
def test_that_the_tokens_shown_before_a_run_are_those_of_the_run(
    name: str, models: Path, compilations: Compilations
) -> None:
    counter = counter_for(describe_folder(models / name))
    assert counter is not None
    counts = [count.whole for count in counter.count([(first, second) for first, second in PAIRS])]
    judged = finished(compilations.result(f"{name} inf2")).pairs
    assert [pair["tokens"] for pair in judged] == [min(count, LENGTH) for count in counts]
    assert [pair["truncated"] for pair in judged] == [count > LENGTH for count in counts]


@pytest.mark.parametrize("name", ON_INF1)
def test_that_inf1_s_own_casts_leave_finite_logits_on_the_grid_of_bfloat16(
    name: str, compilations: Compilations
) -> None:
    compiled = finished(compilations.result(f"{name} inf1"))
    assert compiled.report["options"]["auto_cast"] == "all"
    logits = np.array([pair["neuron"] for pair in compiled.pairs], np.float32)
    assert np.isfinite(logits).all()
    assert (rounded(logits, "bf16") == logits).all()
    assert compiled.report["comparison"]["max_abs_error"] > 0
    assert compiled.exit_code in (0, 5)


@pytest.mark.parametrize("name", ON_INF1)
def test_that_what_inf1_s_casts_do_is_what_rounding_does(name: str, compilations: Compilations) -> None:
    yardstick = finished(compilations.result(f"{name} inf1")).report["comparison"]["yardstick"]
    assert math.isfinite(yardstick)
    assert 0.2 < yardstick < 4


def test_that_a_model_kept_in_float16_is_judged_in_float32(compilations: Compilations) -> None:
    half = finished(compilations.result("bert-float16 inf2"))
    whole = finished(compilations.result("bert inf2"))
    logits = np.array([pair["cpu"] for pair in half.pairs])
    assert (np.float16(logits) != logits).any(), "these logits were computed in float16"
    assert logits == pytest.approx(np.array([pair["cpu"] for pair in whole.pairs]), abs=0.05)
    rounding = np.array([pair["cpu_bf16"] for pair in half.pairs]) - logits
    assert 0 < np.abs(rounding).max() < 0.5
