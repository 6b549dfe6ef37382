"""A labelled set against goals, through the command line: exit code, bundle, and the CSV of the pairs."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.compiling import Compiled, compile_pairs
from tests.support.workers import ROOT, WORKER_PYTHON

_SAMPLES = str(ROOT / "resources" / "samples" / "pairs.tsv")
_GOALS = ("--goal", "no-flips", "--goal", "accuracy-drop=0.5", "--goal", "max-difference=0.000001")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("goals")


@pytest.fixture(scope="module")
def missed(place: Path) -> Compiled:
    """The starter model with Inf1's casts: it decides alike, and no error is as small as was demanded."""
    return compile_pairs(place, "--pairs", _SAMPLES, "--target", "inf1", "--backend", "emulator", *_GOALS)


def test_that_one_missed_goal_ends_the_run_with_5_though_every_decision_stood(missed: Compiled) -> None:
    assert missed.exit_code == 5, missed.said
    assert missed.report["comparison"]["decisions"] in ("same", "close")
    assert missed.report["goals"] == ["no-flips", "accuracy-drop=0.5", "max-difference=1e-06"]
    assert [goal["met"] for goal in missed.report["comparison"]["goals"]] == [True, True, False]
    assert missed.report["comparison"]["passed"] is False


def test_that_the_bundle_keeps_the_goals_and_every_number(missed: Compiled) -> None:
    bundle = Path(missed.report["artifact"]["path"])
    manifest = json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["spec"]["goals"][1] == {"kind": "accuracy-drop", "bound": 0.5}
    assert manifest["comparison"] == missed.report["comparison"]
    assert "report.csv" in manifest["files"]
    page = (bundle / "report.html").read_text(encoding="utf-8")
    for said in ("✗ no logit off by more than 1e-06: missed", "Decided by Neuron", "McNemar", "Wilson 1927"):
        assert said in page


def test_that_the_csv_is_the_same_in_the_bundle_and_on_the_terminal(missed: Compiled, place: Path) -> None:
    command = [sys.executable, "-m", "neuron_studio", "runs", "show", "last", "--csv"]
    environment = {**os.environ, "NEURON_STUDIO_DATA": str(place / "data")}
    done = subprocess.run(command, capture_output=True, check=False, cwd=ROOT, env=environment, timeout=60)
    assert done.returncode == 5
    assert done.stdout == (Path(missed.report["artifact"]["path"]) / "report.csv").read_bytes()
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode(), newline="")))
    assert [float(row["neuron:paraphrase"]) for row in rows] == [pair["neuron"][1] for pair in missed.pairs]


def test_that_a_goal_that_is_none_stops_before_anything_begins(tmp_path: Path) -> None:
    compiled = compile_pairs(tmp_path, "--target", "inf1", "--backend", "emulator", "--goal", "accuracy-drop=lots")
    assert compiled.exit_code == 2
    assert compiled.report["error"]["code"] == "unusable-goal"
    assert "Write for example accuracy-drop=0.5" in compiled.said


def test_that_a_similarity_is_judged_by_its_order_and_never_flips(tmp_path: Path) -> None:
    subprocess.run(
        [WORKER_PYTHON, "-m", "tests.support.tiny_models", str(tmp_path), "bert-score"], check=True, cwd=ROOT
    )
    model = (tmp_path / "bert-score").rename(tmp_path / "stsb-tiny")
    options = ("--target", "inf1", "--backend", "emulator", "--max-length", "48", "--goal", "no-flips")
    compiled = compile_pairs(tmp_path, str(model), "--pairs", _SAMPLES, *options)
    found = compiled.report["comparison"]
    assert found["decisions"] in ("same", "close"), found["reason"]
    assert (found["flipped"], found["ranking"]["threshold_flips"]) == ([], None)
    assert found["goals"][0]["met"] is None
    assert compiled.exit_code == 5
    assert found["graded"]["count"] == 24
    script = Path(compiled.report["artifact"]["path"]) / "infer.py"
    done = subprocess.run(
        [WORKER_PYTHON, str(script), "A cat sat.", "A dog ran."],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert done.stdout.startswith("score  logits ")
