"""Ends the window in order when its display is gone: Qt alone would end the process on the spot."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

from PySide6.QtCore import QMessageLogContext, QtMsgType, qFormatLogMessage, qInstallMessageHandler

from neuron_studio.wire.errors import EXIT_CODES, Blame
from neuron_studio.wire.run_folder import RunFolder

# The X11 and the Wayland platform say it with these words, right before they call exit().
_LAST_WORDS = "connection broke"


def leave_with_display(save: Callable[[], RunFolder | None]) -> None:
    """From now on, save before Qt leaves, and name the run that goes on where save gives one."""

    def hear(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        if _LAST_WORDS in text:
            _leave(save)
        _say(qFormatLogMessage(kind, context, text))

    qInstallMessageHandler(hear)


def _leave(save: Callable[[], RunFolder | None]) -> NoReturn:
    try:
        run = save()
        _say("neuron-studio: The display is gone.")
        if run is not None:
            _say(f"  → The run goes on: neuron-studio shows it again, neuron-studio runs attach {run.name} follows it.")
    finally:
        # Not exit(), as Qt would: it takes Qt down under threads that are still in it, which crashes now and then.
        os._exit(EXIT_CODES[Blame.ENVIRONMENT])


def _say(line: str) -> None:
    with suppress(OSError):  # the terminal may be gone with the display
        sys.stderr.write(f"{line}\n")
