"""What is in the window: places the panels, knows no rule about runs."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QSplitter, QVBoxLayout, QWidget

from neuron_studio.ui import theme
from neuron_studio.ui.keys_dialog import KeysDialog
from neuron_studio.ui.panels.project_menu import ProjectMenu
from neuron_studio.ui.panels.top_bar import TopBar
from neuron_studio.ui.request_form import RequestForm
from neuron_studio.ui.run_view import RunView
from neuron_studio.ui.widgets import keys
from neuron_studio.ui.widgets.error_card import ErrorCard
from neuron_studio.ui.widgets.first_paint import after_first_paint
from neuron_studio.ui.widgets.focus_ring import FocusRing
from neuron_studio.ui.widgets.following import follow_font
from neuron_studio.ui.widgets.notice import Notice
from neuron_studio.ui.widgets.stage_strip import StageStrip

_COLUMNS = (430, 750)
_NARROWEST_RUN = 400


class Workplace(QWidget):
    """The bar above, the request beside its run, the stages below.

    Signals:
        painted: its accessible name, once, after it could first be seen.
    """

    painted = Signal(object)

    def __init__(
        self, window: QWidget, top_bar: TopBar, project: ProjectMenu, form: RequestForm, run_view: RunView,
        columns: tuple[int, ...] = (),
    ) -> None:  # fmt: skip
        super().__init__(window)
        self.setAccessibleName("Workplace")
        self.top_bar, self.project, self.form, self.run_view = top_bar, project, form, run_view
        self.notice, self.card, self.strip = Notice(), ErrorCard(), StageStrip()
        self.notice.setObjectName("notice")
        self.card.setObjectName("error")
        self.help = QPushButton("Keys …")
        self.help.setAccessibleName("Show all keys")
        self.help.setToolTip("Everything that can be done by keyboard (F1)")
        self.help.clicked.connect(self._show_keys)
        self._keys: KeysDialog | None = None
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(form)
        self.splitter.addWidget(_scrolling(run_view))
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 2)
        self._arrange()
        self.splitter.setSizes(list(columns or _COLUMNS))
        self._set_tab_order()
        FocusRing(self)
        for shortcut in ("F1", "Ctrl+/"):
            keys.in_window(self, shortcut, self._show_keys)
        keys.in_window(self, "Ctrl+Q", lambda: self.window().close())
        follow_font(self, self._widen_form)
        after_first_paint(self, lambda: self.painted.emit(self.accessibleName()))

    @property
    def columns(self) -> tuple[int, ...]:
        """The widths of its two columns, in pixels."""
        return tuple(self.splitter.sizes())

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
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE)
        layout.addLayout(head)
        layout.addWidget(self.splitter, stretch=1)
        layout.addLayout(foot)

    def _set_tab_order(self) -> None:
        bar, form = self.top_bar, self.form
        # Down each column, as one reads. Only where Qt would go another way does it need telling.
        stops = [bar.start, bar.stop, bar.environment, bar.doctor, self.project, self.help, form.picker.line]
        for before, after in pairwise(stops):
            self.setTabOrder(before, after)
        # The first field; a button that is not ready yet would pass the focus on to a neighbour.
        form.picker.line.setFocus()

    def _widen_form(self) -> None:
        form, run = self.splitter.sizes()
        lacking = min(self.form.needed_width - form, run - _NARROWEST_RUN)
        if lacking > 0:
            self.splitter.setSizes([form + lacking, run - lacking])

    def _show_keys(self) -> None:
        if self._keys is None:
            self._keys = KeysDialog(self.window())
        self._keys.open_or_raise()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._widen_form()


def _scrolling(view: RunView) -> QScrollArea:
    # With a large font a panel may need more than a small screen has; the window still has to fit it.
    area = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
    area.setObjectName("run-area")
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setAccessibleName("The run that is shown")
    area.setMinimumWidth(_NARROWEST_RUN)
    area.setWidget(view)
    return area
