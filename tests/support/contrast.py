"""How well colours stand out from each other, as WCAG 2 measures it."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QScrollArea,
    QToolButton,
    QWidget,
)

Role = QPalette.ColorRole
LEAST = 4.5


def luminance(colour: QColor) -> float:
    """From 0 for black to 1 for white."""
    parts = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.getRgbF()[:3])
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


def contrast(one: QColor | str, other: QColor | str) -> float:
    """From 1 for the same to 21 for black on white."""
    lower, higher = sorted((luminance(QColor(one)), luminance(QColor(other))))
    return (higher + 0.05) / (lower + 0.05)


def dim(widget: QWidget) -> str:
    """What of a widget's text does not stand out from what is behind it, enabled or not; empty where all does."""
    weak = [
        f"{role.name} {text.name()} on {ground.name()}: {contrast(text, ground):.1f}"
        for role, text, ground in _colours(widget)
        if contrast(text, ground) < LEAST
    ]
    return ", ".join(weak)


def _colours(widget: QWidget) -> Iterator[tuple[Role, QColor, QColor]]:
    palette = widget.palette()
    if isinstance(widget, (QLineEdit, QPlainTextEdit)):
        roles: tuple[Role, ...] = (Role.Text, Role.PlaceholderText)
        ground = palette.color(Role.Base)
    elif isinstance(widget, (QCheckBox, QRadioButton)) or (isinstance(widget, QLabel) and widget.text().strip()):
        roles, ground = (Role.WindowText, Role.Link), ground_of(widget)
    elif isinstance(widget, (QAbstractButton, QComboBox)):
        is_flat = isinstance(widget, QToolButton) and widget.autoRaise()
        roles, ground = (Role.ButtonText,), ground_of(widget) if is_flat else palette.color(Role.Button)
    else:
        return
    yield from ((role, palette.color(role), ground) for role in roles)


def ground_of(widget: QWidget) -> QColor:
    """The ground behind a widget: its card's or its list's where it lies in one, otherwise the window's."""
    parent = widget.parentWidget()
    while parent is not None and not parent.autoFillBackground():
        if isinstance(parent, QAbstractScrollArea) and not isinstance(parent, QScrollArea):
            return parent.viewport().palette().color(parent.viewport().backgroundRole())
        parent = parent.parentWidget()
    shown = parent or widget.window()
    return shown.palette().color(shown.backgroundRole())
