"""Table cells with room around their text, and each of their lines cut where it must be."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from neuron_studio.ui import theme
from neuron_studio.ui.widgets.following import follow_font
from neuron_studio.ui.widgets.tip import shows_tip, tip_with

ROOM = theme.SPACE


def give_header_room(table: QTableView, room: int = ROOM) -> None:
    """Set a header's titles above their cells' text, which begins after this room."""
    header = table.horizontalHeader()
    header.setStyleSheet(f"QHeaderView::section {{ padding: {theme.TIGHT}px {room}px; }}")
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setHighlightSections(False)
    # With a style sheet Qt no longer gives it the table's font.
    follow_font(table, lambda: header.setFont(table.font()))


def plain_room(table: QTableView) -> int:
    """How far from its cell's edge the style itself begins a text."""
    return table.style().pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin, None, table) + 1


class RoomyDelegate(QStyledItemDelegate):
    """Paints one or more lines of plain text; the ground and the selection stay the style's."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        cell = QStyleOptionViewItem(option)
        self.initStyleOption(cell, index)
        lines, cell.text = cell.text.replace("\u2028", "\n").split("\n"), ""
        style = cell.widget.style() if cell.widget else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, cell, painter, cell.widget)
        rect = cell.rect.adjusted(ROOM, 0, -ROOM, 0)
        is_selected = bool(cell.state & QStyle.StateFlag.State_Selected)
        role = QPalette.ColorRole.HighlightedText if is_selected else QPalette.ColorRole.Text
        group = (
            QPalette.ColorGroup.Active if cell.state & QStyle.StateFlag.State_Active else QPalette.ColorGroup.Inactive
        )
        painter.save()
        painter.setFont(cell.font)
        painter.setPen(cell.palette.color(group, role))
        height = cell.fontMetrics.lineSpacing()
        rect.setTop(rect.top() + (rect.height() - height * len(lines)) // 2)
        for line in lines:
            shown = cell.fontMetrics.elidedText(line, Qt.TextElideMode.ElideRight, rect.width())
            rect.setHeight(height)
            painter.drawText(rect, int(cell.displayAlignment & Qt.AlignmentFlag.AlignHorizontal_Mask), shown)
            rect.translate(0, height)
        painter.restore()

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        text = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        is_cut = self.sizeHint(option, index).width() > option.rect.width()
        tip = str(index.data(Qt.ItemDataRole.ToolTipRole) or "")
        return shows_tip(event, view, lambda place: tip_with(text, "" if is_cut and text not in tip else text, tip))

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        cell = QStyleOptionViewItem(option)
        self.initStyleOption(cell, index)
        lines = cell.text.replace("\u2028", "\n").split("\n")
        width = max(cell.fontMetrics.horizontalAdvance(line) for line in lines)
        return QSize(width + 2 * ROOM + 2, cell.fontMetrics.lineSpacing() * len(lines) + theme.SPACE)
