"""The program's icon, drawn from its one SVG."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon

from neuron_studio.runs.resources import resource

# What title and task bars show. Each size crosses the network as pixels, and Qt would send up to 128 by itself.
_SIZES = (16, 32)


def window_icon() -> QIcon:
    """The icon as few small pictures; an application must be there to draw it."""
    drawing, icon = QIcon(str(resource("icons/neuron-studio.svg"))), QIcon()
    for side in _SIZES:
        icon.addPixmap(drawing.pixmap(QSize(side, side), 1.0))
    return icon
