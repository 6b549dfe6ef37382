"""What to do and where: start, stop, the reason why not, the environment, and the doctor."""

from __future__ import annotations

import sys

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from neuron_studio.core.environment import Environment
from neuron_studio.core.problem import Problem
from neuron_studio.core.wording import environment_line
from neuron_studio.ui import theme
from neuron_studio.ui.widgets import keys
from neuron_studio.ui.widgets.allowing import allow
from neuron_studio.ui.widgets.elided_combo import ElidedCombo
from neuron_studio.ui.widgets.elided_label import ElidedLabel
from neuron_studio.ui.widgets.fields import buddy
from neuron_studio.ui.widgets.problem_label import ProblemLabel

_START_HINT = "Trace, compare and save (Ctrl+Return)"
_OTHER = "Other interpreter …"


class TopBar(QWidget):
    """The two buttons that matter and the choice of an interpreter.

    Signals:
        start_asked: the text of the button.
        stop_asked: the text of the button.
        environment_chosen: the Environment that the user took.
        interpreter_picked: the path of an interpreter that nobody knows yet.
        doctor_asked: the text of the button.
    """

    start_asked = Signal(object)
    stop_asked = Signal(object)
    environment_chosen = Signal(object)
    interpreter_picked = Signal(object)
    doctor_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._family = "inf1"
        self.start = QPushButton("Compile && Save")
        self.start.setObjectName("compile")
        self.start.setAccessibleName("Compile and save")
        self.start.setToolTip(_START_HINT)
        self.start.clicked.connect(lambda: self.start_asked.emit(self.start.text()))
        keys.in_window(self, "Ctrl+Return", self.start.click)
        keys.in_window(self, "Ctrl+Enter", self.start.click)
        self.stop = QPushButton("Stop")
        self.stop.setObjectName("stop")
        self.stop.setShortcut("Esc")
        self.show_running(False)
        self.stop.clicked.connect(lambda: self.stop_asked.emit(self.stop.text()))
        self.reason = ElidedLabel(tone="quiet")
        self.reason.setObjectName("reason")
        self.reason.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.environment = ElidedCombo()
        self.environment.setObjectName("environment")
        self.environment.setAccessibleName("Environment: the Python that traces")
        self.environment.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.environment.addItem("Looking for Python environments …", None)
        self.environment.addItem(_OTHER, None)
        self.environment.activated.connect(self._on_environment_activated)
        self.doctor = QPushButton("Doctor …")
        self.doctor.setAccessibleName("Check environments and machine")
        self.doctor.setToolTip("What is wrong here, and the command that mends it")
        self.doctor.clicked.connect(lambda: self.doctor_asked.emit(self.doctor.text()))
        self.problem = ProblemLabel("environment")
        self._arrange()
        self._colour()

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE)
        row.addWidget(self.start)
        row.addWidget(self.stop)
        row.addWidget(self.reason, stretch=4)
        row.addWidget(buddy("&Environment", self.environment))
        row.addWidget(self.environment, stretch=5)
        row.addWidget(self.doctor)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.TIGHT)
        layout.addLayout(row)
        layout.addWidget(self.problem)
        self.start.setFont(theme.bold_font())

    @property
    def environments(self) -> tuple[Environment, ...]:
        """The environments that are offered, in order."""
        offered = (self.environment.itemData(row) for row in range(self.environment.count()))
        return tuple(environment for environment in offered if environment is not None)

    def offer(self, environment: Environment) -> None:
        """Offer one more interpreter; one that is offered already is brought up to date."""
        for row in range(self.environment.count()):
            known = self.environment.itemData(row)
            if known is not None and known.python == environment.python:
                self.environment.setItemData(row, environment)
                self._write(row)
                return
        if self.environment.itemData(0) is None:
            self.environment.removeItem(0)
        row = self.environment.count() - 1
        self.environment.insertItem(row, "", environment)
        self._write(row)

    def show_environment(self, environment: Environment) -> None:
        """Show which one is used."""
        for row in range(self.environment.count()):
            known = self.environment.itemData(row)
            if known is not None and known.python == environment.python:
                self.environment.setCurrentIndex(row)

    def show_none_found(self) -> None:
        """Say that the search ended without anything."""
        if not self.environments:
            self.environment.setItemText(0, "No Python with torch and transformers was found")

    def show_family(self, family: str) -> None:
        """Say for this chip family what each environment can do."""
        if family != self._family:
            self._family = family
            for row in range(self.environment.count()):
                self._write(row)

    def show_readiness(self, can_start: bool, reason: str, problems: tuple[Problem, ...]) -> None:
        """Allow a start, or say why not."""
        allow(self.start, can_start, _START_HINT, reason)
        self.reason.say(reason, "quiet" if can_start or not problems else "danger")
        self.start.setAccessibleDescription(reason)
        self.problem.show_problems(problems)

    def show_running(self, running: bool) -> None:
        """Allow to stop what runs."""
        allow(self.stop, running, "Stop the run (Esc)", "No run goes on")

    def show_stopping(self) -> None:
        """Allow no second stop while the first is obeyed."""
        allow(self.stop, False, "", "The run is being stopped")

    def _write(self, row: int) -> None:
        environment = self.environment.itemData(row)
        if environment is not None:
            self.environment.setItemText(row, environment_line(environment, sys.executable, self._family))
            self.environment.setItemData(row, environment.python, Qt.ItemDataRole.ToolTipRole)

    def _on_environment_activated(self, row: int) -> None:
        environment = self.environment.itemData(row)
        if environment is not None:
            self.environment_chosen.emit(environment)
        elif self.environment.itemText(row) == _OTHER:
            self._ask_for_interpreter()

    def _ask_for_interpreter(self) -> None:
        self.environment.setCurrentIndex(0)
        dialog = QFileDialog(self, "Choose the Python of an environment")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        # A virtual environment's Python is a link, and what it links to is another environment.
        dialog.setOption(QFileDialog.Option.DontResolveSymlinks)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.interpreter_picked.emit)
        dialog.open()

    def _colour(self) -> None:
        tones = theme.tones(QApplication.palette())
        palette = QApplication.palette()
        active = QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive
        for group in active:
            palette.setColor(group, QPalette.ColorRole.Button, theme.button_ground(QColor(tones.accent)))
            palette.setColor(group, QPalette.ColorRole.ButtonText, QColor(tones.on_accent))
        self.start.setPalette(palette)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._colour()
        super().changeEvent(event)
