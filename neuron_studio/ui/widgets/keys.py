"""Keys that do something: in one widget, or in the whole window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

Keys = QKeySequence.StandardKey | Qt.Key | str


def in_widget(widget: QWidget, keys: Keys, act: Callable[[], object], with_children: bool = False) -> None:
    """Let keys act while this widget has the focus (or one inside it)."""
    context = Qt.ShortcutContext.WidgetWithChildrenShortcut if with_children else Qt.ShortcutContext.WidgetShortcut
    _add(widget, keys, act, context)


def in_window(widget: QWidget, keys: Keys, act: Callable[[], object]) -> None:
    """Let keys act anywhere in the widget's window."""
    _add(widget, keys, act, Qt.ShortcutContext.WindowShortcut)


def _add(widget: QWidget, keys: Keys, act: Callable[[], object], context: Qt.ShortcutContext) -> None:
    # Set one by one: PySide's constructor takes a context beside a slot and quietly drops it.
    shortcut = QShortcut(QKeySequence(keys), widget)
    shortcut.setContext(context)
    shortcut.activated.connect(act)
