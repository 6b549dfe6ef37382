"""What every test stands on: folders of its own, no hub by accident, no display by accident."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.support.workers import IS_OLDER, WORKER_PYTHON

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# On models this small a second thread only waits for the first, and long where the machine is busy.
os.environ["OMP_NUM_THREADS"] = "1"

# A shell starts what it puts into the background deaf to Ctrl-C, and children inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _one_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What can be made again, such as the worker's folder, is made once for all tests, and nowhere else."""
    os.environ["NEURON_STUDIO_CACHE"] = str(tmp_path_factory.getbasetemp() / "studio-cache")


@pytest.fixture(autouse=True)
def _own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs, settings and the hub's cache belong to the test; the hub's address leads nowhere."""
    for name in ("DATA", "CONFIG"):
        monkeypatch.setenv(f"NEURON_STUDIO_{name}", str(tmp_path / f"studio-{name.lower()}"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    # As if the environment that workers are to run in had been activated.
    if IS_OLDER:
        monkeypatch.setenv("VIRTUAL_ENV", str(Path(WORKER_PYTHON).parents[1]))
    else:
        monkeypatch.delenv("VIRTUAL_ENV", raising=False)
