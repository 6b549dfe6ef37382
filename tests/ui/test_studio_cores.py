"""The window on a machine whose cores change hands."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from neuron_studio.core.environment import Environment
from neuron_studio.ui.studio import Studio
from tests.support.listings import a_listing, a_machine
from tests.support.scripted_worker import scripted_python
from tests.ui.conftest import Desk, Run, an_environment, until

IDLE = a_machine("inf1.xlarge")
HELD = a_machine("inf1.xlarge", {0: [(4242, "python serve.py")]}, {4242: [0, 1]})


def on_inf1(python: str = "/nowhere/python", **changes: object) -> Environment:
    """An interpreter with the SDK, beside a device."""
    versions = {"torch": "1.13.1", "transformers": "4.30.2", "torch-neuron": "1.13.1.2.11.13.0"}
    return an_environment(python, **{"python_version": "3.8.10", "versions": versions, "machine": IDLE, **changes})


def come_back(studio: Studio) -> None:
    """What happens when the user returns to the window."""
    QApplication.sendEvent(studio.window, QEvent(QEvent.Type.WindowActivate))


def test_that_held_cores_are_told_beside_their_field_until_their_holder_has_gone(desk: Desk, run: Run) -> None:
    desk.environments, desk.machine = [on_inf1(machine=HELD)], HELD

    async def scene() -> None:
        studio = desk.open()
        form = studio.form.settings
        label = form.findChild(object, "problem-neuron_cores")
        await until(lambda: label.isVisible() and studio.preparation.readiness.facts)
        assert "process 4242 (python serve.py) holds NeuronCores 0-1 (device 0)" in label.text()
        assert not studio.bar.start.isEnabled()
        assert form.cores.legend.text() == "□ 2 free · ☒ 2 held"
        desk.machine = IDLE
        come_back(studio)
        await until(studio.bar.start.isEnabled)
        assert label.isHidden()
        assert form.cores.legend.text() == "▣ 4 for this run"

    run(scene())


def test_that_fewer_cores_go_on_beside_their_holder(desk: Desk, run: Run) -> None:
    desk.environments, desk.machine = [on_inf1(machine=HELD)], HELD

    async def scene() -> None:
        studio = desk.open()
        await until(lambda: studio.preparation.readiness.facts)
        studio.form.settings.neuron_cores.setValue(2)
        await until(studio.bar.start.isEnabled)
        assert studio.form.settings.cores.variables.text() == "NEURON_RT_NUM_CORES=2"

    run(scene())


def test_that_cores_taken_since_the_last_look_keep_a_run_from_starting(
    desk: Desk, run: Run, tmp_path: Path, qtbot: QtBot
) -> None:
    python = scripted_python(tmp_path)
    desk.environments, desk.machine = [on_inf1(python)], IDLE
    listing = a_listing("inf1.xlarge", {0: [(4242, "python serve.py")]})
    tool = Path(python).with_name("neuron-ls")
    tool.write_text(f"#!/bin/sh\necho '{json.dumps(listing)}'\n", encoding="utf-8")
    tool.chmod(0o755)

    async def scene() -> None:
        studio = desk.open()
        await until(studio.bar.start.isEnabled)
        desk.machine = replace(HELD, usage=None)
        qtbot.mouseClick(studio.bar.start, Qt.MouseButton.LeftButton)
        await until(studio.place.card.isVisible)
        assert "process 4242 (python serve.py) holds device 0" in studio.place.card.as_text()
        assert list(desk.store.folders()) == []
        await until(studio.form.settings.findChild(object, "problem-neuron_cores").isVisible)

    run(scene())
