"""Projects in the window: saved, opened, copied."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from neuron_studio.core.project import Project
from neuron_studio.core.request import Request
from neuron_studio.runs.projects import command_of, open_project, save_project, script_of
from neuron_studio.runs.resources import STARTER_MODEL
from neuron_studio.ui import settings
from neuron_studio.ui.studio import Studio
from neuron_studio.wire.errors import StudioError
from neuron_studio.wire.spec import ModelChoice, SentencePair
from tests.ui.conftest import Desk, Run, until

REQUEST = Request(
    ModelChoice("acme/pairs"), (SentencePair("a", "b", "paraphrase"), SentencePair("c", "d")), family="inf2",
    sequence_length=64, truncation="only_second", compiler_args=("--verbose",),
)  # fmt: skip


async def ready(desk: Desk) -> Studio:
    studio = desk.open()
    await until(studio.bar.start.isEnabled)
    return studio


def test_that_the_form_is_saved_and_opened_whole(desk: Desk, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        studio = await ready(desk)
        theirs = save_project(tmp_path / "theirs", Project(REQUEST, sys.executable))
        studio.project.open_asked.emit(theirs)
        await until(lambda: studio.preparation.readiness.request == REQUEST)
        assert studio.form.settings.truncation.currentData() == "only_second"
        assert studio.form.pairs.model.pairs == REQUEST.pairs
        studio.form.settings.sequence_length.setValue(96)
        studio.project.save_asked.emit(tmp_path / "mine.neuron.json")
        await until((tmp_path / "mine.neuron.json").exists)
        saved = open_project(tmp_path / "mine.neuron.json")
        assert saved == Project(replace(REQUEST, sequence_length=96), sys.executable)

    run(scene())


def test_that_what_was_opened_comes_back_at_the_next_start(desk: Desk, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        studio = await ready(desk)
        studio.project.open_asked.emit(save_project(tmp_path / "theirs", Project(REQUEST)))
        await until(lambda: studio.preparation.readiness.request == REQUEST)
        studio.window.close_now()
        assert settings.load().request == REQUEST

    run(scene())


def test_that_a_project_brings_no_interpreter_that_is_not_offered(desk: Desk, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        studio = await ready(desk)
        studio.project.open_asked.emit(save_project(tmp_path / "theirs", Project(REQUEST, "/tmp/anybodys/python")))
        await until(lambda: "Its Python is not known here" in studio.place.notice._message.text())
        assert studio.preparation.readiness.environment.python == sys.executable

    run(scene())


def test_that_a_file_that_is_no_project_leaves_the_form_as_it_is(
    desk: Desk, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[BaseException] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: told.append(error))
    (tmp_path / "broken.neuron.json").write_text("{")

    async def scene() -> None:
        studio = await ready(desk)
        before = studio.preparation.readiness.request
        studio.project.open_asked.emit(tmp_path / "broken.neuron.json")
        await until(lambda: told)
        assert isinstance(told[0], StudioError)
        assert studio.preparation.readiness.request == before

    run(scene())


def test_that_choices_that_do_not_exist_are_problems_of_the_form(desk: Desk, run: Run, tmp_path: Path) -> None:
    odd = ("family", "backend", "instance", "auto_cast", "auto_cast_type", "truncation")
    numbers = {"neuron_cores": -1, "logical_core_size": 9, "sequence_length": -5, "batch_size": 0, "trace_pair": 7}

    async def scene() -> None:
        studio = await ready(desk)
        for changes in (*({name: "no-such-choice"} for name in odd), *({name: n} for name, n in numbers.items())):
            request = replace(REQUEST, **changes)
            studio.project.open_asked.emit(save_project(tmp_path / "theirs", Project(request)))
            await until(lambda wanted=request: studio.preparation.readiness.request == wanted)
            assert studio.preparation.readiness.problems, changes

    run(scene())


def test_that_the_keys_copy_the_command_and_ask_for_files(desk: Desk, run: Run, qtbot: QtBot) -> None:
    project = Project(Request(ModelChoice(str(STARTER_MODEL))), sys.executable)

    async def scene() -> None:
        studio = await ready(desk)
        studio.window.activateWindow()
        await until(studio.window.isActiveWindow)
        both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        qtbot.keyClick(studio.window, Qt.Key.Key_C, both)
        await until(lambda: QApplication.clipboard().text() == command_of(project))
        studio.project.script_asked.emit("")
        await until(lambda: QApplication.clipboard().text() == script_of(project))
        for key, title in ((Qt.Key.Key_S, "Save the project"), (Qt.Key.Key_O, "Open a project")):
            qtbot.keyClick(studio.window, key, Qt.KeyboardModifier.ControlModifier)
            await until(lambda: studio.project.findChildren(QFileDialog))
            (dialog,) = studio.project.findChildren(QFileDialog)
            assert dialog.windowTitle() == title
            dialog.reject()
            await until(lambda: not studio.project.findChildren(QFileDialog))
            studio.window.activateWindow()
            await until(studio.window.isActiveWindow)

    run(scene())
