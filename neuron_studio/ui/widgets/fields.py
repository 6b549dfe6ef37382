"""The fields of a form, each with its name for those who do not see it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QSpinBox, QWidget

from neuron_studio.ui.widgets.elided_combo import ElidedCombo


def choice(name: str, title: str, items: Sequence[tuple[str, object]]) -> ElidedCombo:
    """A choice among texts, each with what it stands for."""
    box = ElidedCombo()
    box.setObjectName(name)
    box.setAccessibleName(title)
    box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    for text, data in items:
        box.addItem(text, data)
    return box


def number(name: str, title: str, least: int, most: int) -> QSpinBox:
    """A whole number."""
    spin = QSpinBox(minimum=least, maximum=most)
    spin.setObjectName(name)
    spin.setAccessibleName(title)
    spin.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    spin.setAlignment(Qt.AlignmentFlag.AlignLeft)
    return spin


def buddy(text: str, field: QWidget) -> QLabel:
    """A label whose letter leads to its field."""
    label = QLabel(text)
    label.setBuddy(field)
    return label


def select(box: ElidedCombo, data: object) -> None:
    """Choose what stands for this, or the first."""
    box.setCurrentIndex(max(0, box.findData(data)))
