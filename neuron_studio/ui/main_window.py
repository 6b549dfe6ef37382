"""The main window: places the panels, keeps its geometry, knows no rule about runs."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QMessageBox,
    QPushButton,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from neuron_studio.ui import theme
from neuron_studio.ui.keys_dialog import KeysDialog
from neuron_studio.ui.panels.project_menu import ProjectMenu
from neuron_studio.ui.panels.top_bar import TopBar
from neuron_studio.ui.request_form import RequestForm
from neuron_studio.ui.run_view import RunView
from neuron_studio.ui.widgets import keys
from neuron_studio.ui.widgets.error_card import ErrorCard
from neuron_studio.ui.widgets.focus_ring import FocusRing
from neuron_studio.ui.widgets.following import follow_font
from neuron_studio.ui.widgets.notice import Notice
from neuron_studio.ui.widgets.screen_size import fit_screen
from neuron_studio.ui.widgets.stage_strip import StageStrip

TITLE = "Neuron Studio"
_SIZE = (1180, 760)
_SPLIT = (430, 750)
_NARROWEST_RUN = 400
_GOES_ON = "The run goes on in the background; start neuron-studio again to see it."


class MainWindow(QMainWindow):
    """One window, no wizard.

    Signals:
        painted: the title of the window, once, after it could first be seen.
        closed: the title of the window, when it has been closed.
        activated: the title of the window, whenever its user comes back to it.
    """

    painted = Signal(object)
    closed = Signal(object)
    activated = Signal(object)

    def __init__(self, top_bar: TopBar, project: ProjectMenu, form: RequestForm, run_view: RunView) -> None:
        super().__init__()
        self.top_bar, self.project, self.form, self.run_view = top_bar, project, form, run_view
        self.notice, self.card, self.strip = Notice(), ErrorCard(), StageStrip()
        self.notice.setObjectName("notice")
        self.card.setObjectName("error")
        self.help = QPushButton("Keys …")
        self.help.setAccessibleName("Show all keys")
        self.help.setToolTip("Everything that can be done by keyboard (F1)")
        self.help.clicked.connect(self._show_keys)
        self._keys: KeysDialog | None = None
        self._leaves_run: Callable[[], bool] = lambda: False
        self._was_painted = False
        self._may_close = False
        self.setWindowTitle(TITLE)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(form)
        self.splitter.addWidget(_scrolling(run_view))
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 2)
        self._arrange()
        self.splitter.setSizes(list(_SPLIT))
        self._set_tab_order()
        FocusRing(self)
        for shortcut in ("F1", "Ctrl+/"):
            keys.in_window(self, shortcut, self._show_keys)
        keys.in_window(self, "Ctrl+Q", self.close)
        follow_font(self, self._widen_form)

    def _arrange(self) -> None:
        head = QVBoxLayout()
        head.setContentsMargins(theme.WIDE, theme.SPACE, theme.WIDE, 0)
        head.setSpacing(theme.SPACE)
        bar = QHBoxLayout()
        bar.setSpacing(theme.SPACE)
        bar.addWidget(self.top_bar, stretch=1)
        for button in (self.project, self.help):
            bar.addWidget(button, alignment=Qt.AlignmentFlag.AlignTop)
        head.addLayout(bar)
        for widget in (self.notice, self.card):
            head.addWidget(widget)
        foot = QVBoxLayout()
        foot.setContentsMargins(theme.WIDE, 0, theme.WIDE, theme.SPACE)
        foot.addWidget(self.strip)
        middle = QWidget()
        layout = QVBoxLayout(middle)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE)
        layout.addLayout(head)
        layout.addWidget(self.splitter, stretch=1)
        layout.addLayout(foot)
        self.setCentralWidget(middle)

    def _set_tab_order(self) -> None:
        bar, form = self.top_bar, self.form
        # Down each column, as one reads. Only where Qt would go another way does it need telling.
        stops = [bar.start, bar.stop, bar.environment, bar.doctor, self.project, self.help, form.picker.line]
        for before, after in pairwise(stops):
            self.setTabOrder(before, after)
        # The first field; a button that is not ready yet would pass the focus on to a neighbour.
        form.picker.line.setFocus()

    def guard_closing(self, leaves_run: Callable[[], bool]) -> None:
        """Ask here, before the window closes, whether a run is left behind."""
        self._leaves_run = leaves_run

    def close_now(self) -> None:
        """Close without a question."""
        self._may_close = True
        self.close()

    def show_geometry(self, geometry: tuple[int, ...], splitter: tuple[int, ...]) -> None:
        """Be as large as the window was last, or large enough at first, as far as the screen allows."""
        width, height = geometry if len(geometry) == 2 else _SIZE
        fit_screen(self, width, height)
        if len(splitter) == 2 and min(splitter) > 0:
            self.splitter.setSizes(list(splitter))

    def geometry_now(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The window's size and how it is divided."""
        return (self.width(), self.height()), tuple(self.splitter.sizes())

    def show_title(self, prefix: str) -> None:
        """Say in the title what is going on, for those who look at the task bar."""
        self.setWindowTitle(f"{prefix} – {TITLE}" if prefix else TITLE)

    def _show_keys(self) -> None:
        if self._keys is None:
            self._keys = KeysDialog(self)
        self._keys.open_or_raise()

    def _widen_form(self) -> None:
        form, run = self.splitter.sizes()
        lacking = min(self.form.needed_width - form, run - _NARROWEST_RUN)
        if lacking > 0:
            self.splitter.setSizes([form + lacking, run - lacking])

    def _ask_to_close(self) -> None:
        question = QMessageBox(self)
        question.setObjectName("closing")
        question.setIcon(QMessageBox.Icon.Information)
        question.setText(_GOES_ON)
        close = question.addButton("Close the window", QMessageBox.ButtonRole.AcceptRole)
        stay = question.addButton("Stay", QMessageBox.ButtonRole.RejectRole)
        question.setDefaultButton(close)
        question.setEscapeButton(stay)
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        close.clicked.connect(self.close_now)
        question.open()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self, lambda: self.painted.emit(TITLE))
        elif event.type() == QEvent.Type.WindowActivate:
            self.activated.emit(TITLE)
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            theme.follow(QApplication.instance())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._widen_form()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._leaves_run() and not self._may_close:
            event.ignore()
            self._ask_to_close()
            return
        event.accept()
        # What was changed a moment ago may take a while to write down.
        self.hide()
        self.closed.emit(TITLE)


def _scrolling(view: RunView) -> QScrollArea:
    # With a large font a panel may need more than a small screen has; the window still has to fit it.
    area = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
    area.setObjectName("run-area")
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setAccessibleName("The run that is shown")
    area.setMinimumWidth(_NARROWEST_RUN)
    area.setWidget(view)
    return area
