"""A laid-out chart painted by Qt: on the screen in the desktop's colours, in a picture on a light ground."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QBuffer, QIODevice, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPalette, QPen, QPolygonF

from neuron_studio.core.chart import Chart, Ink, Shape
from neuron_studio.core.chart_layout import Dots, Lettering, Patch, Stroke, Words, lay_out
from neuron_studio.core.svg_chart import LIGHT_INKS, RADIUS, SIZE
from neuron_studio.ui import theme

Inks = Mapping[Ink, QColor]
_SCALE = 2
_LETTERS = 12


def inks_of(palette: QPalette) -> Inks:
    """The colours that suit a palette."""
    tones, text = theme.tones(palette), palette.color(QPalette.ColorRole.Text)
    shade = QColor("#43474e") if theme.is_dark(palette) else QColor(LIGHT_INKS[Ink.SHADE])
    return {
        Ink.TEXT: text, Ink.QUIET: QColor(tones.quiet), Ink.ACCENT: QColor(tones.accent),
        Ink.DANGER: QColor(tones.danger), Ink.SHADE: shade, Ink.GROUND: palette.color(QPalette.ColorRole.Base),
    }  # fmt: skip


def paint(painter: QPainter, chart: Chart, size: QSize, inks: Inks) -> None:
    """Paint a chart in the painter's font."""
    metrics = QFontMetricsF(painter.font())
    lettering = Lettering(metrics.lineSpacing(), metrics.horizontalAdvance)
    for drawn in lay_out(chart, size.width(), size.height(), lettering):
        if isinstance(drawn, Stroke):
            style = Qt.PenStyle.DashLine if drawn.is_dashed else Qt.PenStyle.SolidLine
            painter.setPen(QPen(inks[drawn.ink], 1, style))
            painter.drawPolyline(_polygon(drawn.places))
        elif isinstance(drawn, Patch):
            painter.setPen(QPen(inks[drawn.edge], 1) if drawn.edge else QPen(Qt.PenStyle.NoPen))
            painter.setBrush(inks[drawn.fill])
            painter.drawPolygon(_polygon(drawn.places))
        elif isinstance(drawn, Dots):
            _paint_dots(painter, drawn, inks)
        else:
            _paint_words(painter, drawn, inks)


def png(chart: Chart) -> bytes:
    """A picture for a document: light, and sharp enough to be printed."""
    image = QImage(QSize(*SIZE) * _SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(_SCALE)
    image.fill(QColor(LIGHT_INKS[Ink.GROUND]))
    image.setText("Title", chart.title)
    image.setText("Description", f"{chart.badge} {chart.summary}".strip())
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    font = QFont()
    font.setPixelSize(_LETTERS)
    painter.setFont(font)
    paint(painter, chart, QSize(*SIZE), {ink: QColor(colour) for ink, colour in LIGHT_INKS.items()})
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(buffer.data().data())


def _polygon(places: tuple[tuple[float, float], ...]) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in places])


def _paint_dots(painter: QPainter, dots: Dots, inks: Inks) -> None:
    ink, side = inks[dots.ink], 2 * RADIUS
    painter.setPen(QPen(ink, 1))
    painter.setBrush(ink if dots.shape is Shape.DISC else Qt.BrushStyle.NoBrush)
    for x, y in dots.places:
        box = QRectF(x - RADIUS, y - RADIUS, side, side)
        if dots.shape is Shape.CROSS:
            painter.drawLine(box.topLeft(), box.bottomRight())
            painter.drawLine(box.topRight(), box.bottomLeft())
        else:
            painter.drawEllipse(box)


def _paint_words(painter: QPainter, words: Words, inks: Inks) -> None:
    painter.save()
    font = painter.font()
    font.setBold(words.is_bold)
    painter.setFont(font)
    painter.setPen(inks[words.ink])
    painter.translate(*words.place)
    if words.is_turned:
        painter.rotate(-90)
    share = {"start": 0.0, "middle": 0.5, "end": 1.0}[words.anchor]
    painter.drawText(QPointF(-share * QFontMetricsF(font).horizontalAdvance(words.text), 0), words.text)
    painter.restore()
