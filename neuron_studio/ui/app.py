"""Opens the window: the process around it, its event loop, and what happens when something goes wrong in it."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import NoReturn

from neuron_studio.ui import qt_start

# How long a thread that reads a file may keep the window from its next step; Python's own 5 ms add up to a pause.
_SWITCH_S = 0.0005


def run_window(argv: Sequence[str], is_frugal: bool = False) -> NoReturn:
    """Show the window until it is closed, then end the process; raises StudioError where Qt cannot be started.

    Whether there is a display was asked before. A frugal window draws less often.
    """
    qt_start.set_environment()
    qt_start.check()
    from PySide6.QtWidgets import QApplication

    from neuron_studio.ui import geometry, theme
    from neuron_studio.ui.main_window import MainWindow

    app = QApplication(list(argv))
    app.setApplicationName("neuron-studio")
    app.setApplicationDisplayName("")
    app.setDesktopFileName("neuron-studio")
    theme.apply(app)
    window = MainWindow(geometry.load().size)
    # A far display would be sent an empty window's pixels for nothing.
    if not is_frugal and not window.show_at_once():
        _leave()

    # What takes longer to import than all before, and what fills the window, once that can be seen.
    from qasync import QEventLoop

    from neuron_studio.ui.garbage import GarbageCollector
    from neuron_studio.ui.lost_display import leave_with_display
    from neuron_studio.ui.studio import Studio

    sys.setswitchinterval(_SWITCH_S)
    theme.still(app)
    loop = QEventLoop(app)
    studio = Studio(is_frugal=is_frugal, window=window)
    GarbageCollector(app)
    sys.excepthook = _told_and_shown(studio.show_error)
    leave_with_display(studio.save)
    unhook = _close_on_signals(window.close_now)
    window.show()
    try:
        loop.run_forever()
    finally:
        unhook()
        sys.excepthook = sys.__excepthook__
        loop.close()
    _leave()


def _leave() -> NoReturn:
    # All is saved by now. A thread may still be in Qt or in an import, and an interpreter that is taken
    # down under it ends in a crash now and then.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _told_and_shown(
    show: Callable[[type[BaseException], BaseException, TracebackType | None], None],
) -> Callable[[type[BaseException], BaseException, TracebackType | None], None]:
    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        sys.__excepthook__(kind, error, trace)
        if issubclass(kind, Exception):
            show(kind, error, trace)

    return hook


def _close_on_signals(close: Callable[[], None]) -> Callable[[], None]:
    # Python runs signal handlers only between its own instructions, and Qt's loop has none: the byte that
    # a signal writes into this socket wakes the loop, so that Ctrl-C closes the window at once.
    from PySide6.QtCore import QSocketNotifier

    reading, writing = socket.socketpair()
    reading.setblocking(False)
    writing.setblocking(False)
    notifier = QSocketNotifier(reading.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(lambda: reading.recv(64))
    heard = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as nohup asks for
        heard.append(signal.SIGHUP)
    before = {number: signal.signal(number, lambda *_: close()) for number in heard}
    woken_before = signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)

    def unhook() -> None:
        signal.set_wakeup_fd(woken_before)
        for number, handler in before.items():
            signal.signal(number, handler)
        notifier.setEnabled(False)
        reading.close()
        writing.close()

    return unhook
