"""What a run left behind: the bundle, its files, its proof, and how to use it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QApplication,
    QFormLayout,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from neuron_studio.core.run_state import RunState
from neuron_studio.core.wording import bytes_text, infer_command
from neuron_studio.runs import bundles, environments
from neuron_studio.ui import theme
from neuron_studio.ui.background import begin, in_thread
from neuron_studio.ui.widgets.elided_label import ElidedLabel
from neuron_studio.ui.widgets.empty_page import EmptyPage
from neuron_studio.ui.widgets.finding_list import FindingList
from neuron_studio.ui.widgets.following import follow_font
from neuron_studio.ui.widgets.tone_label import ToneLabel
from neuron_studio.wire.errors import StudioError
from neuron_studio.wire.findings import Finding, Level

_NOTHING_YET = (
    "A run that ends well leaves a folder here that loads without Neuron Studio: the traced model, "
    "its tokenizer, golden inputs and logits, a manifest, a report, and a script that judges two sentences."
)
_JUDGED_ANOTHER = "This run judged a saved bundle again, left it as it is, and wrote none itself."


def _files_in(folder: Path) -> tuple[tuple[str, int], ...]:
    return tuple((path.name, path.stat().st_size) for path in sorted(folder.iterdir()) if path.is_file())


def _check(folder: Path, python: str) -> tuple[Finding, ...]:
    return bundles.check(folder, environments.probe(python))


class ArtifactPanel(QWidget):
    """Shows the bundle of the run that is shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state: RunState | None = None
        self._path: str | None = None
        self._command = ""
        self.verified = ToneLabel()
        follow_font(self, lambda: self.verified.setFont(theme.headline_font(self.font())))
        self.verified.setWordWrap(True)
        self.path = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self.model_file = ElidedLabel()
        self.sha256 = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self.sha256.setFont(theme.number_font())
        self.command = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self.command.setFont(theme.number_font())
        self.hint = ElidedLabel(tone="warning")
        self.files = QPlainTextEdit(readOnly=True)
        self.files.setFont(theme.number_font())
        self.files.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.files.setTabChangesFocus(True)
        self.files.setAccessibleName("Files of the bundle")
        self.here = FindingList("Whether the bundle can be used here")
        self._arrange()

    def _arrange(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(theme.WIDE)
        form.setVerticalSpacing(theme.SPACE)
        for name, widget in (("Folder", self.path), ("Model file", self.model_file), ("SHA-256", self.sha256),
                             ("Judge a pair", self.command)):  # fmt: skip
            form.addRow(ToneLabel(name, "quiet"), widget)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.SPACE)
        for text, slot in (("Open folder", self.open_folder), ("Open report", self.open_report),
                           ("Copy path", self.copy_path), ("Copy command", self.copy_command)):  # fmt: skip
            button = QPushButton(text)
            button.clicked.connect(slot)
            buttons.addWidget(button)
        buttons.addWidget(self.hint, stretch=1)
        bundle = QWidget()
        layout = QVBoxLayout(bundle)
        layout.setContentsMargins(theme.SPACE, theme.SPACE, theme.SPACE, theme.SPACE)
        layout.setSpacing(theme.SPACE)
        layout.addWidget(self.verified)
        layout.addLayout(form)
        layout.addLayout(buttons)
        layout.addWidget(self.files, stretch=3)
        layout.addWidget(ToneLabel("On this machine", "quiet"))
        layout.addWidget(self.here, stretch=2)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(EmptyPage("No bundle yet", _NOTHING_YET))
        self._pages.addWidget(bundle)
        self._pages.addWidget(EmptyPage("No bundle of its own", _JUDGED_ANOTHER))

    def show_state(self, state: RunState | None) -> None:
        """Show a run's bundle, once it is whole."""
        bundle = state.bundle if state else None
        self._state = state
        judges_another = state is not None and state.spec.bundle is not None
        self._pages.setCurrentIndex(1 if bundle is not None else 2 if judges_another else 0)
        if bundle is None or state is None:
            self._path = None
            return
        if bundle.verified:
            self.verified.say("✓ Reproduced: a fresh process gave the same logits", "good")
        else:
            self.verified.say("– Not verified: it has not been loaded by a fresh process", "warning")
        self.path.say(bundle.path)
        kind = "EMULATED, a rehearsal and not for a device" if state.emulated else "for " + state.spec.target.family
        self.model_file.say(f"{bundle.model_file}   {bytes_text(bundle.bytes)}   {kind}")
        self.sha256.say(bundle.sha256)
        self._command = infer_command(state.spec.python, bundle.path, state.spec.pairs[state.spec.trace_pair])
        self.command.say(self._command)
        if bundle.path != self._path:
            self._path = bundle.path
            self.hint.say("")
            self.files.setPlainText("")
            self.here.show_findings(())
            begin(self._list_files(bundle.path))
            begin(self._check(bundle.path, state.spec.python))

    async def _list_files(self, path: str) -> None:
        try:
            files = await in_thread(_files_in, Path(path))
        except OSError as error:
            text = f"The folder cannot be read any more: {error.strerror}."
        else:
            width = max((len(name) for name, _ in files), default=0)
            text = "\n".join(f"{name:{width}}   {bytes_text(size):>9}" for name, size in files)
        if path == self._path:
            self.files.setPlainText(text)

    async def _check(self, path: str, python: str) -> None:
        try:
            found = await in_thread(_check, Path(path), python)
        except StudioError as error:
            found = (Finding(Level.PROBLEM, error.code, error.message, error.remedy),)
        except OSError as error:
            found = (Finding(Level.PROBLEM, "bundle-lost", f"It cannot be read any more: {error.strerror}."),)
        if path == self._path:
            self.here.show_findings(found)

    def open_folder(self) -> None:
        """Show the bundle in the desktop's file manager."""
        self._open(Path(self._path or ""))

    def open_report(self) -> None:
        """Show the report in the browser."""
        self._open(Path(self._path or "") / "report.html")

    def copy_path(self) -> None:
        """Copy the bundle's place."""
        QApplication.clipboard().setText(self._path or "")

    def copy_command(self) -> None:
        """Copy the command that judges a pair with the bundle."""
        QApplication.clipboard().setText(self._command)

    def _open(self, path: Path) -> None:
        opened = QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
        self.hint.say("" if opened else "No program opens it here; its path is in the clipboard.")
        if not opened:
            QApplication.clipboard().setText(str(path))
