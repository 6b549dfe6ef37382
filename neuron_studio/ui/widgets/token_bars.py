"""How long the pairs are, as a small histogram."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from neuron_studio.core.token_counts import Bin, TokenCounts
from neuron_studio.core.token_words import counts_text
from neuron_studio.ui import theme
from neuron_studio.ui.widgets.told_picture import ToldPicture

_HEIGHT = 22


class TokenBars(ToldPicture):
    """Paints one bar a bin, without antialiasing; a dashed line stands where longer pairs are cut."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bins: tuple[Bin, ...] = ()
        self._length = 0
        self._text = ""
        self.setObjectName("token-bars")
        self.setAccessibleName("Histogram of the pairs' lengths in tokens")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_counts(self, counts: TokenCounts, length: int, truncation: str) -> None:
        """Show the lengths of a set, against the length that it would be traced at."""
        self._text = counts_text(counts, length, truncation)
        self.setAccessibleDescription(self._text)
        bins = counts.bins(length)
        if (bins, length) != (self._bins, self._length):
            self._bins, self._length = bins, length
            self.update()

    def show_nothing(self) -> None:
        """Forget the lengths; the place stays."""
        self._bins, self._length, self._text = (), 0, ""
        self.setAccessibleDescription("")
        self.update()

    def text_at(self, place: QPoint) -> str:
        """The bar at a place in words, and the whole set."""
        if not self._bins:
            return ""
        bar = self._bins[min(len(self._bins) - 1, max(0, place.x()) * len(self._bins) // max(1, self.width()))]
        span = f"{bar.least}" if bar.least == bar.most else f"{bar.least}–{bar.most}"
        return f"{span} tokens: {bar.pairs:,} {'pair' if bar.pairs == 1 else 'pairs'}\n\n{self._text}"

    def sizeHint(self) -> QSize:
        return QSize(120, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._bins:
            return
        tones, painter = theme.tones(QApplication.palette()), QPainter(self)
        ground, tallest = self.height() - 1, max(bar.pairs for bar in self._bins)
        edges = [place * self.width() // len(self._bins) for place in range(len(self._bins) + 1)]
        for bar, left, right in zip(self._bins, edges, edges[1:], strict=False):
            if bar.pairs:
                # The rarest length still has to be seen.
                height = max(2, bar.pairs * (ground - 1) // tallest)
                box = QRect(left, ground - height, max(1, right - left - 1), height)
                painter.fillRect(box, QColor(tones.warning if bar.least > self._length else tones.accent))
        painter.setPen(QPen(QColor(tones.quiet), 1))
        painter.drawLine(0, ground, self.width(), ground)
        place = min(self.width() - 1, self._length * self.width() // self._bins[-1].most)
        painter.setPen(QPen(QColor(tones.quiet), 1, Qt.PenStyle.DashLine))
        painter.drawLine(place, 0, place, ground)
        painter.end()
