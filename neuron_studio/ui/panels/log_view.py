"""The log of the run that is shown: live, searchable, never in the way."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from neuron_studio.core.counting import counted
from neuron_studio.core.log_level import LogLevel
from neuron_studio.core.run_state import RunState
from neuron_studio.core.wording import bytes_text
from neuron_studio.ui import theme
from neuron_studio.ui.background import begin, in_thread
from neuron_studio.ui.display_pace import DisplayPace
from neuron_studio.ui.models.filtered_log import FilteredLog
from neuron_studio.ui.models.log_file import LogFile
from neuron_studio.ui.models.log_reader import LogReader
from neuron_studio.ui.models.saved_log import save_lines
from neuron_studio.ui.widgets import keys
from neuron_studio.ui.widgets.elided_combo import ElidedCombo
from neuron_studio.ui.widgets.elided_label import ElidedLabel
from neuron_studio.ui.widgets.empty_page import EmptyPage
from neuron_studio.ui.widgets.log_page import LogPage
from neuron_studio.wire.run_folder import RunFolder

# A flood repaints the whole page each time, and nobody reads it: it gets fewer turns, and still fewer far away.
_REST_MS = 250
_REST_IN_FLOOD_MS = 1000
_REST_IN_FRUGAL_FLOOD_MS = 4000

# Before anything is known of the display.
_ROWS_AT_FIRST = 8

_NOTHING_YET = (
    "What the model, the compiler and the runtime write while a run goes on stands here, line by line, "
    "to be searched, copied and saved."
)
_LEVELS = {"All lines": LogLevel.ANY, "Warnings and errors": LogLevel.WARNING, "Errors": LogLevel.ERROR}


class LogView(QWidget):
    """A toolbar over the page; while it is hidden nothing is drawn, and what comes is drawn at the display's pace."""

    def __init__(self, pace: DisplayPace | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pace = pace or DisplayPace()
        self._reader = LogReader(self)
        self._reader.grown.connect(self._on_reader_grown)
        self._file: LogFile | None = None
        self._shown: LogFile | FilteredLog | None = None
        self._is_filtering = self._has_news = False
        self._drawing = QTimer(self, singleShot=True)
        self._drawing.timeout.connect(lambda: self._pace.draw("log", self._draw))
        self._rest_ms, self._drawn = _REST_MS, 0.0
        self._rows = _ROWS_AT_FIRST
        self.page = LogPage()
        self.page.setAccessibleName("Log of the run")
        self.page.setObjectName("log-page")
        self._follow = QCheckBox("Fo&llow the end", checked=True)
        self._follow.toggled.connect(self.page.set_following)
        self.page.following_changed.connect(self._follow.setChecked)
        self._wanted = QLineEdit(placeholderText="Find in the log", clearButtonEnabled=True)
        self._wanted.setAccessibleName("Find in the log")
        self._wanted.returnPressed.connect(self.find_next)
        self._only = QCheckBox("Only lines with it")
        self._level = ElidedCombo()
        self._level.addItems(list(_LEVELS))
        self._level.setAccessibleName("Which lines to show")
        self._only.toggled.connect(self._filter)
        self._level.currentIndexChanged.connect(self._filter)
        self._wanted.textChanged.connect(lambda text: self._only.isChecked() and self._filter_later.start())
        self._filter_later = QTimer(self, singleShot=True, interval=_REST_MS)
        self._filter_later.timeout.connect(self._filter)
        self._counted = ElidedLabel("", "quiet")
        # A count that changes its width must not move what stands beside it: all of that would be painted again.
        self._counted.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._arrange()

    def _arrange(self) -> None:
        previous, following = QToolButton(text="Previous"), QToolButton(text="&Next")
        previous.setAccessibleName("Previous place with this text")
        following.setAccessibleName("Next place with this text")
        previous.clicked.connect(self.find_previous)
        following.clicked.connect(self.find_next)
        copy, save = QToolButton(text="Copy"), QToolButton(text="Save …")
        copy.setToolTip("Copy the selected lines, or all of them")
        save.setToolTip("Write the lines that are shown into a file")
        copy.clicked.connect(self.copy)
        save.clicked.connect(self._ask_where_to_save)
        log = QWidget()
        layout = QVBoxLayout(log)
        layout.setContentsMargins(theme.SPACE, theme.SPACE, theme.SPACE, theme.SPACE)
        layout.setSpacing(theme.TIGHT)
        for widgets, stretched in (
            ((self._wanted, previous, following, self._only), self._wanted),
            ((self._level, self._follow, self._counted, copy, save), self._counted),
        ):
            bar = QHBoxLayout()
            bar.setSpacing(theme.SPACE)
            for widget in widgets:
                bar.addWidget(widget, stretch=1 if widget is stretched else 0)
            layout.addLayout(bar)
        layout.addWidget(self.page, stretch=1)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(EmptyPage("No log yet", _NOTHING_YET))
        self._pages.addWidget(log)
        standard = QKeySequence.StandardKey
        keys.in_widget(self, standard.Find, self._wanted.setFocus, with_children=True)
        keys.in_widget(self, standard.FindNext, self.find_next, with_children=True)
        keys.in_widget(self, standard.FindPrevious, self.find_previous, with_children=True)
        keys.in_widget(self.page, standard.Copy, self.copy)
        keys.in_widget(self.page, standard.SelectAll, self.page.select_all)

    def show_folder(self, folder: RunFolder | None) -> None:
        """Show the log of another run."""
        self._pages.setCurrentIndex(0 if folder is None else 1)
        if folder is None:
            self._reader.leave()
        self._file = self._reader.follow(folder.log_file) if folder else None
        self._counted.say("")
        self._filter()

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
        if self._shown is not None:
            first, last = self.page.selection or (0, self._shown.count - 1)
            begin(self._copy(self._shown, first, last))

    async def _copy(self, log: LogFile | FilteredLog, first: int, last: int) -> None:
        QApplication.clipboard().setText(await in_thread(log.text, first, last))

    def _ask_where_to_save(self) -> None:
        if self._shown is None:
            return
        dialog = QFileDialog(self, "Save the lines that are shown")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("txt")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: begin(self.save(Path(path))))
        dialog.open()

    async def save(self, path: Path) -> None:
        """Write the lines that are shown into a file; what fails leaves an older file as it is."""
        log = self._shown
        if log is not None:
            await in_thread(save_lines, log, path)
            self._counted.say(f"saved into {path.name}", "good")

    def _begin_find(self, backwards: bool) -> None:
        if self._shown is not None and self._wanted.text():
            here = self.page.selection
            start = self.page.top if here is None else here[0] - 1 if backwards else here[1] + 1
            begin(self._find(self._shown, self._wanted.text(), start, backwards))

    async def _find(self, log: LogFile | FilteredLog, text: str, start: int, backwards: bool) -> None:
        line = await in_thread(log.find, text, start, backwards)
        if line is None:
            # Once around: from the other end.
            line = await in_thread(log.find, text, log.count - 1 if backwards else 0, backwards)
        if log is not self._shown:
            return
        if line is None:
            self._counted.say("not found", "warning")
        else:
            self.page.go_to(line)
            self._count()

    def _filter(self) -> None:
        """Show all lines, or those that are asked for; the selected line stays in sight where it can."""
        file, text, level = self._file, self._wanted.text(), _LEVELS[self._level.currentText()]
        text = text if self._only.isChecked() else ""
        before, selection = self._shown, self.page.selection
        self._shown = file if file is None or not (text or level) else FilteredLog(file, text, level)
        self.page.show_file(self._shown)
        if not self.isVisible():
            return
        self._draw()
        was_part_of_it = isinstance(before, FilteredLog) and before.source is file and self._shown is file
        if was_part_of_it and selection is not None:
            self.page.go_to(before.number(selection[0]))
        self._look_on()

    def _look_on(self) -> None:
        # What comes while a look is on its way to its end must not be missed by it.
        self._has_news = True
        if isinstance(self._shown, FilteredLog) and not self._is_filtering:
            self._is_filtering = True
            begin(self._look_through())

    async def _look_through(self) -> None:
        try:
            while isinstance(self._shown, FilteredLog):
                self._has_news = False
                has_grown = await in_thread(self._shown.grow)
                if not has_grown and not self._has_news:
                    break
                self._draw_soon()
        finally:
            self._is_filtering = False
        self._draw_soon()

    def _on_reader_grown(self, file: LogFile) -> None:
        if file is self._file and self.isVisible():
            self._look_on()
            self._draw_soon()

    def _draw_soon(self) -> None:
        if self.isVisible() and not self._drawing.isActive():
            waited_ms = (time.monotonic() - self._drawn) * 1000
            self._drawing.start(max(0, int(self._rest_ms - waited_ms)))

    def _draw(self) -> None:
        self._drawn = time.monotonic()
        self._rows = self._pace.share(self.page.rows, self._rows)
        is_flood = self.page.show_growth(self._rows) > self.page.rows
        in_flood = _REST_IN_FRUGAL_FLOOD_MS if self._pace.is_frugal else _REST_IN_FLOOD_MS
        self._rest_ms = in_flood if is_flood else _REST_MS
        self._count()
        if self.page.is_turning:
            self._pace.draw("log", self._draw)

    def _count(self) -> None:
        file, log = self._file, self._shown
        if file is not None and log is not None:
            part = "" if log is file else f"{log.count:,} of "
            self._counted.say(f"{part}{counted(file.count, 'line')} · {bytes_text(file.size)}", "quiet")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look_on()
        self._draw()
