"""The window with a real worker, and a window that is killed in the middle of its run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from neuron_studio.core.request import DEFAULT_PAIRS, Request
from neuron_studio.runs import environments, worker_lock
from neuron_studio.runs.models import describe
from neuron_studio.runs.resources import STARTER_MODEL
from neuron_studio.runs.store import RunStore
from neuron_studio.ui.environment_finder import EnvironmentFinder
from neuron_studio.ui.model_search import ModelSearch
from neuron_studio.ui.preparation import Preparation
from neuron_studio.ui.studio import Studio
from neuron_studio.wire.spec import ModelChoice
from tests.support.scripted_run import LABELS
from tests.support.scripted_worker import ROOT, scripted_python
from tests.ui.conftest import Desk, Run, until

_AUTOPILOT = """
import sys
from neuron_studio.ui import studio
from neuron_studio.ui.app import run_window
from tests.ui.conftest import an_environment, facts_of

class Autopilot(studio.Studio):
    def _on_place_painted(self, name):
        self.environments.finder._find = lambda: iter([an_environment({python!r})])
        self.preparation._describe = facts_of
        super()._on_place_painted(name)

    def _on_preparation_judged(self, readiness):
        super()._on_preparation_judged(readiness)
        if readiness.is_ready and not self.controller.is_running and self.controller.folder is None:
            self.bar.start.click()

    def _on_controller_state_changed(self, state):
        super()._on_controller_state_changed(state)
        if state.stage_name == "trace":
            print(self.controller.folder.path, flush=True)

studio.Studio = Autopilot
sys.exit(run_window(["neuron-studio"]))
"""


@pytest.mark.timeout(120)
def test_that_one_click_takes_the_starter_model_to_a_proven_bundle(run: Run, tmp_path: Path, qtbot: QtBot) -> None:
    finder = EnvironmentFinder(lambda: iter([environments.probe(sys.executable)]))
    request = Request(ModelChoice(str(STARTER_MODEL)))

    async def scene() -> None:
        studio = Studio(RunStore(tmp_path / "runs"), finder, Preparation(request, describe), ModelSearch(lambda _: ()))
        studio.controller.keep_warm = lambda python: None  # type: ignore[method-assign]
        studio.window.show()
        await until(studio.bar.start.isEnabled)
        qtbot.mouseClick(studio.bar.start, Qt.MouseButton.LeftButton)
        await until(lambda: studio.view.phase.text().startswith(("finished", "failed")))
        assert studio.view.card.as_text() == "", studio.view.card.as_text()
        pairs = studio.view.comparison.pairs.model
        assert pairs.rowCount() == len(DEFAULT_PAIRS)
        assert [pair.cpu_label for pair in map(pairs.judged, range(2))] == list(reversed(LABELS))
        assert studio.view.badge.isVisible()
        assert studio.view.artifact.verified.text().startswith("✓ Reproduced")
        assert (Path(studio.view.artifact.path.text()) / "report.html").is_file()
        studio.window.close_now()

    run(scene(), 90)


def test_that_a_window_killed_in_the_middle_of_a_trace_comes_back_to_the_same_run(
    desk: Desk, run: Run, tmp_path: Path
) -> None:
    data = tmp_path / "studio-data"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NEURON_STUDIO_DATA": str(data)}
    script = _AUTOPILOT.format(python=scripted_python(tmp_path, "linger"))
    window = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env=environment)
    folder = Path(window.stdout.readline().strip())
    window.send_signal(signal.SIGKILL)
    window.communicate()
    desk.store = RunStore(data / "runs")

    async def scene() -> None:
        studio = desk.open()
        await until(lambda: studio.place.strip.cells["trace"].title.text() == "▸ trace")
        assert studio.controller.folder.path == folder
        assert worker_lock.is_held(studio.controller.folder)
        assert studio.place.notice._message.text() == "This run went on while the window was closed."
        studio.view.tabs.setCurrentWidget(studio.view.log)
        await until(lambda: studio.view.log.page._count == 1)
        studio.bar.stop.click()
        await until(lambda: studio.view.phase.text().startswith("stopped"))

    run(scene())
    assert json.loads(folder.joinpath("events.jsonl").read_text().splitlines()[-1])["event"] == "RunStopped"
