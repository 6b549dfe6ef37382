"""Saves, opens and copies what the form asks; files are read and written behind the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from neuron_studio.core.project import Project
from neuron_studio.runs.projects import command_of, open_project, save_project, script_of
from neuron_studio.ui.background import begin, in_thread
from neuron_studio.ui.panels.project_menu import ProjectMenu


class ProjectDesk(QObject):
    """Between the menu and the form: what is asked comes from a function, what was opened is told.

    Signals:
        opened: the Project that was read.
        said: a sentence about what was done.
    """

    opened = Signal(object)
    said = Signal(object)

    def __init__(self, menu: ProjectMenu, project: Callable[[], Project], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project = project
        menu.save_asked.connect(lambda path: begin(self._save(path)))
        menu.open_asked.connect(lambda path: begin(self._open(path)))
        menu.command_asked.connect(lambda text: begin(self._copy(command_of, "The command")))
        menu.script_asked.connect(lambda text: begin(self._copy(script_of, "The Python script")))

    async def _save(self, path: Path) -> None:
        saved = await in_thread(save_project, path, self._project())
        self.said.emit(f"The project was saved to {saved}.")

    async def _open(self, path: Path) -> None:
        self.opened.emit(await in_thread(open_project, path))

    async def _copy(self, text_of: Callable[[Project], str], name: str) -> None:
        QApplication.clipboard().setText(await in_thread(text_of, self._project()))
        self.said.emit(f"{name} is on the clipboard.")
