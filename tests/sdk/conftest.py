"""Stand-in SDKs on this Python and on the oldest one, asked once for all tests."""

from __future__ import annotations

import functools
import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.sdk.environment import SdkEnvironment
from tests.sdk.running import Findings, find_out, hold_cores


@pytest.fixture(scope="session", params=["this python", "python 3.8"])
def base_python(request: pytest.FixtureRequest) -> str:
    """An interpreter that has torch."""
    if request.param == "this python":
        if importlib.util.find_spec("torch") is None:
            pytest.skip("torch is not installed in this Python")
        return sys.executable
    python = os.environ.get("PYTHON38", "")
    if not python:
        pytest.skip("PYTHON38 names no Python 3.8 with torch 1.13")
    done = subprocess.run([python, "-c", "import torch; print(torch.__version__)"], capture_output=True, text=True)
    if not done.stdout.startswith("1.13"):
        pytest.skip(f"PYTHON38 is {python}, which has no torch 1.13")
    return python


@pytest.fixture(scope="session")
def findings(base_python: str, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Findings]:
    """What an SDK does, by its name; found out once for each interpreter."""

    @functools.cache
    def asked(sdk: str) -> Findings:
        return find_out(sdk, base_python, tmp_path_factory.mktemp(sdk))

    return asked


@pytest.fixture
def holder() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts processes that hold cores; they end with the test."""
    started: list[subprocess.Popen[str]] = []

    def start(environment: SdkEnvironment, **variables: str) -> subprocess.Popen[str]:
        started.append(hold_cores(environment, **variables))
        return started[-1]

    yield start
    for child in started:
        child.kill()
        child.communicate()
