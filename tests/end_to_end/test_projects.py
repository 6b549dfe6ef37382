"""A form, its project, its command and its script are one run: the same report, apart from times and places."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from neuron_studio.core.project import Project
from neuron_studio.core.request import Request
from neuron_studio.runs.projects import command_of, save_project, script_of
from neuron_studio.runs.resources import STARTER_MODEL
from neuron_studio.wire.spec import ModelChoice, SentencePair
from tests.support.workers import ROOT, WORKER_PYTHON

PAIRS = (
    SentencePair('The company\'s "seat" is $HOME', "Its headquarters; are in `Manhattan`", "paraphrase"),
    SentencePair("A man plays a guitar", "word " * 60, "0"),
    SentencePair("--force", "a dog\nruns", None),
)
FORM = Project(
    Request(
        ModelChoice(str(STARTER_MODEL)), PAIRS, family="inf2", backend="emulator", sequence_length=48, batch_size=2,
        auto_cast="all", truncation="only_second",
    ),
    WORKER_PYTHON,
)  # fmt: skip
UNLABELLED = replace(FORM, request=replace(FORM.request, pairs=tuple(replace(pair, expected=None) for pair in PAIRS)))

# When, where and how fast a run was is its own.
_OWN = {"seconds", "consumption", "folder", "path", "name", "size", "bytes", "sha256", "created"}


def reported(*command: str) -> dict[str, Any]:
    """The report that a command prints."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=170)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def told_by(report: Any) -> Any:
    """A report without what is a run's own."""
    if isinstance(report, dict):
        return {key: told_by(item) for key, item in report.items() if key not in _OWN}
    return [told_by(item) for item in report] if isinstance(report, list) else report


@pytest.mark.parametrize("form", [FORM, UNLABELLED], ids=["labelled", "in words"])
def test_that_the_project_the_command_and_the_script_give_the_same_report(form: Project, tmp_path: Path) -> None:
    project = save_project(tmp_path / "mine", form)
    (tmp_path / "mine.py").write_text(script_of(form))
    commands = (
        (sys.executable, "-m", "neuron_studio", "compile", "--project", str(project), "--json"),
        ("sh", "-c", f"{command_of(form)} --json"),
        (sys.executable, str(tmp_path / "mine.py")),
    )
    with ThreadPoolExecutor(2) as pool:
        reports = [told_by(report) for report in pool.map(lambda command: reported(*command), commands)]
    assert reports[0] == reports[1] == reports[2]
    options = reports[0]["options"]
    assert (options["sequence_length"], options["truncation"], options["auto_cast"]) == (48, "only_second", "all")
    assert [(pair["first"], pair["second"], pair["expected"]) for pair in reports[0]["pairs"]] == [
        (pair.first, pair.second, pair.expected) for pair in form.request.pairs
    ]
    assert reports[0]["pairs"][1]["truncated"] is True


def test_that_preflight_takes_the_project_too(tmp_path: Path) -> None:
    project = save_project(tmp_path / "mine", FORM)
    report = reported(sys.executable, "-m", "neuron_studio", "preflight", "--project", str(project), "--json")
    assert report["options"]["sequence_length"] == 48
    assert "pairs-truncated" in json.dumps(report)
