"""The NeuronCores of a machine as cells, one box for each device."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygon
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from neuron_studio.core.core_plan import CorePlan, CoreState
from neuron_studio.core.neuron_devices import NeuronDevice
from neuron_studio.core.plan_words import core_text, device_text
from neuron_studio.ui import theme
from neuron_studio.ui.widgets.told_picture import ToldPicture

_CELL = 9
_STEP = _CELL + 1
_FRAME = 3
_GAP = 4


class CoreCells(ToldPicture):
    """Paints signs as well as colours, without antialiasing, and only when the plan is another one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plan: CorePlan | None = None
        self.setAccessibleName("NeuronCores of this machine")
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_plan(self, plan: CorePlan) -> None:
        """Show how each core stands."""
        if plan == self._plan:
            return
        self._plan = plan
        self.setAccessibleDescription(" ".join(device_text(plan, device) for device in self._devices))
        self.updateGeometry()
        self.update()

    @property
    def _devices(self) -> tuple[NeuronDevice, ...]:
        return self._plan.map.devices if self._plan is not None and self._plan.map is not None else ()

    def _boxes(self, width: int) -> list[tuple[NeuronDevice, QRect]]:
        boxes, x, y = [], 0, 0
        for device in self._devices:
            size = QSize(len(device.cores) * _STEP - 1 + 2 * _FRAME, _CELL + 2 * _FRAME)
            if x and x + size.width() > width:
                x, y = 0, y + size.height() + _GAP
            boxes.append((device, QRect(QPoint(x, y), size)))
            x += size.width() + _GAP
        return boxes

    @staticmethod
    def _cells(device: NeuronDevice, box: QRect) -> list[tuple[int, QRect]]:
        first = box.topLeft() + QPoint(_FRAME, _FRAME)
        return [
            (core, QRect(first + QPoint(place * _STEP, 0), QSize(_CELL, _CELL)))
            for place, core in enumerate(device.cores)
        ]

    def text_at(self, place: QPoint) -> str:
        """What stands at a place of this widget: a core, a device, or nothing."""
        for device, box in self._boxes(self.width()):
            if self._plan is not None and box.contains(place):
                core = next((core for core, cell in self._cells(device, box) if cell.contains(place)), None)
                return device_text(self._plan, device) if core is None else core_text(self._plan, device, core)
        return ""

    def heightForWidth(self, width: int) -> int:
        boxes = self._boxes(width)
        return boxes[-1][1].bottom() + 1 if boxes else 0

    def hasHeightForWidth(self) -> bool:
        return True

    def sizeHint(self) -> QSize:
        return QSize(0, self.heightForWidth(self.width()))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._plan is None:
            return
        painter, states = QPainter(self), self._plan.states
        quiet = QColor(theme.tones(QApplication.palette()).quiet)
        for device, box in self._boxes(self.width()):
            painter.setPen(QPen(quiet, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box.adjusted(0, 0, -1, -1))
            for core, cell in self._cells(device, box):
                _paint_cell(painter, cell, states[core])
        painter.end()


def _paint_cell(painter: QPainter, cell: QRect, state: CoreState) -> None:
    tones = theme.tones(QApplication.palette())
    tone = {CoreState.FREE: tones.quiet, CoreState.ASKED: tones.accent}.get(state, tones.warning)
    painter.setPen(QPen(QColor(tone), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    edge = cell.adjusted(0, 0, -1, -1)
    painter.drawRect(edge)
    if state is CoreState.ASKED:
        painter.fillRect(cell.adjusted(2, 2, -2, -2), QColor(tone))
    elif state is CoreState.HELD:
        painter.drawLine(edge.topLeft(), edge.bottomRight())
        painter.drawLine(edge.topRight(), edge.bottomLeft())
    elif state is CoreState.UNTOLD:
        painter.setBrush(QColor(tone))
        painter.drawPolygon(QPolygon([edge.topLeft(), edge.topRight(), edge.bottomLeft()]))
