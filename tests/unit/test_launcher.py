"""What a worker's interpreter is given of this process' environment."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from neuron_studio.runs.launcher import worker_environment


def test_that_the_interpreters_own_folder_comes_first_on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/usr/bin")
    assert worker_environment("/opt/neuron/bin/python")["PATH"] == f"/opt/neuron/bin{os.pathsep}/usr/bin"


def test_that_the_studios_packages_never_reach_another_interpreter(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ours = Path(sys.prefix) / "lib" / "site-packages"
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(ours), str(tmp_path))))
    monkeypatch.setenv("PYTHONHOME", sys.prefix)
    env = worker_environment("/opt/neuron/bin/python")
    assert env["PYTHONPATH"] == str(tmp_path)
    assert "PYTHONHOME" not in env
    monkeypatch.setenv("PYTHONPATH", str(ours))
    assert "PYTHONPATH" not in worker_environment("/opt/neuron/bin/python")


def test_that_the_studios_own_interpreter_keeps_what_it_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    assert worker_environment(sys.executable)["PYTHONPATH"] == "/somewhere"
