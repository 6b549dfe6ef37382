"""Named counts in a row, each of them a link to what was counted."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from neuron_studio.core.pair_filter import PairGroup
from neuron_studio.ui.widgets.following import follow_font


class CountLinks(QLabel):
    """One text that wraps; Tab goes from link to link, Return follows one.

    Signals:
        chosen: the PairGroup that was counted.
    """

    chosen = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heading = ""
        self._groups: tuple[PairGroup, ...] = ()
        self.setAccessibleName(name)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.linkActivated.connect(self._on_link_activated)
        follow_font(self, self._fit)
        self.hide()

    def show_groups(self, groups: Sequence[PairGroup], heading: str = "Look at") -> None:
        """Show how many pairs are in each of these; no group hides the row."""
        if (tuple(groups), heading) == (self._groups, self._heading):
            return
        self._groups, self._heading = tuple(groups), heading
        links = (f'<a href="{n}">{len(group.indices):,} {escape(group.text)}</a>' for n, group in enumerate(groups))
        self.setText(f"{escape(heading)}: " + " · ".join(links))
        self.setVisible(bool(groups))
        self._fit()

    def _fit(self) -> None:
        # What is around it may be no lower than all of its lines; by width Qt would ask for that only where it can.
        self.setMinimumHeight(max(0, self.heightForWidth(self.width())))

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.minimumHeight())

    def hasHeightForWidth(self) -> bool:
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _on_link_activated(self, link: str) -> None:
        self.chosen.emit(self._groups[int(link)])
