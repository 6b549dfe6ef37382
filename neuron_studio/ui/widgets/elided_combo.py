"""A choice in a narrow field: what does not fit is left out as in a label, and told on hovering."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter

from neuron_studio.ui.widgets.tip import shows_tip, tip_with

_LEAST_LETTERS = 8


class ElidedCombo(QComboBox):
    """Qt itself breaks the text off in the middle of a letter."""

    @property
    def room(self) -> QRect:
        """Where the text stands."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        field = QStyle.SubControl.SC_ComboBoxEditField
        return self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, self).adjusted(1, 0, -1, 0)

    def minimumSizeHint(self) -> QSize:
        whole, letters = super().minimumSizeHint(), self.fontMetrics()
        longest = max((letters.horizontalAdvance(self.itemText(row)) for row in range(self.count())), default=0)
        needed = _LEAST_LETTERS * letters.averageCharWidth()
        return QSize(whole.width() - max(0, longest - needed), whole.height())

    def _shown(self) -> str:
        return self.fontMetrics().elidedText(self.currentText(), Qt.TextElideMode.ElideRight, self.room.width())

    @property
    def tip(self) -> str:
        """What hovering tells: the whole text where some of it is left out, and whatever else was to be told."""
        return tip_with(self.currentText(), self._shown(), self.toolTip())

    def event(self, event: QEvent) -> bool:
        return shows_tip(event, self, lambda place: self.tip) or super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        option.currentText = self._shown()
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()
