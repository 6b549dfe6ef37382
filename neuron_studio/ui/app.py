"""Opens the window: the process around it, its event loop, and what happens when something goes wrong in it."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import NoReturn


def run_window(argv: Sequence[str]) -> NoReturn:
    """Show the window until it is closed, then end the process. Whether there is a display was asked before."""
    # Qt reads this once, when its platform starts: Widgets need no OpenGL, and a forwarded display has none.
    os.environ.setdefault("QT_XCB_GL_INTEGRATION", "none")
    from PySide6.QtWidgets import QApplication
    from qasync import QEventLoop

    from neuron_studio.ui import theme
    from neuron_studio.ui.garbage import GarbageCollector

    app = QApplication(list(argv))
    app.setApplicationName("neuron-studio")
    app.setApplicationDisplayName("")
    app.setDesktopFileName("neuron-studio")
    theme.apply(app)
    loop = QEventLoop(app)
    GarbageCollector(app)

    from neuron_studio.ui.studio import Studio

    studio = Studio()
    sys.excepthook = _told_and_shown(studio.show_error)
    unhook = _close_on_signals(studio.window.close_now)
    studio.window.show()
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
    before = {number: signal.signal(number, lambda *_: close()) for number in (signal.SIGINT, signal.SIGTERM)}
    woken_before = signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)

    def unhook() -> None:
        signal.set_wakeup_fd(woken_before)
        for number, handler in before.items():
            signal.signal(number, handler)
        notifier.setEnabled(False)
        reading.close()
        writing.close()

    return unhook
