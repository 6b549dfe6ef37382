"""The numbers of a table's rows, by which the rows are dragged."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHeaderView, QWidget


class RowHeader(QHeaderView):
    """Drags one row, or all that are selected by one of them.

    Signals:
        rows_dropped: the rows that were dragged, in order, and the row before which they were dropped.
    """

    rows_dropped = Signal(object)

    def __init__(self, selected_rows: Callable[[], tuple[int, ...]], parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._selected_rows = selected_rows
        self._held: tuple[int, ...] = ()
        self.setSectionsClickable(True)
        self.setHighlightSections(True)
        self.setSectionsMovable(True)
        self.sectionMoved.connect(self._on_section_moved)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        rows = self._selected_rows()
        row = self.logicalIndexAt(event.position().toPoint())
        is_plain = event.button() is Qt.MouseButton.LeftButton and not event.modifiers()
        self._held = rows if is_plain and len(rows) > 1 and row in rows else ()
        # A press tells the table to select this row alone; a drag needs all that are selected.
        was_blocked = self.blockSignals(bool(self._held))
        super().mousePressEvent(event)
        self.blockSignals(was_blocked)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        held, self._held = self._held, ()
        if held:
            # Nothing was dragged: a click means this row alone after all.
            self.sectionPressed.emit(self.logicalIndexAt(event.position().toPoint()))

    def _on_section_moved(self, section: int, before: int, after: int) -> None:
        # The header only shows the wish: the pairs move in the model, and the header's own order stays.
        self.blockSignals(True)
        self.moveSection(after, before)
        self.blockSignals(False)
        rows, self._held = self._held or (before,), ()
        self.rows_dropped.emit((rows, after + 1 if after > before else after))
