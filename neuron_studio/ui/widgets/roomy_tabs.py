"""Tabs whose letters keep their tails."""

from __future__ import annotations

from PySide6.QtCore import QSize
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
