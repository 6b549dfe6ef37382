"""The window itself, which is there before anything is in it: its title, its size, and the question when it closes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QEventLoop, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QMainWindow, QMessageBox, QWidget

from neuron_studio.ui import theme
from neuron_studio.ui.widgets.first_paint import after_first_paint
from neuron_studio.ui.widgets.screen_size import fit_screen

TITLE = "Neuron Studio"
_SIZE = (1180, 760)
# A far display takes longer to show a window than the window takes to be furnished.
_MOMENT_MS = 150
_GOES_ON = "The run goes on in the background; start neuron-studio again to see it."


class MainWindow(QMainWindow):
    """One window, no wizard; what is in it is put there as its central widget.

    Signals:
        closed: the title of the window, when it has been closed.
        activated: the title of the window, whenever its user comes back to it.
    """

    closed = Signal(object)
    activated = Signal(object)

    def __init__(self, size: tuple[int, ...] = ()) -> None:
        super().__init__()
        self._leaves_run: Callable[[], bool] = lambda: False
        self._may_close = False
        self.setWindowTitle(TITLE)
        self._say_that_it_opens()
        # As large as it was last, or large enough at first, as far as the screen allows.
        fit_screen(self, *(size or _SIZE))

    def _say_that_it_opens(self) -> None:
        place = QWidget()
        layout = QHBoxLayout(place)
        layout.addStretch()
        layout.addWidget(QLabel("Opening …"))
        layout.addStretch()
        self.setCentralWidget(place)

    def show_at_once(self) -> bool:
        """Show it, and wait a moment until it is painted; False where it was closed in that moment."""
        waiting = QEventLoop()
        after_first_paint(self, waiting.quit)
        QTimer.singleShot(_MOMENT_MS, waiting.quit)
        self.show()
        waiting.exec()
        return self.isVisible()

    def guard_closing(self, leaves_run: Callable[[], bool]) -> None:
        """Ask here, before the window closes, whether a run is left behind."""
        self._leaves_run = leaves_run

    def close_now(self) -> None:
        """Close without a question."""
        self._may_close = True
        self.close()

    def show_title(self, prefix: str) -> None:
        """Say in the title what is going on, for those who look at the task bar."""
        self.setWindowTitle(f"{prefix} – {TITLE}" if prefix else TITLE)

    def _ask_to_close(self) -> None:
        question = QMessageBox(self)
        question.setObjectName("closing")
        question.setIcon(QMessageBox.Icon.Information)
        question.setText(_GOES_ON)
        close = question.addButton("Close the window", QMessageBox.ButtonRole.AcceptRole)
        stay = question.addButton("Stay", QMessageBox.ButtonRole.RejectRole)
        question.setDefaultButton(close)
        question.setEscapeButton(stay)
        question.finished.connect(question.deleteLater)
        close.clicked.connect(self.close_now)
        question.open()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowActivate:
            self.activated.emit(TITLE)
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            theme.follow(QApplication.instance())

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._leaves_run() and not self._may_close:
            event.ignore()
            self._ask_to_close()
            return
        event.accept()
        # What was changed a moment ago may take a while to write down.
        self.hide()
        self.closed.emit(TITLE)
