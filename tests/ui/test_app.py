"""The process around the window: it closes on signals and survives its own errors."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.support.scripted_worker import ROOT

_SCRIPT = """
import sys
from PySide6.QtCore import QTimer
from neuron_studio.ui import studio
from neuron_studio.ui.app import run_window

class Told(studio.Studio):
    def _on_window_painted(self, title):
        self.environments.finder._find = lambda: iter(())
        super()._on_window_painted(title)
        {then}
        print("up", flush=True)

studio.Studio = Told
sys.exit(run_window(["neuron-studio"]))
"""

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Opens the real window in a process of its own and returns once it was painted."""
    started: list[subprocess.Popen[str]] = []

    def start(then: str = "pass") -> subprocess.Popen[str]:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
        process = subprocess.Popen(
            [sys.executable, "-c", _SCRIPT.format(then=then)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
        )  # fmt: skip
        started.append(process)
        assert process.stdout.readline() == "up\n", process.stderr.read()
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_that_a_signal_closes_the_window_in_order(start: Start, number: signal.Signals) -> None:
    process = start()
    process.send_signal(number)
    _, errors = process.communicate(timeout=10)
    assert process.returncode == 0
    assert "Traceback" not in errors


def test_that_an_error_in_a_slot_is_shown_and_the_window_stays(start: Start) -> None:
    process = start(
        "QTimer.singleShot(0, lambda: 1 / 0);"
        "QTimer.singleShot(200, lambda: print(self.window.card.as_text().splitlines()[1], flush=True))"
    )
    assert process.stdout.readline() == "ZeroDivisionError: division by zero\n"
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=10)
    assert process.returncode == 0
    assert "ZeroDivisionError" in errors
