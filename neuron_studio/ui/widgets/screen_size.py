"""How large a window may be on its screen."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

# The frame that a window manager puts around a window is not known before it is shown.
_FRAME = (2, 30)


def fit_screen(window: QWidget, width: int, height: int) -> None:
    """Be as large as that, as far as the screen allows."""
    available = window.screen().availableGeometry()
    window.resize(min(width, available.width() - _FRAME[0]), min(height, available.height() - _FRAME[1]))
