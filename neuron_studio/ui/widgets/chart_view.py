"""Any chart, with its numbers as text beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QApplication, QBoxLayout, QFrame, QLabel, QPlainTextEdit, QStackedLayout, QWidget

from neuron_studio.ui import theme
from neuron_studio.ui.widgets.following import follow_font

if TYPE_CHECKING:
    from neuron_studio.core.chart import Chart

# Qt's own greatest size of a widget.
_UNBOUNDED = (1 << 24) - 1

# A chart that is smaller has no room for its own numbers.
_LEAST_LETTERS, _LEAST_LINES = 25, 8
# Beside its numbers it is not narrower than this, where they would cover half of it.
_FAIR_LETTERS = 40


class ChartPicture(QWidget):
    """Paints without antialiasing and without answering the mouse: a chart is sent once, not at every hover."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chart: Chart | None = None
        follow_font(self, self._measure)

    def _measure(self) -> None:
        letters = self.fontMetrics()
        self.setMinimumSize(_LEAST_LETTERS * letters.averageCharWidth(), _LEAST_LINES * letters.lineSpacing())

    def show_chart(self, chart: Chart) -> None:
        """Paint another chart."""
        self._chart = chart
        self.setAccessibleName(f"Chart: {chart.title}")
        self.setAccessibleDescription(chart.summary)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(420, 240)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._chart is None:
            return
        # Painting charts is imported with the first chart: a window opens without any.
        from neuron_studio.ui.widgets.chart_painting import inks_of, paint

        painter = QPainter(self)
        paint(painter, self._chart, self.size(), inks_of(QApplication.palette()))
        painter.end()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)


class ChartView(QFrame):
    """The picture, and beside it, or beneath where there is height, its numbers, to be selected and copied as text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chart: Chart | None = None
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self.picture = ChartPicture()
        self.numbers = QPlainTextEdit(readOnly=True)
        self.numbers.setAccessibleName("Numbers of the chart")
        self.numbers.setTabChangesFocus(True)
        self.numbers.setFont(theme.number_font())
        self.numbers.setFrameShape(QFrame.Shape.NoFrame)
        self.numbers.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._nothing = QLabel()
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setWordWrap(True)
        shown = QWidget()
        self._parts = QBoxLayout(QBoxLayout.Direction.LeftToRight, shown)
        self._parts.setContentsMargins(theme.TIGHT, theme.TIGHT, theme.TIGHT, theme.TIGHT)
        self._parts.setSpacing(theme.SPACE)
        self._parts.addWidget(self.picture, stretch=1)
        self._parts.addWidget(self.numbers)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._nothing)
        self._pages.addWidget(shown)
        follow_font(self, self._fit)

    @property
    def chart(self) -> Chart | None:
        """The chart that is shown."""
        return self._chart

    def show_chart(self, chart: Chart | None, nothing: str = "") -> None:
        """Show a chart, or say why there is none."""
        if chart == self._chart and nothing == self._nothing.text():
            return
        self._chart = chart
        self._nothing.setText(nothing)
        self._pages.setCurrentIndex(0 if chart is None else 1)
        if chart is not None:
            self.picture.show_chart(chart)
            self.numbers.setPlainText(chart.numbers_text)
            self._fit()

    def _fit(self) -> None:
        letters, lines = self.numbers.fontMetrics(), self.numbers.toPlainText().splitlines()
        is_tall = self.height() > self.width()
        self._parts.setDirection(
            QBoxLayout.Direction.TopToBottom if is_tall else QBoxLayout.Direction.LeftToRight
        )  # fmt: skip
        high = letters.lineSpacing() * (len(lines) + 1) + theme.SPACE
        self.numbers.setMaximumHeight(min(high, self.height() // 2) if is_tall else _UNBOUNDED)
        wide = max(map(letters.horizontalAdvance, lines), default=0) + 4 * theme.SPACE
        beside, fair = self.width() - 3 * theme.SPACE, _FAIR_LETTERS * self.fontMetrics().averageCharWidth()
        shown = max(1, min(wide, max(beside // 2, beside - fair)))
        # Shares, and no fixed width: a tab that nobody sees would keep it, and hold the window's columns apart.
        for place, share in enumerate((1, 0) if is_tall else (max(1, beside - shown), shown)):
            self._parts.setStretch(place, share)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
