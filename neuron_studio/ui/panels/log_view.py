"""The log of the run that is shown: live, searchable, never in the way."""

from __future__ import annotations

import time

from PySide6.QtCore import QTimer
from PySide6.QtGui import QKeySequence, QShowEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from neuron_studio.core.counting import counted
from neuron_studio.core.run_state import RunState
from neuron_studio.core.wording import bytes_text
from neuron_studio.ui import theme
from neuron_studio.ui.background import begin, in_thread
from neuron_studio.ui.models.log_file import LogFile
from neuron_studio.ui.models.log_reader import LogReader
from neuron_studio.ui.widgets import keys
from neuron_studio.ui.widgets.log_page import LogPage
from neuron_studio.ui.widgets.tone_label import ToneLabel
from neuron_studio.wire.run_folder import RunFolder

# A flood repaints the whole page each time, so it gets fewer turns.
_REST_MS = 250
_REST_IN_FLOOD_MS = 1000


class LogView(QWidget):
    """A toolbar over the page; while it is hidden nothing is drawn."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reader = LogReader(self)
        self._reader.grown.connect(self._on_reader_grown)
        self._file: LogFile | None = None
        self._drawing = QTimer(self, singleShot=True)
        self._drawing.timeout.connect(self._draw)
        self._rest_ms, self._drawn = _REST_MS, 0.0
        self.page = LogPage()
        self.page.setAccessibleName("Log of the run")
        self.page.setObjectName("log-page")
        self._follow = QCheckBox("Fo&llow the end", checked=True)
        self._follow.toggled.connect(self.page.set_following)
        self.page.following_changed.connect(self._follow.setChecked)
        self._wanted = QLineEdit(placeholderText="Find in the log", clearButtonEnabled=True)
        self._wanted.setAccessibleName("Find in the log")
        self._wanted.returnPressed.connect(self.find_next)
        self._counted = ToneLabel("", "quiet")
        self._arrange()

    def _arrange(self) -> None:
        previous, following = QToolButton(text="Previous"), QToolButton(text="&Next")
        previous.setAccessibleName("Previous place with this text")
        following.setAccessibleName("Next place with this text")
        previous.clicked.connect(self.find_previous)
        following.clicked.connect(self.find_next)
        copy = QToolButton(text="Copy")
        copy.setToolTip("Copy the selected lines, or all of them")
        copy.clicked.connect(self.copy)
        bar = QHBoxLayout()
        bar.setSpacing(theme.SPACE)
        for widget in (self._wanted, previous, following, self._follow, copy):
            bar.addWidget(widget, stretch=1 if widget is self._wanted else 0)
        bar.addWidget(self._counted)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.SPACE, theme.SPACE, theme.SPACE, theme.SPACE)
        layout.setSpacing(theme.SPACE)
        layout.addLayout(bar)
        layout.addWidget(self.page, stretch=1)
        standard = QKeySequence.StandardKey
        keys.in_widget(self, standard.Find, self._wanted.setFocus, with_children=True)
        keys.in_widget(self, standard.FindNext, self.find_next, with_children=True)
        keys.in_widget(self, standard.FindPrevious, self.find_previous, with_children=True)
        keys.in_widget(self.page, standard.Copy, self.copy)
        keys.in_widget(self.page, standard.SelectAll, self.page.select_all)

    def show_folder(self, folder: RunFolder | None) -> None:
        """Show the log of another run."""
        if folder is None:
            self._reader.leave()
        self._file = self._reader.follow(folder.log_file) if folder else None
        self.page.show_file(self._file)
        self._counted.say("")

    def show_state(self, state: RunState | None) -> None:
        """A run that is over writes no more."""
        if state is not None and state.is_over:
            self._reader.expect_no_more()

    def close_file(self) -> None:
        """Leave the file alone for good."""
        self._reader.leave()

    def find_next(self) -> None:
        """Go to the next line that holds the wanted text."""
        self._begin_find(backwards=False)

    def find_previous(self) -> None:
        """Go to the line before that holds the wanted text."""
        self._begin_find(backwards=True)

    def copy(self) -> None:
        """Copy the selected lines, or the whole log, once they are read."""
        if self._file is not None:
            first, last = self.page.selection or (0, self._file.count - 1)
            begin(self._copy(self._file, first, last))

    async def _copy(self, file: LogFile, first: int, last: int) -> None:
        QApplication.clipboard().setText(await in_thread(file.text, first, last))

    def _begin_find(self, backwards: bool) -> None:
        if self._file is not None and self._wanted.text():
            here = self.page.selection
            start = self.page.top if here is None else here[0] - 1 if backwards else here[1] + 1
            begin(self._find(self._file, self._wanted.text(), start, backwards))

    async def _find(self, file: LogFile, text: str, start: int, backwards: bool) -> None:
        line = await in_thread(file.find, text, start, backwards)
        if line is None:
            # Once around: from the other end.
            line = await in_thread(file.find, text, file.count - 1 if backwards else 0, backwards)
        if file is not self._file:
            return
        if line is None:
            self._counted.say("not found", "warning")
        else:
            self.page.go_to(line)
            self._count()

    def _on_reader_grown(self, file: LogFile) -> None:
        if file is self._file and self.isVisible() and not self._drawing.isActive():
            waited_ms = (time.monotonic() - self._drawn) * 1000
            self._drawing.start(max(0, int(self._rest_ms - waited_ms)))

    def _draw(self) -> None:
        self._drawn = time.monotonic()
        is_flood = self.page.show_growth() > self.page.rows
        self._rest_ms = _REST_IN_FLOOD_MS if is_flood else _REST_MS
        self._count()

    def _count(self) -> None:
        if self._file is not None:
            count = self._file.count
            self._counted.say(f"{counted(count, 'line')} · {bytes_text(self._file.size)}", "quiet")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._draw()
