"""What a window shows badly: cut texts and dim ones, widgets that overlap, pictures that are blown up."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMainWindow,
    QPushButton,
    QRadioButton,
    QStyle,
    QStyleOptionButton,
    QTabBar,
    QWidget,
)

from neuron_studio.ui.widgets.elided_combo import ElidedCombo
from neuron_studio.ui.widgets.elided_label import ElidedLabel
from tests.support.contrast import dim

# What lies over the others on purpose.
_ABOVE = ("_Ring", "OfferList")
_CONTENTS = {
    QPushButton: QStyle.SubElement.SE_PushButtonContents,
    QCheckBox: QStyle.SubElement.SE_CheckBoxContents,
    QRadioButton: QStyle.SubElement.SE_RadioButtonContents,
}


def faults(window: QWidget) -> list[str]:
    """Everything that is wrong with what can be seen of a window."""
    return [
        *_too_large(window),
        *_cut(window),
        *_overlapping(window),
        *_blown_up(window),
        *_dim(window),
        *_mute(window),
    ]


def _mute(window: QWidget) -> Iterator[str]:
    for widget in _in_sight(window):
        if (
            isinstance(widget, (QAbstractButton, QComboBox, QLineEdit))
            and not widget.isEnabled()
            and not widget.toolTip()
        ):
            yield f"{_named(widget)} cannot be used and does not say why"


def _dim(window: QWidget) -> Iterator[str]:
    for widget in _in_sight(window):
        weak = dim(widget)
        if weak:
            yield f"{_named(widget)} is hard to read: {weak}"


def _too_large(window: QWidget) -> Iterator[str]:
    screen = window.screen().availableSize()
    # The window itself may be tried in any size.
    is_main = isinstance(window, QMainWindow)
    if not is_main and (window.width() > screen.width() or window.height() > screen.height()):
        yield f"{_named(window)} is larger than the screen"


def _in_sight(window: QWidget) -> list[QWidget]:
    return [window, *(each for each in window.findChildren(QWidget) if each.isVisible() and each.window() is window)]


def _named(widget: QWidget) -> str:
    text = widget.text() if isinstance(widget, (QLabel, QAbstractButton, QLineEdit)) else ""
    return f"{type(widget).__name__} {widget.objectName() or widget.accessibleName() or text!r}"


def _cut(window: QWidget) -> Iterator[str]:
    for widget in _in_sight(window):
        for what, room, needed in _texts(widget):
            if room.width() < needed.width() or room.height() < needed.height():
                has, needs = ((size.width(), size.height()) for size in (room, needed))
                yield f"{_named(widget)} cuts {what!r}: it has {has} and needs {needs}"


def _texts(widget: QWidget) -> Iterator[tuple[str, QSize, QSize]]:
    """The texts of a widget, each with the room that it has and the room that it needs."""
    letters = widget.fontMetrics()
    if isinstance(widget, ElidedLabel):
        least = letters.horizontalAdvance(f"{widget.text()[:3]}…") if len(widget.text()) > 4 else 0
        yield widget.text(), widget.size(), QSize(least, letters.height())
    elif isinstance(widget, QLabel) and widget.text():
        wraps = widget.wordWrap()
        needed = QSize(1, widget.heightForWidth(widget.width())) if wraps else widget.minimumSizeHint()
        yield widget.text(), widget.size(), needed
    elif isinstance(widget, QAbstractButton) and widget.text():
        yield widget.text(), _button_room(widget), letters.size(Qt.TextFlag.TextShowMnemonic, widget.text())
    elif isinstance(widget, ElidedCombo):
        least = f"{widget.currentText()[:3]}…"
        yield widget.currentText(), widget.room.size(), QSize(letters.horizontalAdvance(least), letters.height())
    elif isinstance(widget, QAbstractSpinBox):
        yield widget.text(), widget.lineEdit().size(), QSize(letters.horizontalAdvance(widget.text()), letters.height())
    elif isinstance(widget, QLineEdit):
        yield widget.placeholderText(), widget.size(), QSize(0, letters.height())
    elif isinstance(widget, QTabBar):
        for tab in range(widget.count()):
            place = widget.tabRect(tab).intersected(widget.rect())
            yield widget.tabText(tab), place.size(), letters.size(Qt.TextFlag.TextShowMnemonic, widget.tabText(tab))
    elif isinstance(widget, QHeaderView) and widget.orientation() is Qt.Orientation.Horizontal:
        for section in range(widget.count()):
            if not widget.isSectionHidden(section):
                title = str(widget.model().headerData(section, Qt.Orientation.Horizontal))
                room = QSize(widget.sectionSize(section), widget.height())
                yield title, room, QSize(widget.sectionSizeHint(section), letters.height())


def _button_room(button: QAbstractButton) -> QSize:
    if not isinstance(button, tuple(_CONTENTS)):
        return button.size()
    option = QStyleOptionButton()
    button.initStyleOption(option)
    kind = next(kind for kind in _CONTENTS if isinstance(button, kind))
    place = button.style().subElementRect(_CONTENTS[kind], option, button)
    return QSize(place.width(), button.height())


def _overlapping(window: QWidget) -> Iterator[str]:
    for parent in _in_sight(window):
        if parent.layout() is None:
            continue
        children = [
            child
            for child in parent.children()
            if isinstance(child, QWidget)
            and child.isVisible()
            and not child.isWindow()
            and type(child).__name__ not in _ABOVE
        ]
        for one, other in combinations(children, 2):
            if one.geometry().intersects(other.geometry()):
                yield f"{_named(one)} and {_named(other)} overlap"
        for child in children:
            if not QRect(parent.rect()).contains(child.geometry()):
                yield f"{_named(child)} sticks out of {_named(parent)}"


def _blown_up(window: QWidget) -> Iterator[str]:
    ratio = window.devicePixelRatio()
    if window.grab(QRect(0, 0, 8, 8)).devicePixelRatio() != ratio:
        yield "the window is drawn at another ratio than the screen's"
    for widget in _in_sight(window):
        if isinstance(widget, QLabel) and not widget.pixmap().isNull() and widget.pixmap().devicePixelRatio() < ratio:
            yield f"{_named(widget)} shows a picture that is blown up"
        if isinstance(widget, QAbstractButton) and not widget.icon().isNull():
            drawn = widget.icon().pixmap(widget.iconSize(), ratio)
            if drawn.devicePixelRatio() < ratio:
                yield f"{_named(widget)} shows an icon that is blown up"
