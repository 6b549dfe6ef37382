"""How many widgets of which Qt class the studio's first window has, as JSON: those to be seen, and those behind.

What Qt makes by itself inside its own widgets is not counted: whoever makes the same widgets gets it too.
"""

from __future__ import annotations

import json
from collections import Counter

from PySide6 import QtWidgets
from PySide6.QtWidgets import QApplication, QWidget

_QTS_OWN = ("qt_", "QScrollBar", "QHeaderView", "QTableCornerButton", "QTabBar", "QStackedWidget", "QSplitterHandle")
_WHOLE = (QtWidgets.QComboBox, QtWidgets.QAbstractSpinBox)


def counted(window: QWidget) -> dict[str, dict[str, int]]:
    """The numbers for one window."""
    seen, behind = Counter[str](), Counter[str]()
    for widget in window.findChildren(QWidget):
        if not _is_qts_own(widget):
            (seen if widget.isVisibleTo(window) else behind)[_class_of(widget)] += 1
    return {"seen": dict(seen), "behind": dict(behind)}


def _class_of(widget: QWidget) -> str:
    kind = widget.metaObject()
    while not hasattr(QtWidgets, kind.className()):
        kind = kind.superClass()
    return str(kind.className())


def _is_qts_own(widget: QWidget) -> bool:
    names = (widget.objectName(), widget.metaObject().className(), _class_of(widget))
    return any(name.startswith(_QTS_OWN) for name in names) or _is_inside(widget, _WHOLE)


def _is_inside(widget: QWidget, kinds: tuple[type[QWidget], ...]) -> bool:
    parent = widget.parentWidget()
    return parent is not None and (isinstance(parent, kinds) or _is_inside(parent, kinds))


def main() -> None:
    """Open the window as the program does, offscreen, and count."""
    from neuron_studio.ui import theme
    from neuron_studio.ui.studio import Studio

    app = QApplication(["neuron-studio"])
    theme.apply(app)
    studio = Studio()
    studio.window.show()
    print(json.dumps(counted(studio.window)))


if __name__ == "__main__":
    main()
