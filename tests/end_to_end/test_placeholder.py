"""The packages of the SDK's names on the public index, as pip really installs them."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from dataclasses import replace
from pathlib import Path

import pytest

from neuron_studio.core.environment_findings import environment_findings
from neuron_studio.runs import environments

_NO_INDEX = ("NewConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "ProxyError", "No matching distribution")


@pytest.fixture(scope="module")
def environment_python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An environment that borrows our torch, and into which somebody installed torch-neuron without AWS's index."""
    folder = tmp_path_factory.mktemp("placeholder") / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = str(folder / "bin" / "python")
    command = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "install",
        "--no-deps",
        "--retries",
        "1",
        "torch-neuron==1.0",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    if done.returncode != 0 and any(words in done.stderr for words in _NO_INDEX):
        pytest.skip("the package index cannot be reached")
    assert done.returncode == 0, done.stderr
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "borrowed.pth").write_text(f"{sysconfig.get_paths()['purelib']}\n")
    return python


def test_that_the_placeholder_is_known_before_it_is_imported(environment_python: str) -> None:
    environment = environments.probe(environment_python)
    assert environment.versions["torch-neuron"] == "1.0"
    (finding,) = [finding for finding in environment_findings(environment) if finding.code == "wrong-package"]
    assert finding.command.startswith(f"{environment_python} -m pip uninstall -y torch-neuron")


def test_that_the_placeholder_is_known_by_what_its_import_says(environment_python: str) -> None:
    examined = environments.examine(environments.probe(environment_python))
    assert "WRONG PACKAGE" in examined.sdk_error
    as_if_newer = replace(examined, versions={**examined.versions, "torch-neuron": "1.13.1.2.99.0.0"})
    assert "wrong-package" in [finding.code for finding in environment_findings(as_if_newer)]


def test_that_a_run_on_the_placeholder_is_refused_before_it_starts(environment_python: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "neuron_studio", "compile", "--python", environment_python]
    refused = subprocess.run(command, capture_output=True, text=True, check=False)
    assert refused.returncode == 3
    assert "placeholder from the public package index" in refused.stderr
    assert f"{environment_python} -m pip uninstall -y torch-neuron" in refused.stderr
    assert not (tmp_path / "studio-data").exists()
