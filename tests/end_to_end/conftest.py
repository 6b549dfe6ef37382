"""What the end-to-end tests share: a tiny model, made once, and a store of runs for each test."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from neuron_studio.runs.store import RunStore
from tests.support.workers import ROOT, WORKER_PYTHON


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny BERT pair classifier; made in a process of its own, so that this one never imports torch."""
    folder = tmp_path_factory.mktemp("models")
    subprocess.run([WORKER_PYTHON, "-m", "tests.support.tiny_models", str(folder), "bert"], check=True, cwd=ROOT)
    return folder / "bert"


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    """A store of its own, where the program itself looks for it too."""
    return RunStore(tmp_path / "studio-data" / "runs")
