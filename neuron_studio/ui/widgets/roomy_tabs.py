"""Tabs whose letters keep their tails, and whose pages are painted only where they change."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtWidgets import QTabBar, QTabWidget, QWidget

from neuron_studio.ui import theme


class _Bar(QTabBar):
    def tabSizeHint(self, index: int) -> QSize:
        # Fusion sets the text of a tab that is not chosen lower than it makes room for.
        return super().tabSizeHint(index) + QSize(0, theme.TIGHT)


class RoomyTabs(QTabWidget):
    """Pages under tabs, without a frame around them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTabBar(_Bar())
        self.setDocumentMode(True)
        self._laid_out_for = QSize()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            needed = self.tabBar().sizeHint()
            if needed == self._laid_out_for:
                # A text somewhere in a page is longer: Qt would put bar and page where they are, and paint all of it.
                self.updateGeometry()
                return True
            self._laid_out_for = needed
        return super().event(event)
