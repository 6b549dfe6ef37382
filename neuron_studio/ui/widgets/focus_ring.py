"""A ring around whatever has the focus, however it came there."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QRegion
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from shiboken6 import isValid

_LINE = 2
# A button may be in the accent itself: a line of the ground sets the ring off.
_SET_OFF = 1


class _Ring(QWidget):
    """Lies over the edge of its parent and is nothing but edge: what is painted within does not concern it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        parent.installEventFilter(self)
        self._fit(parent)
        self.show()

    def _fit(self, parent: QWidget) -> None:
        width = _LINE + (_SET_OFF if isinstance(parent, QPushButton) else 0)
        self.setGeometry(parent.rect())
        self.setMask(QRegion(self.rect()) - QRegion(_within(self.rect(), width)))
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self._fit(watched)
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        palette, painter = QApplication.palette(), QPainter(self)
        edge = QRegion(self.rect()) - QRegion(_within(self.rect(), _LINE))
        painter.fillRect(self.rect(), palette.color(QPalette.ColorRole.Base))
        painter.setClipRegion(edge)
        painter.fillRect(self.rect(), palette.color(QPalette.ColorRole.Highlight))
        painter.end()


class FocusRing(QObject):
    """Puts the ring around the focus of the whole program; Fusion shows it for some controls, and only after Tab."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._ring: _Ring | None = None
        QApplication.instance().focusChanged.connect(self._on_application_focus_changed)

    def _on_application_focus_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        # A widget that goes takes its ring along.
        if self._ring is not None and isValid(self._ring):
            self._ring.hide()
            self._ring.deleteLater()
        is_popup = new is not None and new.window().windowType() == Qt.WindowType.Popup
        self._ring = None if new is None or is_popup else _Ring(new)


def _within(rect: QRect, width: int) -> QRect:
    return rect.adjusted(width, width, -width, -width)
