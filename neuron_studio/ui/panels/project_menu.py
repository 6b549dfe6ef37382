"""The form as a file, a command or a script: one button with a menu, and keys for most of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton, QWidget

from neuron_studio.runs.projects import SUFFIX

_FILTERS = [f"Projects (*{SUFFIX})", "All files (*)"]


class ProjectMenu(QPushButton):
    """Asks for files where they are needed, and leaves the work to others.

    Signals:
        save_asked: the Path to save the form to.
        open_asked: the Path to open.
        command_asked: the text of the menu's entry.
        script_asked: the text of the menu's entry.
    """

    save_asked = Signal(object)
    open_asked = Signal(object)
    command_asked = Signal(object)
    script_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Pro&ject", parent)
        self.setObjectName("project")
        self.setAccessibleName("Project: save, open, copy as a command or a script")
        self.setToolTip("Save what is asked, open it again, or take it to a terminal")
        menu = QMenu(self)
        self._add(menu, "&Save …", "Ctrl+S", self._ask_where_to_save)
        self._add(menu, "&Open …", "Ctrl+O", self._ask_what_to_open)
        menu.addSeparator()
        self._add(menu, "Copy as &command", "Ctrl+Shift+C", lambda: self.command_asked.emit("Copy as command"))
        self._add(menu, "Copy as &Python script", "", lambda: self.script_asked.emit("Copy as Python script"))
        self.setMenu(menu)
        # Opened by its letter, Qt forgets to paint the button again once its menu is closed.
        menu.aboutToHide.connect(lambda: QTimer.singleShot(0, self, self.update))

    def _add(self, menu: QMenu, text: str, keys: str, act: Callable[[], object]) -> None:
        action = QAction(text, self)
        action.setShortcut(keys)
        action.triggered.connect(lambda: act())
        menu.addAction(action)
        # A menu that is not open has no keys; the button, which is in sight, has.
        self.addAction(action)

    def _ask_where_to_save(self) -> None:
        dialog = QFileDialog(self, "Save the project")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(SUFFIX.removeprefix("."))
        self._open(dialog, self.save_asked)

    def _ask_what_to_open(self) -> None:
        dialog = QFileDialog(self, "Open a project")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._open(dialog, self.open_asked)

    def _open(self, dialog: QFileDialog, asked: Signal) -> None:
        dialog.setNameFilters(_FILTERS)
        dialog.fileSelected.connect(lambda path: asked.emit(Path(path)))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
