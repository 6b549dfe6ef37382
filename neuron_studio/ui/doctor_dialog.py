"""The doctor's dialog: what was found here, what mends it, and a report to send."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from neuron_studio.core.doctor import Examination
from neuron_studio.core.finding_words import LEVEL_SIGNS, count_line, gravest
from neuron_studio.runs import doctor
from neuron_studio.runs.whole_file import write_whole
from neuron_studio.ui import theme
from neuron_studio.ui.background import begin, in_thread
from neuron_studio.ui.widgets.allowing import allow
from neuron_studio.ui.widgets.finding_list import LEVEL_TONES, FindingList
from neuron_studio.ui.widgets.following import follow_font
from neuron_studio.ui.widgets.screen_size import fit_screen
from neuron_studio.ui.widgets.tone_label import ToneLabel

_SIZE = (760, 560)
_REPORT_NAME = "neuron-studio-report.txt"


class DoctorDialog(QDialog):
    """Shows findings as they come, beside the window and never before it; there is one of it.

    Signals:
        seen: an Examination, as far as it has come.
    """

    seen = Signal(object)

    def __init__(
        self,
        examinations: Callable[[], Iterator[Examination]] = doctor.examinations,
        report: Callable[[Examination], str] = doctor.report,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._examinations, self._report = examinations, report
        self._examination: Examination | None = None
        self._is_looking = False
        self.setWindowTitle("Environments and machine")
        self.setObjectName("doctor")
        self.headline = ToneLabel()
        follow_font(self, lambda: self.headline.setFont(theme.headline_font(self.font())))
        self.note = ToneLabel(tone="quiet")
        self.note.setWordWrap(True)
        self.findings = FindingList("What was found")
        self.again = QPushButton("Look again")
        self.copy = QPushButton("Copy report")
        self.save = QPushButton("Save report …")
        self.leave = QPushButton("Close")
        self.again.clicked.connect(self._look)
        self.copy.clicked.connect(lambda: begin(self._copy_report()))
        self.save.clicked.connect(self._ask_for_file)
        self.leave.clicked.connect(self.close)
        self.seen.connect(self._on_seen)
        self._arrange()

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.SPACE)
        for button in (self.again, self.copy, self.save):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.leave)
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.SPACE)
        for widget in (self.headline, self.findings, self.note):
            layout.addWidget(widget, stretch=1 if widget is self.findings else 0)
        layout.addLayout(buttons)
        fit_screen(self, *_SIZE)

    def open_or_raise(self) -> None:
        """Show it and look again; where it is open already, bring it to the front as it is."""
        if self.isVisible():
            self.raise_()
            self.activateWindow()
        else:
            self.show()
            self._look()

    def _look(self) -> None:
        if not self._is_looking:
            self._is_looking = True
            self._allow()
            self.headline.say("Looking …", "")
            self.note.say("An environment that was never looked at before takes a minute: its packages are imported.")
            begin(self._look_on_thread())

    async def _look_on_thread(self) -> None:
        try:
            await in_thread(self._tell_all)
        except Exception:
            self.headline.say("✗ The look around broke off", "danger")
            raise
        finally:
            self._is_looking = False
            self._allow()

    def _tell_all(self) -> None:
        for examination in self._examinations():
            try:
                self.seen.emit(examination)
            except RuntimeError:
                return  # the window closed meanwhile, and nobody listens

    def _on_seen(self, examination: Examination) -> None:
        self._examination = examination
        self.findings.show_findings(examination.findings)
        if examination.is_whole:
            worst = gravest(examination.findings)
            count = count_line(examination.findings)
            self.headline.say(f"{LEVEL_SIGNS[worst]} {count.capitalize()}", LEVEL_TONES[worst])
            self.note.say("The report leaves out sentences, tokens and names; read it before you send it.")

    def _allow(self) -> None:
        is_known = not self._is_looking and self._examination is not None
        for button, is_allowed, hint in (
            (self.again, not self._is_looking, "Look at everything once more"),
            (self.copy, is_known, "Copy what was found, to send it to somebody"),
            (self.save, is_known, "Write what was found into a file"),
        ):
            allow(button, is_allowed, hint, "Wait until everything was looked at")

    async def _copy_report(self) -> None:
        QApplication.clipboard().setText(await in_thread(self._report, self._examination))
        self.note.say("The report is on the clipboard; read it before you send it.")

    def _ask_for_file(self) -> None:
        dialog = QFileDialog(self, "Save the report", str(Path.home()))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(_REPORT_NAME)
        dialog.fileSelected.connect(lambda path: begin(self.save_report(Path(path))))
        dialog.open()

    async def save_report(self, path: Path) -> None:
        """Write the report to a file, or say why that is not possible."""
        text = await in_thread(self._report, self._examination)
        try:
            await in_thread(write_whole, path, text.encode("utf-8", "backslashreplace"))
        except OSError as error:
            self.note.say(f"The report cannot be written to {path}: {error.strerror}. Choose another file.", "danger")
            return
        self.note.say(f"The report is in {path}; read it before you send it.", "quiet")
