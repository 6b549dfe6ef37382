"""The bundle that a run left behind."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from neuron_studio.core.run_state import RunState
from neuron_studio.runs import bundles
from neuron_studio.runs.follower import read_state
from neuron_studio.ui.panels.artifact import ArtifactPanel
from neuron_studio.wire.findings import Finding, Level
from tests.support.scripted_run import BUNDLE_FILES, a_spec, failed_run, finished_run
from tests.ui.conftest import Run, until


@pytest.fixture
def panel(qtbot: QtBot) -> ArtifactPanel:
    panel = ArtifactPanel()
    qtbot.addWidget(panel)
    panel.resize(720, 500)
    panel.show()
    return panel


async def shown(panel: ArtifactPanel, folder: object) -> None:
    panel.show_state(read_state(folder))
    await until(lambda: panel.files.toPlainText())


def test_that_a_proven_bundle_is_shown_with_its_files_and_its_proof(
    panel: ArtifactPanel, tmp_path: Path, run: Run
) -> None:
    done = finished_run(tmp_path)
    run(shown(panel, done.folder))
    assert panel.verified.text().startswith("✓ Reproduced")
    assert panel.path.text() == str(done.folder.path / "artifact")
    assert "EMULATED" in panel.model_file.text()
    assert panel.sha256.text() == "c5f91d23" * 8
    names = [line.split()[0] for line in panel.files.toPlainText().splitlines()]
    assert names == sorted(BUNDLE_FILES)


def test_that_a_run_which_judged_a_saved_bundle_promises_none_of_its_own(panel: ArtifactPanel) -> None:
    panel.show_state(RunState(replace(a_spec(), bundle="/srv/bundle")))
    told = [label.text() for label in panel.findChildren(QLabel) if label.isVisible()]
    assert "No bundle of its own" in told
    panel.show_state(RunState(a_spec()))
    assert "No bundle of its own" not in [label.text() for label in panel.findChildren(QLabel) if label.isVisible()]


def test_that_path_and_command_can_be_copied(panel: ArtifactPanel, tmp_path: Path, run: Run) -> None:
    done = finished_run(tmp_path)
    run(shown(panel, done.folder))
    panel.copy_path()
    assert QApplication.clipboard().text() == str(done.folder.path / "artifact")
    panel.copy_command()
    assert QApplication.clipboard().text().startswith("/opt/aws_neuron_venv_pytorch_inf1/bin/python ")
    assert "infer.py" in QApplication.clipboard().text()


def test_that_a_bundle_that_was_removed_is_not_an_accident(panel: ArtifactPanel, tmp_path: Path, run: Run) -> None:
    done = finished_run(tmp_path)
    shutil.rmtree(done.folder.path / "artifact")
    run(shown(panel, done.folder))
    assert "cannot be read any more" in panel.files.toPlainText()


def test_that_what_speaks_against_the_bundle_here_is_told(
    panel: ArtifactPanel, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = (Finding(Level.PROBLEM, "no-device", "It needs an Inf1."), Finding(Level.GOOD, "files-whole", "Whole."))
    monkeypatch.setattr(bundles, "check", lambda folder, environment: found)
    done = finished_run(tmp_path)

    async def scene() -> None:
        await shown(panel, done.folder)
        await until(lambda: panel.here.as_text())

    run(scene())
    assert panel.here.as_text().splitlines() == ["✗ It needs an Inf1.", "✓ Whole."]


def test_that_without_a_bundle_the_pane_says_what_will_be_here(panel: ArtifactPanel, tmp_path: Path) -> None:
    panel.show_state(read_state(failed_run(tmp_path).folder))
    assert not panel.files.isVisible()
