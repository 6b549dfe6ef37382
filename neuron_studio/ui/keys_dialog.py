"""The list of keys."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from neuron_studio.ui import theme
from neuron_studio.ui.key_list import KEYS, shown
from neuron_studio.ui.widgets.following import follow_font
from neuron_studio.ui.widgets.roomy_delegate import RoomyDelegate
from neuron_studio.ui.widgets.screen_size import fit_screen

_LINES = 26


class KeysDialog(QDialog):
    """Shows all keys beside the window and never before it; there is one of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("keys")
        self.setWindowTitle("Keys")
        self.list = QTreeWidget(columnCount=2, rootIsDecorated=False, headerHidden=True, itemsExpandable=False)
        self.list.setAccessibleName("Keys and what they do")
        self.list.setIndentation(theme.WIDE)
        self.list.setUniformRowHeights(True)
        self.list.setItemDelegate(RoomyDelegate(self.list))
        self._fill()
        self.leave = QPushButton("Close")
        self.leave.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.leave)
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.SPACE)
        layout.addWidget(self.list, stretch=1)
        layout.addLayout(buttons)
        room = (
            self.list.columnWidth(0) + self.list.sizeHintForColumn(1) + self.list.verticalScrollBar().sizeHint().width()
        )
        fit_screen(self, room + 3 * theme.WIDE, _LINES * self.list.sizeHintForRow(0))

    def _fill(self) -> None:
        for place, rows in KEYS:
            heading = QTreeWidgetItem(self.list, [place])
            heading.setFirstColumnSpanned(True)
            heading.setFont(0, theme.bold_font())
            heading.setFlags(Qt.ItemFlag.ItemIsEnabled)
            heading.setExpanded(True)
            for keys, does in rows:
                row = QTreeWidgetItem(heading, [shown(keys), does])
                row.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{shown(keys)}: {does}")
        follow_font(self.list, self._measure)
        self.list.setCurrentItem(self.list.topLevelItem(0).child(0))

    def _measure(self) -> None:
        self.list.resizeColumnToContents(0)
        self.list.setColumnWidth(0, self.list.columnWidth(0) + theme.WIDE)

    def open_or_raise(self) -> None:
        """Show it, or bring it to the front as it is."""
        if self.isVisible():
            self.raise_()
            self.activateWindow()
        else:
            self.show()
