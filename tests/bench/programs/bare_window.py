"""A PySide6 window with so many widgets and nothing else: python -m … COUNTS, as count_widgets prints them."""

from __future__ import annotations

import json
import signal
import sys

from PySide6 import QtWidgets
from PySide6.QtWidgets import QApplication, QGridLayout, QMainWindow, QTabWidget, QWidget

_COLUMNS = 6


def page(counts: dict[str, int]) -> QWidget:
    """A page with so many widgets of each class, one beside the other."""
    place = QWidget()
    grid = QGridLayout(place)
    widgets = [getattr(QtWidgets, name)() for name, count in counts.items() for _ in range(count)]
    for number, widget in enumerate(widgets):
        if hasattr(widget, "setText"):
            widget.setText(f"{type(widget).__name__} {number}")
        grid.addWidget(widget, number // _COLUMNS, number % _COLUMNS)
    return place


def main(counts: dict[str, dict[str, int]]) -> int:
    """Show it until it is ended."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    app = QApplication(sys.argv[:1])
    app.setStyle("Fusion")
    window = QMainWindow(windowTitle="The bare window")
    tabs = QTabWidget()
    tabs.addTab(page(counts["seen"]), "seen")
    tabs.addTab(page(counts["behind"]), "behind")
    window.setCentralWidget(tabs)
    window.resize(1180, 760)
    window.show()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
