"""A page of a long log: draws the visible lines only, and turns over instead of scrolling."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from neuron_studio.ui import theme
from neuron_studio.ui.models.filtered_log import FilteredLog
from neuron_studio.ui.models.log_file import LogFile
from neuron_studio.ui.widgets.following import follow_font

_ALL = 1 << 30


class LogPage(QAbstractScrollArea):
    """Shows a LogFile; while it follows, new lines fill the page from the top and then turn it over.

    A page that scrolls sends all of itself over a forwarded display for every line; one that fills
    sends the line, and stands still to be read. On a slow display it turns over bit by bit, from the top.

    Signals:
        following_changed: whether new lines move the page.
    """

    following_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._file: LogFile | FilteredLog | None = None
        self._count = 0
        self._is_following = True
        self._is_moving = False
        self._anchor: int | None = None
        self._head = 0
        # While a page turns over bit by bit, the rows from this one on still show the page before.
        self._turned = _ALL
        self._top_before = 0
        self.setFont(theme.number_font())
        self.viewport().setBackgroundRole(QPalette.ColorRole.Base)
        self.viewport().setAutoFillBackground(True)
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.verticalScrollBar().valueChanged.connect(self._on_bar_moved)
        follow_font(self, self._fit)

    @property
    def rows(self) -> int:
        """How many whole lines fit."""
        return max(1, (self.viewport().height() - theme.TIGHT) // self._row_height)

    @property
    def is_following(self) -> bool:
        """Whether new lines move the page."""
        return self._is_following

    @property
    def selection(self) -> tuple[int, int] | None:
        """The first and the last selected line."""
        if self._anchor is None:
            return None
        return min(self._anchor, self._head), max(self._anchor, self._head)

    @property
    def top(self) -> int:
        """The first line on the page."""
        return self.verticalScrollBar().value()

    @property
    def _row_height(self) -> int:
        return self.fontMetrics().lineSpacing()

    def show_file(self, file: LogFile | FilteredLog | None) -> None:
        """Show another log, from its end."""
        self._file, self._count, self._anchor = file, 0, None
        self._move_to(0, 0)
        self.horizontalScrollBar().setRange(0, 0)
        self.set_following(True)
        self.viewport().update()

    @property
    def is_turning(self) -> bool:
        """Whether a part of the page still shows the one before."""
        return self._turned < self.rows

    def show_growth(self, most_rows: int = _ALL) -> int:
        """Show what was added, a page that turns over at most so many rows at a time; how many lines were added."""
        if self.is_turning:
            self._turn(most_rows)
            return 0
        before, self._count = self._count, self._file.count if self._file else 0
        added = self._count - before
        top, rows = self.top, self.rows
        if self._is_following and self._count > top + rows:
            # A flood or a log that is opened shows its last page; a steady trickle turns to a half-empty one.
            context = rows if added > rows // 2 else max(1, rows // 2)
            self._top_before = top
            self._move_to(self._count - context, max(self._count - rows, self._count - context))
            self._turned = 0
            self._turn(most_rows)
        else:
            self._move_to(top, max(self._count - rows, top))
            # The last line may have been unfinished before.
            first = max(before - 1, top)
            if before or added:
                self.viewport().update(self._rows_rect(first, max(first, self._count - 1)))
            if added and not before:
                self.viewport().update(self._middle)
        self._measure()
        return added

    def _turn(self, most_rows: int) -> None:
        first, end = self._turned, self._turned + most_rows
        # The last step also takes what is left below the last whole row.
        self._turned = _ALL if end >= self.rows else end
        last = self.rows if end >= self.rows else end - 1
        # With the rule that stood above them.
        self.viewport().update(self._rows_rect(self.top + first, self.top + last).adjusted(0, -1, 0, 0))

    def _turn_over(self) -> None:
        if self.is_turning:
            self._turned = _ALL
            self.viewport().update()

    def set_following(self, following: bool) -> None:
        """Let new lines move the page, or not."""
        if following and not self._is_following:
            self._move_to(max(0, self._count - self.rows), max(0, self._count - self.rows))
            self.viewport().update()
        if following != self._is_following:
            self._is_following = following
            self.following_changed.emit(following)

    def go_to(self, line: int) -> None:
        """Select a line and bring it into view."""
        self._turn_over()
        self.set_following(False)
        self._anchor = self._head = line
        if not self.top <= line < self.top + self.rows:
            self.verticalScrollBar().setValue(max(0, line - self.rows // 3))
        self._measure()
        self.viewport().update()

    def select_all(self) -> None:
        """Select every line."""
        self._anchor, self._head = 0, max(0, self._count - 1)
        self.viewport().update()

    def _move_to(self, top: int, highest: int) -> None:
        self._is_moving = True
        self._turn_over()
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, highest))
        bar.setPageStep(self.rows)
        bar.setValue(top)
        self._is_moving = False

    def _measure(self) -> None:
        lines = self._file.lines(self.top, self.rows + 1) if self._file else []
        widest = max((self.fontMetrics().horizontalAdvance(line) for line in lines), default=0)
        needed = widest + 2 * theme.TIGHT - self.viewport().width()
        bar = self.horizontalScrollBar()
        if needed > bar.maximum():
            bar.setRange(0, needed)
            bar.setPageStep(self.viewport().width())

    def _rows_rect(self, first: int, last: int) -> QRect:
        top = theme.TIGHT // 2 + (first - self.top) * self._row_height
        return QRect(0, top, self.viewport().width(), (last - first + 1) * self._row_height)

    @property
    def _middle(self) -> QRect:
        """Where an empty page says so."""
        place = self.viewport().rect()
        return place.adjusted(0, place.height() // 2 - self._row_height, 0, self._row_height - place.height() // 2)

    def _line_at(self, y: float) -> int:
        row = int(y - theme.TIGHT // 2) // self._row_height
        return max(0, min(self.top + row, self._count - 1))

    def _on_bar_moved(self, value: int) -> None:
        if not self._is_moving:
            self._turn_over()
            self.set_following(value >= self.verticalScrollBar().maximum())
            self._measure()

    def _paint_lines(self, painter: QPainter, file: LogFile | FilteredLog, rect: QRect) -> None:
        first = max(0, (rect.top() - theme.TIGHT // 2) // self._row_height)
        end = first + rect.height() // self._row_height + 2
        turned = min(max(self._turned, first), end)
        painter.setFont(self.font())
        for row, stop, top in ((first, turned, self.top), (turned, end, self._top_before)):
            lines = file.lines(top + row, min(stop - row, self._count - top - row))
            for offset, line in enumerate(lines):
                self._paint_line(painter, row + offset, top + row + offset, line)
        if self.is_turning:
            place = self._rows_rect(self.top + self._turned, self.top + self._turned)
            painter.fillRect(0, place.top() - 1, place.width(), 1, self.palette().brush(QPalette.ColorRole.Highlight))

    def _paint_line(self, painter: QPainter, row: int, number: int, line: str) -> None:
        place, selected = self._rows_rect(self.top + row, self.top + row), self.selection
        role = QPalette.ColorRole.Text
        if selected is not None and selected[0] <= number <= selected[1]:
            painter.fillRect(place, self.palette().brush(QPalette.ColorRole.Highlight))
            role = QPalette.ColorRole.HighlightedText
        painter.setPen(self.palette().color(role))
        left = theme.TIGHT - self.horizontalScrollBar().value()
        painter.drawText(left, place.top() + self.fontMetrics().ascent(), line)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        if self._file is None or not self._count:
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            nothing = "No such line yet" if isinstance(self._file, FilteredLog) else "Nothing written yet"
            painter.drawText(self._middle, Qt.AlignmentFlag.AlignCenter, nothing)
        else:
            self._paint_lines(painter, self._file, event.rect())
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.horizontalScrollBar().setSingleStep(self.fontMetrics().averageCharWidth() * 4)
        highest = max(0, self._count - self.rows)
        top = highest if self._is_following and self._count > self.top + self.rows else self.top
        self._move_to(top, max(top, highest))
        self.horizontalScrollBar().setRange(0, 0)
        self._measure()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        # Whoever moves the page from here says which part of it is to be painted.
        if not self._is_moving:
            self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._turn_over()
        if event.button() == Qt.MouseButton.LeftButton and self._count:
            self._head = self._line_at(event.position().y())
            if self._anchor is None or not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self._anchor = self._head
            self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and self._anchor is not None:
            head = self._line_at(event.position().y())
            if head != self._head:
                self._head = head
                self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        bar = self.verticalScrollBar()
        steps = {
            Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -self.rows, Qt.Key.Key_PageDown: self.rows,
            Qt.Key.Key_Home: -self._count, Qt.Key.Key_End: self._count,
        }  # fmt: skip
        if event.key() in steps:
            bar.setValue(bar.value() + steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)
