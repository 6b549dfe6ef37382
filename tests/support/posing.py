"""What whoever draws the window needs before it: places of its own, and an application dressed as the program's."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtGui import QPalette
    from PySide6.QtWidgets import QApplication


@contextmanager
def own_places() -> Iterator[None]:
    """Runs and settings that go with it; without a display it is drawn offscreen."""
    if not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as places:
        for name in ("DATA", "CONFIG"):
            os.environ[f"NEURON_STUDIO_{name}"] = str(Path(places, name.lower()))
        yield


def dressed(is_dark: bool = False, points: float | None = None) -> QApplication:
    """The application on a light or dark desktop with a font of so many points, or its own."""
    from PySide6.QtWidgets import QApplication

    from neuron_studio.ui import theme

    app = QApplication(["neuron-studio"])
    if is_dark:
        app.setPalette(_dark())
    if points:
        font = app.font()
        font.setPointSizeF(points)
        app.setFont(font)
    theme.apply(app)
    theme.still(app)
    app.setQuitOnLastWindowClosed(False)
    return app


def _dark() -> QPalette:
    """As a dark desktop has it."""
    from PySide6.QtGui import QColor, QPalette

    palette, role = QPalette(QColor("#31363b"), QColor("#2a2e32")), QPalette.ColorRole
    for ground, colour in ((role.Base, "#1b1e20"), (role.AlternateBase, "#232629")):
        palette.setColor(ground, QColor(colour))
    return palette
