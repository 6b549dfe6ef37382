"""The list that opens beneath the line of the model, while the line keeps the focus."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPalette, QShortcut
from PySide6.QtWidgets import QApplication, QFrame, QHeaderView, QLineEdit, QTreeView, QVBoxLayout, QWidget

from neuron_studio.ui import theme
from neuron_studio.ui.models.offers_model import NUMBERS, OffersColumn, OffersModel
from neuron_studio.ui.widgets.elided_label import ElidedLabel
from neuron_studio.ui.widgets.following import follow_font
from neuron_studio.ui.widgets.roomy_delegate import RoomyDelegate

_WIDEST = 800
_MOST_ROWS = 16
_MODEL_SHARE = 0.56
_WALKING = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_ELSEWHERE = (QEvent.Type.MouseButtonPress, QEvent.Type.Wheel, QEvent.Type.Shortcut)


class OfferList(QFrame):
    """Offers and how the search stands; the arrow keys, Enter and Escape of the line work it, and so does the mouse.

    It is a part of the window and no window of its own, so nothing can take the focus from the typing.

    Signals:
        asked_for: the line's text, where a key asks for the list while it is closed.
        picked: the Offer that was chosen.
    """

    asked_for = Signal(str)
    picked = Signal(object)

    def __init__(self, line: QLineEdit, opener: QWidget) -> None:
        """Beneath this line; the opener is the mouse's way to the list, and no way out of it."""
        super().__init__(line)
        self._line, self._opener = line, opener
        self._at = ""
        self.model = OffersModel(self)
        self.view = QTreeView(rootIsDecorated=False, uniformRowHeights=True, headerHidden=True)
        self.view.setAccessibleName("Models to choose from")
        self.view.setModel(self.model)
        self.view.setItemDelegate(RoomyDelegate(self.view))
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.header().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.view.header().setStretchLastSection(False)
        self.view.header().setMinimumSectionSize(0)
        self.view.clicked.connect(self._pick)
        self.view.selectionModel().currentRowChanged.connect(self._on_view_row_changed)
        self.state = ElidedLabel(tone="quiet")
        self.state.setAccessibleName("How the search in the hub stands")
        self.state.setContentsMargins(theme.SPACE, theme.TIGHT, theme.SPACE, theme.TIGHT)
        # On a dark ground the style's own frame is lost; this one has the colour of quiet text.
        self.setFrameStyle(QFrame.Shape.Box | QFrame.Shadow.Plain)
        self.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.setAutoFillBackground(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.view, stretch=1)
        layout.addWidget(self.state)
        self.model.modelReset.connect(self._on_model_reset)
        follow_font(self, self._place_again)
        line.installEventFilter(self)
        self.hide()

    def open_for(self, model_id: str = "") -> None:
        """Open beneath the line, at a model where it is offered."""
        if not self.isVisible():
            self.setParent(self._line.window())
            QApplication.instance().installEventFilter(self)
            self._place()
            self.raise_()
            self.show()
        self._go_to(model_id)

    def close_now(self) -> None:
        """Close; the line stays as it is."""
        if self.isVisible():
            QApplication.instance().removeEventFilter(self)
            self.hide()

    def say(self, text: str) -> None:
        """Say how the search stands."""
        if text != self.state.text():
            self.state.say(text)
            self.state.setVisible(bool(text))
            self._place_again()

    def _go_to(self, model_id: str) -> None:
        row = self.model.row_of(model_id)
        self._at = "" if row is None else model_id
        self.view.setCurrentIndex(QModelIndex() if row is None else self.model.index(row, 0))

    def _on_view_row_changed(self, row: QModelIndex, before: QModelIndex) -> None:
        offer = self.model.offer(row.row())
        self._at = offer.id if offer else ""
        # The focus stays in the line, so it is the line that has to be read aloud.
        self._line.setAccessibleDescription(row.data(Qt.ItemDataRole.AccessibleTextRole) or "")

    def _on_model_reset(self) -> None:
        # An answer that comes in must not take the row from under the hand.
        self._go_to(self._at)
        for row in self.model.headings:
            self.view.setFirstColumnSpanned(row, QModelIndex(), True)
        self._place_again()

    def _place_again(self) -> None:
        if self.isVisible():
            self._place()

    def _place(self) -> None:
        window = self._line.window()
        corner = self._line.mapTo(window, QPoint(0, self._line.height()))
        width = min(max(_WIDEST, self._line.width()), window.width() - corner.x() - theme.SPACE)
        frame = 2 * self.frameWidth()
        rest = frame + (self.state.sizeHint().height() if self.state.text() else 0)
        row = self.view.fontMetrics().lineSpacing() + theme.SPACE
        room = min(_MOST_ROWS * row, window.height() - corner.y() - theme.SPACE - rest)
        needed = self.model.rowCount() * row
        self.view.setVisible(needed > 0)
        self.setGeometry(corner.x(), corner.y(), width, rest + min(needed, room))
        bar = self.view.verticalScrollBar().sizeHint().width() if needed > room else 0
        self._share(width - frame - bar)

    def _share(self, width: int) -> None:
        """Give the numbers what they need, and the rest to the two texts."""
        number = self.view.fontMetrics().horizontalAdvance("99.9 MB ↓") + theme.SPACE
        for column in NUMBERS:
            is_known = self.model.knows(column)
            self.view.setColumnHidden(column, not is_known)
            self.view.setColumnWidth(column, number)
            width -= number if is_known else 0
        self.view.setColumnWidth(OffersColumn.MODEL, int(width * _MODEL_SHARE))
        self.view.setColumnWidth(OffersColumn.JUDGES, width - int(width * _MODEL_SHARE))

    def _pick(self, index: QModelIndex) -> None:
        offer = self.model.offer(index.row())
        if offer is not None:
            self.close_now()
            self.picked.emit(offer)

    # What happens to the line, and elsewhere while the list is open.

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if watched is self._line and kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._takes_key(event)
        if watched is self._line and kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            # While the list is open Escape closes it, and means nothing else in the window.
            if self.isVisible() and event.key() == Qt.Key.Key_Escape:
                event.accept()
                return True
            return False
        if self.isVisible():
            if self._is_left(watched, kind):
                self.close_now()
            elif kind == QEvent.Type.Resize and watched in (self._line, self.parentWidget()):
                self._place()
        return super().eventFilter(watched, event)

    def _is_left(self, watched: QObject, kind: QEvent.Type) -> bool:
        """Whether the line is left, or something is used that is neither the line nor its list."""
        if watched is self._line:
            return kind in (QEvent.Type.FocusOut, QEvent.Type.Hide)
        if kind not in _ELSEWHERE or not isinstance(watched, (QWidget, QShortcut)):
            return False
        mine = (self, self._line, self._opener)
        return isinstance(watched, QShortcut) or not any(part is watched or part.isAncestorOf(watched) for part in mine)

    def _takes_key(self, event: QKeyEvent) -> bool:
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        key, is_plain = event.key(), plain == Qt.KeyboardModifier.NoModifier
        if not self.isVisible():
            asks = key == Qt.Key.Key_Down and (is_plain or plain == Qt.KeyboardModifier.AltModifier)
            if asks:
                self.asked_for.emit(self._line.text())
            return asks
        if key == Qt.Key.Key_Escape or (key == Qt.Key.Key_Up and plain == Qt.KeyboardModifier.AltModifier):
            self.close_now()
            return True
        if key in _WALKING and is_plain:
            QApplication.sendEvent(self.view, event)
            return True
        if key in _ENTER and is_plain:
            chosen = self.view.currentIndex()
            self.close_now()
            self._pick(chosen)
            # Without one the line itself takes the key: what is typed is what is meant.
            return chosen.isValid()
        return False
