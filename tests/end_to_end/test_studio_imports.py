"""The studio's own process imports neither torch nor transformers, in a whole run, from the terminal or the window."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.support.workers import ROOT

HEAVY = {"torch", "transformers", "safetensors", "torch_neuron", "torch_neuronx"}

# Opens the window as the command does, starts a run in it once it is painted, closes it when that run is over.
OPENS_THE_WINDOW = """
import json, sys
from pathlib import Path
from neuron_studio.ui import app, studio
from tests.support.workers import a_spec

class Watched(studio.Studio):
    def __init__(self, **settings):
        super().__init__(**settings)
        self.place.painted.connect(lambda: self.controller.start(a_spec(Path(sys.argv[1]))))
        self.controller.state_changed.connect(self._on_state)

    def _on_state(self, state):
        if state.is_over:
            print(json.dumps({"phase": state.phase.value}))
            self.window.close_now()

studio.Studio = Watched
sys.exit(app.run_window(["neuron-studio"]))
"""


def imported(*command: str) -> tuple[str, set[str]]:
    """What a command printed, and the packages that its own process imported."""
    child = subprocess.run(
        [sys.executable, "-X", "importtime", *command],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=150,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    names = [line.rpartition("|")[2].strip() for line in child.stderr.splitlines() if line.startswith("import time:")]
    rest = [line for line in child.stderr.splitlines() if not line.startswith("import time:")]
    assert child.returncode == 0, "\n".join(rest)
    return child.stdout, {name.partition(".")[0] for name in names}


def test_that_compile_does_its_job_without_torch_in_its_own_process(tiny_model: Path) -> None:
    command = ("-m", "neuron_studio", "compile", str(tiny_model), "--target", "inf2", "--max-length", "32", "--json")
    out, names = imported(*command)
    assert json.loads(out)["status"] == "finished"
    assert {"neuron_studio", "click"} <= names
    assert not HEAVY & names


def test_that_the_window_does_its_job_without_torch_in_its_own_process(tiny_model: Path) -> None:
    out, names = imported("-c", OPENS_THE_WINDOW, str(tiny_model))
    assert json.loads(out.splitlines()[-1]) == {"phase": "finished"}
    assert {"PySide6", "qasync"} <= names
    assert not HEAVY & names
