"""A table of rows to be looked at, the same everywhere."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from neuron_studio.ui import theme
from neuron_studio.ui.widgets.following import follow_font
from neuron_studio.ui.widgets.roomy_delegate import RoomyDelegate, give_header_room

_Mode = QHeaderView.ResizeMode
# So many letters of the text that matters stay in sight before other columns make room for it.
_LEAST_LETTERS = 20
_LEAST_ROWS = 2
# Columns are as wide as these first rows in sight ask for.
_MEASURED_ROWS = 50


class RowTable(QTableView):
    """Whole rows are selected and none is edited; each has room for its lines of text.

    One column has what the others leave. Where that is little, the spare column hides, then the giving one narrows.
    """

    def __init__(
        self, name: str, stretched: int, giving: int = -1, spare: int = -1, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._stretched, self._giving, self._spare = stretched, giving, spare
        self._dragged: dict[int, int] = {}
        self._is_fitting = False
        self._height: Callable[[], int] = lambda: self.fontMetrics().lineSpacing() + theme.SPACE
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setItemDelegate(RoomyDelegate(self))
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setAlternatingRowColors(True)
        self.verticalHeader().setSectionResizeMode(_Mode.Fixed)
        self.horizontalHeader().setResizeContentsPrecision(_MEASURED_ROWS)
        self.horizontalHeader().sectionResized.connect(self._on_header_section_resized)
        give_header_room(self)
        follow_font(self, self._measure)

    def make_rows(self, height: Callable[[], int]) -> None:
        """Make every row as high as this says, and ask again when the font is another one."""
        self._height = height
        self._measure()

    def _measure(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self._height())
        head = self.horizontalHeader().sizeHint().height()
        self.setMinimumHeight(head + _LEAST_ROWS * self._height() + 2 * self.frameWidth())
        self.fit_columns()

    def fit_columns(self) -> None:
        """Make each column as wide as its contents or as the user did, and give the rest to the one that stretches."""
        header = self.horizontalHeader()
        if header.count() <= self._stretched:
            return
        least = max(header.sectionSizeHint(self._stretched), _LEAST_LETTERS * self.fontMetrics().averageCharWidth())
        room, widths = self.viewport().width() - least, self._needed_widths()
        self._is_fitting = True
        if self._spare in widths:
            is_in_the_way = sum(widths.values()) > room
            self.setColumnHidden(self._spare, is_in_the_way)
            if is_in_the_way:
                del widths[self._spare]
        if self._giving in widths:
            left = room - sum(widths.values()) + widths[self._giving]
            widths[self._giving] = max(header.sectionSizeHint(self._giving), min(widths[self._giving], left))
        for column, width in widths.items():
            header.resizeSection(column, width)
        fits = sum(widths.values()) <= room
        header.setSectionResizeMode(self._stretched, _Mode.Stretch if fits else _Mode.Fixed)
        if not fits:
            header.resizeSection(self._stretched, least)
        self._is_fitting = False

    def _needed_widths(self) -> dict[int, int]:
        header = self.horizontalHeader()
        return {
            column: self._dragged.get(column)
            or max(self.sizeHintForColumn(column), header.sectionSizeFromContents(column).width())
            for column in range(header.count())
            if column != self._stretched and (column == self._spare or not self.isColumnHidden(column))
        }

    def _on_header_section_resized(self, column: int, before: int, width: int) -> None:
        if not self._is_fitting and column != self._stretched and before and width:
            self._dragged[column] = width

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.fit_columns()
