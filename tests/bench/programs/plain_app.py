"""The plain app: a line is a signal is an append, and a bar moves meanwhile: python -m … COUNT PER_SECOND.

The window stays for a moment after the last line, then ends.
"""

from __future__ import annotations

import subprocess
import sys
import threading

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QFormLayout,
    QLineEdit,
    QMainWindow,
    QPlainTextEdit,
    QProgressBar,
    QSplitter,
    QTableWidget,
    QVBoxLayout,
    QWidget,
)


class Lines(QObject):
    """Reads what a process says.

    Signals:
        said: a line of it.
        ended: that it says no more.
    """

    said = Signal(str)
    ended = Signal()

    def read(self, command: list[str]) -> None:
        """Start the process and tell every line; for a thread."""
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for line in process.stdout:
                self.said.emit(line.rstrip())
        self.ended.emit()


def _form() -> QWidget:
    form = QWidget()
    layout = QFormLayout(form)
    for name in ("Model", "Sequence length", "NeuronCores", "Precision"):
        layout.addRow(name, QLineEdit())
    layout.addRow(QTableWidget(8, 2))
    return form


def main(count: str, per_second: str) -> int:
    """Show the window while the lines come."""
    app = QApplication(sys.argv[:1])
    app.setStyle("Fusion")
    window = QMainWindow(windowTitle="The plain app")
    log, bar, lines = QPlainTextEdit(readOnly=True), QProgressBar(), Lines()
    bar.setRange(0, 0)
    middle = QSplitter(Qt.Orientation.Horizontal)
    middle.addWidget(_form())
    middle.addWidget(log)
    middle.setSizes([430, 750])
    whole = QWidget()
    layout = QVBoxLayout(whole)
    layout.addWidget(middle, stretch=1)
    layout.addWidget(bar)
    window.setCentralWidget(whole)
    window.resize(1180, 760)
    window.show()
    lines.said.connect(log.appendPlainText)
    lines.ended.connect(app.quit)
    command = [sys.executable, "-m", "tests.bench.programs.talk", count, per_second]
    threading.Thread(target=lines.read, args=(command,), daemon=True).start()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
