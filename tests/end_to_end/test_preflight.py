"""neuron-studio preflight as a user starts it: what it finds, what the SDK is asked, and that nothing stays behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from neuron_studio.runs.resources import STARTER_MODEL
from neuron_studio.wire import processes
from tests.sdk.environment import install
from tests.support.until import until
from tests.support.workers import ROOT, at_stage, studio

PYTHON = os.environ.get("TEST_PYTHON", sys.executable)
# The oldest transformers do not know the last one.
FAMILIES = ("roberta", "distilbert", "mpnet", "deberta-v2", *(() if "TEST_PYTHON" in os.environ else ("modernbert",)))
LONG = "the company is based in new york city " * 6


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    command = [PYTHON, "-m", "tests.support.tiny_models", str(folder), "bert", "bert-score", *FAMILIES]
    subprocess.run(command, check=True, cwd=ROOT)
    return folder


def preflight(*arguments: object, python: str | None = None, exit_code: int = 0, **variables: str) -> dict[str, Any]:
    """The report of neuron-studio preflight … --json."""
    command = [sys.executable, "-m", "neuron_studio", "preflight", *map(str, arguments), "--json"]
    command += ["--python", python or PYTHON]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=ROOT, env={**os.environ, **variables}
    )
    assert done.returncode == exit_code, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def codes(report: dict[str, Any]) -> dict[str, str]:
    return {finding["code"]: finding["level"] for finding in report["preflight"]["findings"]}


def supports(report: dict[str, Any]) -> dict[str, str]:
    return {operator["kind"]: operator["support"] for operator in report["preflight"]["operators"]}


def test_that_the_starter_model_is_looked_at_without_a_device_or_a_run(tmp_path: Path) -> None:
    report = preflight()
    assert report["status"] == "finished"
    assert report["emulated"] is True
    assert set(codes(report).values()) <= {"good", "note"}
    assert codes(report)["mask-kept"] == "good"
    embedding = next(entry for entry in report["preflight"]["operators"] if entry["kind"] == "aten::embedding")
    assert (embedding["support"], embedding["count"]) == ("unsupported", 3)
    assert "bert.embeddings.word_embeddings" in embedding["modules"]
    assert not (tmp_path / "studio-data" / "runs").exists()


def test_that_a_terminal_gets_verdict_findings_and_table() -> None:
    process = studio("preflight", str(STARTER_MODEL), "--target", "inf2", "--max-length", "32")
    out, err = process.communicate(timeout=100)
    assert process.returncode == 0, err
    assert out.startswith("Nothing stands in the way.\n")
    assert "There is no fallback to the CPU" in out
    assert "? not listed" in out
    assert "unsupported" not in out
    assert "preflight  ok" in err


@pytest.mark.parametrize("family", FAMILIES)
def test_that_every_family_s_own_traps_are_found_and_guarded(family: str, models: Path) -> None:
    report = preflight(models / family, "--target", "inf2")
    found = codes(report)
    assert set(found.values()) <= {"good", "note"}, report["preflight"]["findings"]
    assert found["mask-kept"] == "good"
    assert ("usable-length" in found) == (family in ("roberta", "mpnet"))
    assert ("pad-id" in found) == (family in ("roberta", "mpnet", "modernbert"))
    assert not {"unsupported", "limited"} & set(supports(report).values())


@pytest.mark.parametrize(("family", "third"), [("distilbert", "head_mask"), ("mpnet", "position_ids")])
def test_that_a_third_argument_that_is_not_token_types_is_told_where_there_is_one(
    family: str, third: str, models: Path
) -> None:
    report = preflight(models / family, "--max-length", "64")
    told = [finding for finding in report["preflight"]["findings"] if finding["code"] == "third-argument"]
    # transformers 5 took head_mask away.
    assert all("token_type_ids" in finding["message"] for finding in told)
    if family == "mpnet":
        assert third in told[0]["message"]


def test_that_cut_pairs_are_told_and_a_reranker_s_cut_query_as_well(models: Path) -> None:
    report = preflight(models / "bert-score", "--pair", LONG, "a man plays", "--max-length", "32")
    assert {code for code, level in codes(report).items() if level == "warning"} == {"pairs-truncated", "query-cut"}


def test_that_a_padding_id_of_another_model_is_told(models: Path, tmp_path: Path) -> None:
    other = shutil.copytree(models / "roberta", tmp_path / "other")
    config = json.loads((other / "config.json").read_text())
    (other / "tokenizer_config.json").write_text(
        (other / "tokenizer_config.json").read_text().replace('"pad_token": "<pad>"', '"pad_token": "</s>"')
    )
    assert config["pad_token_id"] == 1
    assert codes(preflight(other, "--max-length", "64"))["pad-ids-differ"] == "warning"


def test_that_weights_that_are_no_numbers_are_a_problem_that_would_stop_a_run(models: Path, tmp_path: Path) -> None:
    broken = shutil.copytree(models / "bert", tmp_path / "broken")
    script = (
        "import sys; from safetensors.torch import load_file, save_file; name = sys.argv[1]; found = load_file(name); "
        "found['classifier.bias'][0] = float('nan'); save_file(found, name, metadata={'format': 'pt'})"
    )
    subprocess.run([sys.executable, "-c", script, str(broken / "model.safetensors")], check=True)
    report = preflight(broken, "--max-length", "64", exit_code=4)
    assert {code for code, level in codes(report).items() if level == "problem"} == {"not-finite"}


def test_that_a_batch_s_rows_are_put_to_the_test(models: Path) -> None:
    found = codes(preflight(models / "bert", "--batch-size", "3", "--max-length", "64"))
    assert found["short-batch"] == "note"
    assert "rows-differ" not in found


def test_that_bad_input_ends_it_before_anything_starts(models: Path) -> None:
    report = preflight(models / "bert", "--max-length", "4", exit_code=2)
    assert report["error"]["code"] == "sequence-too-short"
    assert report["preflight"] is None


def test_that_a_tokenizer_that_cannot_be_read_is_the_input_s_fault(models: Path, tmp_path: Path) -> None:
    broken = shutil.copytree(models / "bert", tmp_path / "broken")
    (broken / "tokenizer.json").write_text("{}")
    report = preflight(broken, exit_code=2)
    assert report["status"] == "failed"
    assert report["preflight"] is None
    assert (report["error"]["code"], report["error"]["stage"]) == ("tokenizer-unreadable", "load")


def test_that_ctrl_c_ends_every_process_and_leaves_nothing(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    at_stage(monkeypatch, "load")
    process = studio("preflight", models / "bert")
    child = until(lambda: _workers(process.pid))[0]
    until(lambda: any((place / "events.jsonl").exists() for place in tmp_path.glob("neuron-studio-preflight-*")))
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "")
    assert "stopped" in err
    assert processes.in_session(child) == []
    assert list(tmp_path.glob("neuron-studio-preflight-*")) == []


def test_that_it_dies_with_the_studio_that_started_it(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at_stage(monkeypatch, "load")
    process = studio("preflight", models / "bert")
    child = until(lambda: _workers(process.pid))[0]
    process.kill()
    process.communicate()
    until(lambda: processes.in_session(child) == [] and not Path("/proc", str(child)).exists())


def _workers(parent: int) -> list[int]:
    """The children of a process that are workers, by now in sessions of their own."""
    children = Path("/proc", str(parent), "task", str(parent), "children").read_text().split()
    return [int(pid) for pid in children if b"preflight" in Path("/proc", pid, "cmdline").read_bytes()]


@pytest.fixture(scope="module")
def inf1(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(install(tmp_path_factory.mktemp("inf1") / "environment", "inf1", PYTHON).python)


@pytest.fixture(scope="module")
def neuronx(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(install(tmp_path_factory.mktemp("neuronx") / "environment", "neuronx", PYTHON).python)


def test_that_torch_neuron_is_asked_and_its_word_stands(inf1: str) -> None:
    report = preflight(python=inf1)
    assert report["emulated"] is False
    said_by = {operator["said_by"] for operator in report["preflight"]["operators"]}
    assert said_by == {"torch.neuron.analyze_model"}
    assert supports(report)["aten::embedding"] == "unsupported"
    assert report["preflight"]["placed"] is None


def test_that_torch_neuronx_is_asked_and_nothing_is_left_open(neuronx: str) -> None:
    report = preflight("--target", "inf2", python=neuronx)
    assert set(supports(report).values()) == {"supported"}
    assert "(torch_neuronx.analyze)" in report["preflight"]["summary"][0]


def test_that_a_run_on_inf1_tells_planned_and_achieved_beside_the_prediction(inf1: str) -> None:
    command = [sys.executable, "-m", "neuron_studio", "compile", "--python", inf1, "--json"]
    variables = {**os.environ, "NEURON_STAND_IN_SECONDS": "0.02"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=variables)
    report = json.loads(done.stdout)
    found = report["preflight"]
    counted = sum(operator["count"] for operator in found["operators"])
    assert found["placed"]["operators"] == counted
    left = {entry["kind"]: entry for entry in found["placed"]["left"]}
    assert left["aten::embedding"]["supported"] is False
    assert any(entry["supported"] for entry in left.values()), "what is not fused is no embedding"
    assert found["placed"]["achieved"] + sum(entry["count"] for entry in left.values()) == counted
    assert {operator["said_by"] for operator in found["operators"]} >= {"torch.neuron.get_supported_operations"}
    assert "supported but not fused" in found["summary"][1]
    page = (Path(report["artifact"]["path"]) / "report.html").read_text()
    assert "supported but not fused" in page
