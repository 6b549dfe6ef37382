"""The main window: places the panels, keeps its geometry, knows no rule about runs."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QMessageBox, QSplitter, QVBoxLayout, QWidget

from neuron_studio.ui import theme
from neuron_studio.ui.panels.project_menu import ProjectMenu
from neuron_studio.ui.panels.top_bar import TopBar
from neuron_studio.ui.request_form import RequestForm
from neuron_studio.ui.run_view import RunView
from neuron_studio.ui.widgets.error_card import ErrorCard
from neuron_studio.ui.widgets.notice import Notice
from neuron_studio.ui.widgets.stage_strip import StageStrip

TITLE = "Neuron Studio"
_SIZE = (1180, 760)
_SPLIT = (430, 750)
# The frame that a window manager puts around a window is not known before it is shown.
_FRAME = (2, 30)
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
        self._leaves_run: Callable[[], bool] = lambda: False
        self._was_painted = False
        self._may_close = False
        self.setWindowTitle(TITLE)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(form)
        self.splitter.addWidget(run_view)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 2)
        self._arrange()
        self.splitter.setSizes(list(_SPLIT))
        self._set_tab_order()

    def _arrange(self) -> None:
        head = QVBoxLayout()
        head.setContentsMargins(theme.WIDE, theme.SPACE, theme.WIDE, 0)
        head.setSpacing(theme.SPACE)
        bar = QHBoxLayout()
        bar.setSpacing(theme.SPACE)
        bar.addWidget(self.top_bar, stretch=1)
        bar.addWidget(self.project, alignment=Qt.AlignmentFlag.AlignTop)
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
        bar, form, view = self.top_bar, self.form, self.run_view
        order = [
            bar.start,
            bar.stop,
            bar.environment,
            form.picker.line,
            form.pairs.table,
            form.settings.target,
            view.tabs,
        ]
        # Only what lies in different panels needs telling; inside a panel the order of creation is the right one.
        self.setTabOrder(bar.start, bar.stop)
        self.setTabOrder(bar.stop, bar.environment)
        self.setTabOrder(order[2], order[3])
        bar.start.setFocus()

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
        available = self.screen().availableGeometry()
        self.resize(min(width, available.width() - _FRAME[0]), min(height, available.height() - _FRAME[1]))
        if len(splitter) == 2 and min(splitter) > 0:
            self.splitter.setSizes(list(splitter))

    def geometry_now(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The window's size and how it is divided."""
        return (self.width(), self.height()), tuple(self.splitter.sizes())

    def show_title(self, prefix: str) -> None:
        """Say in the title what is going on, for those who look at the task bar."""
        self.setWindowTitle(f"{prefix} – {TITLE}" if prefix else TITLE)

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

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._leaves_run() and not self._may_close:
            event.ignore()
            self._ask_to_close()
            return
        event.accept()
        # What was changed a moment ago may take a while to write down.
        self.hide()
        self.closed.emit(TITLE)
