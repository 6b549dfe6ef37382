"""Everything that a run depends on is judged, with the command that mends it, and told without anything private."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from neuron_studio.cli.main import cli
from neuron_studio.core.doctor import Examination, Host, Place, as_json
from neuron_studio.core.environment import Environment
from neuron_studio.runs import doctor, environments
from neuron_studio.runs.store import RunStore
from neuron_studio.wire.events import RunFailed
from neuron_studio.wire.findings import Finding, Level
from neuron_studio.wire.machine import Machine
from neuron_studio.wire.spec import SentencePair
from tests.sdk.environment import NEURONX, install
from tests.support.scripted_run import a_spec, finished_run, new_run

GIB = 1 << 30
RUNS = Place("runs", "/data", "NEURON_STUDIO_DATA", 2, 60 * GIB, True)
HOST = Host(
    "/studio/bin/python",
    "3.10.12",
    "Ubuntu 22.04",
    {"PySide6_Essentials": "6.11.3"},
    Machine(),
    (RUNS,),
    16 * GIB,
    4096,
)
GOOD = Environment("/studio/bin/python", "3.10.12", {"torch": "2.9.0", "transformers": "4.57.1"})
INF1 = Environment("/opt/inf1/bin/python", "3.10.12", {"torch": "1.13.1", "transformers": "4.30.2",
                                                       "torch-neuron": "1.13.1.2.11.13.0"})  # fmt: skip


def judged(*found: Environment, **host: Any) -> dict[str, Finding]:
    """The findings by their code."""
    examination = Examination(replace(HOST, **host), found or (GOOD,), is_whole=True)
    return {finding.code: finding for finding in examination.findings}


def test_that_a_machine_without_trouble_has_only_good_things_said_of_it() -> None:
    found = judged()
    assert {finding.level for finding in found.values()} == {Level.GOOD, Level.NOTE}
    assert found["disk"].message == "64.4 GB are free in /data."
    assert found["memory"].message == "16.0 GiB of memory."
    assert not Examination(HOST, (GOOD,), True).has_problem


@pytest.mark.parametrize(
    ("host", "code", "level", "says"),
    [
        ({"versions": {"PySide6_Essentials": "6.12.0"}}, "qt-broken", Level.PROBLEM, "PySide6-Essentials>=6.8"),
        ({"versions": {}}, "no-qt", Level.WARNING, "PySide6-Essentials>=6.8"),
        ({"open_files": 256}, "few-open-files", Level.WARNING, "ulimit -n 65535"),
        ({"places": (replace(RUNS, free=2 * 10**9),)}, "disk-low", Level.WARNING, "335 million"),
        ({"places": (replace(RUNS, free=10**8),)}, "disk-full", Level.PROBLEM, "NEURON_STUDIO_DATA"),
        ({"places": (replace(RUNS, is_writable=False),)}, "not-writable", Level.PROBLEM, "NEURON_STUDIO_DATA"),
        ({"window": Finding(Level.WARNING, "no-display", "No display.", "ssh -Y")}, "no-display", Level.WARNING, "ssh"),
    ],
)  # fmt: skip
def test_that_each_trouble_of_the_machine_comes_with_its_remedy(
    host: dict[str, Any], code: str, level: Level, says: str
) -> None:
    finding = judged(**host)[code]
    assert finding.level is level
    assert says in f"{finding.message} {finding.remedy} {finding.command}"


def test_that_the_broken_qt_release_is_fine_on_a_newer_python() -> None:
    assert "qt" in judged(versions={"PySide6_Essentials": "6.12.0"}, python_version="3.12.1")


def test_that_memory_is_little_only_where_something_compiles_for_inf1() -> None:
    assert judged(INF1, memory=8 * GIB)["little-memory"].level is Level.WARNING
    assert judged(INF1, memory=int(30.8 * GIB))["memory"].level is Level.GOOD
    assert judged(memory=8 * GIB)["memory"].level is Level.GOOD


def test_that_a_studio_without_torch_is_no_problem_where_another_python_traces() -> None:
    bare = Environment("/studio/bin/python", "3.10.12")
    assert judged(bare, INF1)["no-torch"].level is Level.NOTE
    assert judged(bare)["no-torch"].level is Level.PROBLEM
    assert judged(bare)["nothing-traces"].command.startswith("/studio/bin/python -m pip install torch")
    assert "nothing-traces" not in [finding.code for finding in Examination(HOST, (bare,)).findings]


def test_that_the_machine_is_taken_from_whoever_saw_it_best() -> None:
    seen = replace(INF1, machine=Machine(1, "inf1.xlarge", ({"neuron_device": 0, "nc_count": 4},), "2.24.13.0"))
    assert "4 of 4 NeuronCores are free" in judged(GOOD, seen)["devices"].message


def test_that_the_json_keeps_its_keys() -> None:
    plain = json.loads(json.dumps(as_json(Examination(HOST, (GOOD, INF1), True))))
    assert {"schema", "findings", "environments", "machine"} == set(plain)
    assert plain["schema"] == 1
    assert [environment["offer"] for environment in plain["environments"]] == ["emulate", "compile"]
    assert {"level", "code", "message", "remedy", "command", "subject"} == set(plain["findings"][0])


def test_that_what_is_seen_grows_and_ends_whole(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    python = str(install(tmp_path / "sdk", NEURONX).python)
    monkeypatch.setattr(environments, "candidates", lambda is_inf1: (python,))
    seen = list(doctor.examinations())
    assert [(len(step.environments), step.is_whole) for step in seen] == [(0, False), (1, False), (1, False), (1, True)]
    assert seen[1].environments[0].imports is None
    assert seen[3].environments[0].imports == {"torch": "", "transformers": "", "torch_neuronx": ""}


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Leaves these interpreters alone to be found."""
    return lambda *pythons: monkeypatch.setattr(environments, "candidates", lambda is_inf1: pythons)


def exit_code(*arguments: str) -> tuple[int, str]:
    """How a command ended, and what it wrote to stdout."""
    done = CliRunner().invoke(cli, arguments)
    return done.exit_code, done.stdout


def test_that_doctor_ends_with_0_where_nothing_must_be_mended_and_else_with_3(only: Any, tmp_path: Path) -> None:
    only(sys.executable)
    status, text = exit_code("doctor")
    assert (status, "✓ This Python: Python" in text) == (0, True)
    only(sys.executable, str(install(tmp_path / "sdk", NEURONX, broken="WRONG PACKAGE. Please install the package from "
                                     "Neuron Repository - pip.repos.neuron.amazonaws.com").python))  # fmt: skip
    status, text = exit_code("doctor", "--json")
    assert status == 3
    assert "wrong-package" in [finding["code"] for finding in json.loads(text)["findings"]]


def test_that_a_report_tells_of_the_last_failure_and_of_nothing_private(
    only: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(sys.executable)
    monkeypatch.setenv("HOME", str(tmp_path / "home" / "calliope"))
    monkeypatch.setenv("LOGNAME", "calliope")
    store = RunStore()
    pairs = (SentencePair("Quokkas never file their taxes on time", "Zanzibar closes early on Mondays", "yes"),)
    failed = new_run(store.root, a_spec(pairs), "20261122-100000-a").begin(so_far_s=3)
    failed.log("INFO:Neuron: tracing QUOKKAS never file their\nexport HF_TOKEN=hf_abcdefghijklmnop\n" + "noise\n" * 20)
    failed.log(f"Traceback in {tmp_path}/home/calliope/model.py: 'Zanzibar closes early…'\n")
    message = f"Zanzibar closes early on Mondays in {tmp_path}/home/calliope/x"
    failed.write(RunFailed("compiler-crashed", message, "Mend it.", "trace", "run", "detail"))
    finished_run(store.root, name="20261122-110000-b")
    status, _ = exit_code("doctor", "--report", str(tmp_path / "report.txt"))
    text = (tmp_path / "report.txt").read_text()
    assert status == 0
    assert "compiler-crashed during trace" in text
    assert "~/model.py" in text
    for canary in ("quokka", "zanzibar", "calliope", "hf_abc", "abcdefgh"):
        assert canary not in text.casefold()


def test_that_a_report_that_cannot_be_written_is_an_error_of_input(only: Any, tmp_path: Path) -> None:
    only()
    done = CliRunner().invoke(cli, ["doctor", "--report", str(tmp_path / "no" / "such" / "file")])
    assert getattr(done.exception, "code", "") == "report-not-written"


def test_that_doctor_tells_why_where_no_interpreter_can_be_asked(
    only: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(sys.executable)
    (tmp_path / "file").touch()
    monkeypatch.setenv("NEURON_STUDIO_CACHE", str(tmp_path / "file" / "cache"))
    status, text = exit_code("doctor", "--json")
    codes = [finding["code"] for finding in json.loads(text)["findings"] if finding["level"] == "problem"]
    assert (status, codes) == (3, ["no-cache-folder", "not-writable"])


def test_that_environments_are_listed_added_and_removed(only: Any, tmp_path: Path) -> None:
    sdk = install(tmp_path / "sdk", NEURONX)
    only(str(sdk.python))
    status, text = exit_code("environments", "add", str(sdk.root))
    assert (status, text.splitlines()[0].split()) == (0, ["sdk", str(sdk.python)])
    status, text = exit_code("environments", "--json")
    (row,) = json.loads(text)
    assert (row["python"], row["offer"], row["added"]) == (str(sdk.python), "compile", True)
    assert exit_code("environments", "remove", str(sdk.python))[0] == 0
    assert json.loads(exit_code("environments", "list", "--json")[1])[0]["added"] is False


def test_that_what_is_no_interpreter_is_not_added(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["environments", "add", str(tmp_path / "nothing")])
    assert getattr(done.exception, "code", "") == "environment-broken"
    assert not (tmp_path / "studio-config" / "environments.json").exists()
