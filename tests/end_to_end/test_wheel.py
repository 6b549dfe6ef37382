"""The built wheel holds everything: it runs from an empty environment that has no torch."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def empty_environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment's bin folder with nothing but the wheel and what it depends on."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "empty", with_pip=True)
    pip = [
        str(folder / "empty" / "bin" / "python"),
        "-m",
        "pip",
        "install",
        "--quiet",
        "-c",
        str(ROOT / "constraints.txt"),
    ]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True)
    return folder / "empty" / "bin"


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(command, capture_output=True, text=True, env=env, cwd="/", check=False)


def test_that_the_installed_wheel_compiles_its_starter_model_in_another_interpreter(empty_environment: Path) -> None:
    done = _run(str(empty_environment / "neuron-studio"), "compile", "--python", sys.executable, "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["status"] == "finished"
    assert [pair["cpu_label"] for pair in report["pairs"]] == ["paraphrase", "not paraphrase"]


def test_that_without_torch_the_installed_wheel_says_what_is_missing_and_how_to_get_it(
    empty_environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    done = _run(str(empty_environment / "neuron-studio"), "compile")
    assert done.returncode == 3
    assert "has no torch" in done.stderr
    assert "--python" in done.stderr


def test_that_the_installed_wheel_has_the_window_and_no_torch(empty_environment: Path) -> None:
    code = "import neuron_studio.ui.app, importlib.util, sys; sys.exit(importlib.util.find_spec('torch') is not None)"
    done = _run(str(empty_environment / "python"), "-c", code)
    assert done.returncode == 0, done.stderr


def test_that_the_installed_wheel_is_found_by_a_desktop(empty_environment: Path) -> None:
    share = empty_environment.parent / "share"
    assert (share / "applications" / "neuron-studio.desktop").is_file()
    assert (share / "icons" / "hicolor" / "scalable" / "apps" / "neuron-studio.svg").is_file()
