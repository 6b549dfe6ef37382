"""The behavioural battery: every mutant of a compiled module is named rightly, and nothing harmless alarms.

The mutants are tried in one process of the worker's Python; each is the real emulator's module with one thing
done to it. The battery's word for a cause is what a user reads, so that word is what is asked for.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.compiling import compile_pairs
from tests.support.workers import IS_OLDER, ROOT, WORKER_PYTHON, at_stage

# BERT, one without token types whose positions begin beyond the padding, one whose third argument is another,
# three labels and a single score.
MODELS = ("bert", "roberta", "mpnet", "bert-nli", "bert-score")
HARMLESS = ("bert", "roberta", "bert-score", "deberta-v2-conv", *([] if IS_OLDER else ["modernbert"]))
WITH_TYPES = ("bert", "bert-nli", "bert-score")
# transformers 4.30 makes infinities of ids in the place of a mask: no answer is left to tell an order by.
EXCHANGED = "finite" if IS_OLDER else "order"
CAUSES = {
    "sound": None, "mask dropped": "mask", "ids and mask exchanged": EXCHANGED, "constant": "distinct",
    "NaN in one row": "finite", "not repeatable": "repeated", "layer disturbed": "near",
}  # fmt: skip
OF_TYPES = {"types ignored": "types", "mask and types exchanged": "order"}
OF_LABELS = {"labels swapped": "labels"}
OF_BATCHES = {
    "rows turned round": "neighbours", "rows moved on": "neighbours", "rows leak": "neighbours",
    "one slot off": "slots",
}  # fmt: skip

# In the worker, as soon as it traces: every module that the emulator makes takes all tokens for real ones.
WITHOUT_MASK = """
import torch
from neuron_studio.worker.backends import emulator
trace = emulator._trace
class WithoutMask(torch.nn.Module):
    def __init__(self, traced):
        super().__init__()
        self.traced = traced
    def forward(self, ids, mask, types):
        return self.traced(ids, torch.ones_like(mask), types)
def _trace(model, example):
    return torch.jit.trace(WithoutMask(trace(model, example)), example, check_trace=False)
emulator._trace = _trace
"""


def said(script: str, place: Path, models: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """What a script of tests.support says of these tiny models, by case."""
    subprocess.run([WORKER_PYTHON, "-m", "tests.support.tiny_models", str(place), *models], check=True, cwd=ROOT)
    command = [WORKER_PYTHON, "-m", f"tests.support.{script}", str(place), *(str(place / name) for name in models)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    answers: dict[str, dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return answers


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    return said("mutants", tmp_path_factory.mktemp("mutants"), MODELS)


def expected(model: str, size: int) -> dict[str, str | None]:
    """The cause of each mutant that arises for a model in this batch."""
    types = OF_TYPES if model in WITH_TYPES else {}
    labels = {} if model == "bert-score" else OF_LABELS
    return {**CAUSES, **types, **labels, **(OF_BATCHES if size > 1 else {})}


@pytest.mark.parametrize(
    ("model", "size"), [("bert", 1), ("bert", 2), ("bert", 4), *((model, 2) for model in MODELS[1:])]
)
def test_that_every_mutant_is_named_by_its_cause(model: str, size: int, tried: dict[str, dict[str, Any]]) -> None:
    found = {case.split(" ", 2)[2]: answer for case, answer in tried.items() if case.startswith(f"{model} {size} ")}
    assert {name: answer["cause"] for name, answer in found.items()} == expected(model, size)
    for name, answer in found.items():
        assert len(answer["defects"]) == (name != "sound"), "one cause is named once"
        assert bool(answer["failed"]) == (name != "sound")


def test_that_the_check_of_the_cause_fails_on_its_mutant(tried: dict[str, dict[str, Any]]) -> None:
    assert all(answer["cause"] in answer["failed"] for answer in tried.values() if answer["cause"])


def test_that_what_does_not_arise_is_not_asked(tried: dict[str, dict[str, Any]]) -> None:
    unasked = {model: tried[f"{model} 2 sound"]["unasked"] for model in MODELS}
    assert tried["bert 1 sound"]["unasked"] == ["slots", "neighbours"]
    assert unasked["bert"] == unasked["bert-nli"] == []
    assert unasked["roberta"] == unasked["mpnet"] == ["types"]
    assert unasked["bert-score"] == ["labels"]


def test_that_an_overflow_is_laid_to_the_range_of_float16(tried: dict[str, dict[str, Any]]) -> None:
    (sentence,) = tried["large in fp16"]["defects"]
    assert "65504" in sentence
    assert "bf16" in sentence
    assert tried["large in bf16"]["failed"] == []


def test_that_not_a_number_without_float16_is_not_laid_to_its_range(tried: dict[str, dict[str, Any]]) -> None:
    (sentence,) = tried["bert 1 NaN in one row"]["defects"]
    assert "NaN" in sentence
    assert "65504" not in sentence


def test_that_nothing_harmless_alarms(tmp_path: Path) -> None:
    answers = said("harmless", tmp_path, HARMLESS)
    assert len(answers) > 70
    assert {case: answer["failed"] for case, answer in answers.items() if answer["failed"]} == {}


def test_that_a_run_with_a_lost_mask_says_so_everywhere(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_stage(monkeypatch, "trace", WITHOUT_MASK)
    compiled = compile_pairs(tmp_path, str(tiny_model), "--backend", "emulator", "--max-length", "48",
                             "--target", "inf2", "--output", str(tmp_path / "bundle"))  # fmt: skip
    assert compiled.exit_code == 5, compiled.said
    comparison, checks = compiled.report["comparison"], compiled.report["behaviour"]
    assert comparison["decisions"] in ("defective", "flipped")
    assert "The attention mask is lost" in comparison["reason"]
    assert {check["code"]: check["passed"] for check in checks}["mask"] is False
    assert all(check["question"] for check in checks)
    page = (tmp_path / "bundle" / "report.html").read_text(encoding="utf-8")
    assert "The attention mask is lost" in page
    assert "✗ failed" in page
    (log,) = tmp_path.glob("data/runs/*/log.txt")
    assert "The module does not behave as the model" in log.read_text(encoding="utf-8")
