"""The studio as it is, with a clock in its event loop: python -m … FILE, which gets the times of its ticks."""

from __future__ import annotations

import sys
import time
from array import array
from pathlib import Path

import qasync
from PySide6.QtCore import Qt, QTimer

from neuron_studio.cli.main import cli

TICK_MS = 5


def main(file: Path) -> None:
    """Open the window; the file is written as it closes."""
    ticks = array("d")
    run_forever = qasync.QEventLoop.run_forever

    def run_watched(loop: qasync.QEventLoop) -> None:
        timer = QTimer(interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        timer.timeout.connect(lambda: ticks.append(time.monotonic()))
        timer.start()
        try:
            run_forever(loop)
        finally:
            file.write_bytes(ticks.tobytes())

    qasync.QEventLoop.run_forever = run_watched
    cli([], prog_name="neuron-studio")


if __name__ == "__main__":
    main(Path(sys.argv.pop(1)))
