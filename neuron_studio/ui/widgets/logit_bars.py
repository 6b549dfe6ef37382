"""One pair's logits as grouped bars, CPU beside Neuron, with the numbers as text beside them."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPalette, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from neuron_studio.core.wording import chart_numbers
from neuron_studio.ui import theme
from neuron_studio.ui.background import begin, in_thread
from neuron_studio.ui.widgets.elided_label import ElidedLabel

_BAR = 0.36
_AXIS_WIDTH = 44
_LONGEST_TICK = 18


class LogitBars(QWidget):
    """Draws without antialiasing and without answering the mouse: a chart is sent once, not at every hover."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Chart of the selected pair's logits")
        self._pyqtgraph: Any = None
        self._plot: Any = None
        self._is_coming = False
        self._shown: tuple[tuple[str, ...], tuple[float, ...], tuple[float, ...]] = ((), (), ())
        self._title = ElidedLabel()
        self._title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._numbers = QPlainTextEdit(readOnly=True)
        self._numbers.setAccessibleName("Logits of the selected pair")
        self._numbers.setTabChangesFocus(True)
        self._numbers.setFont(theme.number_font())
        self._numbers.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self._numbers.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._chart = QVBoxLayout()
        self._chart.setContentsMargins(0, 0, 0, 0)
        frame = QFrame()
        frame.setFrameShape(QFrame.Shape.StyledPanel)
        frame.setBackgroundRole(QPalette.ColorRole.Base)
        frame.setAutoFillBackground(True)
        row = QHBoxLayout(frame)
        row.setContentsMargins(theme.TIGHT, theme.TIGHT, theme.TIGHT, theme.TIGHT)
        row.setSpacing(theme.SPACE)
        row.addLayout(self._chart, stretch=1)
        row.addWidget(self._numbers)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.TIGHT)
        layout.addWidget(self._title)
        layout.addWidget(frame, stretch=1)

    @property
    def has_chart(self) -> bool:
        """Whether the bars are drawn already; their numbers always are."""
        return self._plot is not None

    def show_pair(self, title: str, labels: Sequence[str], cpu: Sequence[float], neuron: Sequence[float]) -> None:
        """Show a pair's logits; neuron is empty where it did not run."""
        self._title.say(title)
        shown = (tuple(labels), tuple(cpu), tuple(neuron))
        if shown == self._shown:
            return
        self._shown = shown
        text = _table(chart_numbers(labels, cpu, neuron))
        self._numbers.setPlainText(text)
        widest = QFontMetrics(self._numbers.font()).horizontalAdvance(text.partition("\n")[0])
        self._numbers.setFixedWidth(widest + 4 * theme.SPACE)
        if self.isVisible():
            self._draw()

    def _draw(self) -> None:
        if self._plot is not None:
            self._redraw()
        elif not self._is_coming:
            self._is_coming = True
            begin(self._bring_plot())

    async def _bring_plot(self) -> None:
        # pyqtgraph and numpy take most of a second to import: only who wants a chart pays for them, and
        # on a thread, so that the window does not even stand still for it. Importing makes no Qt objects.
        self._pyqtgraph = await in_thread(importlib.import_module, "pyqtgraph")
        self._plot = _plot_widget(self._pyqtgraph)
        self._chart.addWidget(self._plot)
        self._redraw()

    def _redraw(self) -> None:
        pyqtgraph, (labels, cpu, neuron) = self._pyqtgraph, self._shown
        plot = self._plot.getPlotItem()
        plot.clear()
        tones, palette = theme.tones(QApplication.palette()), QApplication.palette()
        self._plot.setBackground(palette.color(QPalette.ColorRole.Base))
        text = palette.color(QPalette.ColorRole.Text)
        for name in ("left", "bottom"):
            plot.getAxis(name).setPen(text)
            plot.getAxis(name).setTextPen(text)
        places = range(len(labels))
        outline = pyqtgraph.mkPen(text, width=1)
        sides = (
            (cpu, QColor(palette.color(QPalette.ColorRole.Base)), -_BAR / 2),
            (neuron, QColor(tones.accent), _BAR / 2),
        )
        for logits, colour, offset in sides:
            finite = [value if abs(value) < float("inf") else 0.0 for value in logits]
            if finite:
                plot.addItem(pyqtgraph.BarGraphItem(
                    x=[place + offset for place in places], height=finite, width=_BAR, brush=colour, pen=outline
                ))  # fmt: skip
        plot.addItem(pyqtgraph.InfiniteLine(pos=0, angle=0, pen=outline))
        self._write_ticks()
        plot.setXRange(-0.6, max(0.6, len(labels) - 0.4), padding=0)
        low, high = _span((*cpu, *neuron))
        plot.setYRange(low, high, padding=0)

    def _write_ticks(self) -> None:
        # Labels that touch each other cannot be read: each gets its share of the width.
        labels = self._shown[0]
        share = (self._plot.width() - _AXIS_WIDTH) // max(1, len(labels)) - theme.SPACE
        metrics, cut = self.fontMetrics(), Qt.TextElideMode.ElideRight
        ticks = [(place, metrics.elidedText(label, cut, max(share, 24))) for place, label in enumerate(labels)]
        self._plot.getPlotItem().getAxis("bottom").setTicks([ticks])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._plot is not None:
            self._write_ticks()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._shown[0]:
            self._draw()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.ApplicationPaletteChange and self._plot is not None:
            self._draw()
        super().changeEvent(event)


def _plot_widget(pyqtgraph: Any) -> Any:
    pyqtgraph.setConfigOptions(antialias=False, useOpenGL=False)
    widget = pyqtgraph.PlotWidget(enableMenu=False)
    widget.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    item = widget.getPlotItem()
    item.hideButtons()
    item.setMouseEnabled(x=False, y=False)
    item.getAxis("left").setWidth(_AXIS_WIDTH)
    item.getAxis("bottom").setStyle(tickLength=0)
    item.getAxis("left").setStyle(tickLength=-4)
    return widget


def _tick(label: str) -> str:
    return label if len(label) <= _LONGEST_TICK else label[: _LONGEST_TICK - 1] + "…"


def _span(values: Sequence[float]) -> tuple[float, float]:
    finite = [value for value in values if abs(value) < float("inf")] or [0.0]
    low, high = min(0.0, *finite), max(0.0, *finite)
    room = (high - low or 1.0) * 0.08
    return low - room, high + room


def _table(rows: Sequence[Sequence[str]]) -> str:
    lines = [("label", "CPU □", "Neuron ■", "|Δ|"), *rows]
    widths = [max(len(line[column].strip() if column == 0 else line[column]) for line in lines) for column in range(4)]
    widths[0] = min(widths[0], _LONGEST_TICK)
    return "\n".join(
        "  ".join(
            (_tick(label).ljust(widths[0]), cpu.rjust(widths[1]), neuron.rjust(widths[2]), error.rjust(widths[3]))
        )
        for label, cpu, neuron, error in lines
    )
