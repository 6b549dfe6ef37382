"""The process around the window: it closes on signals and survives its own errors."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import platformdirs
import PySide6
import pytest
import shiboken6

from neuron_studio.ui import settings
from neuron_studio.wire.spec import SentencePair
from tests.support import x_display
from tests.support.scripted_worker import ROOT

_SCRIPT = """
import sys
from PySide6.QtCore import QTimer
from neuron_studio.ui import studio
from neuron_studio.ui.app import run_window

class Told(studio.Studio):
    def _on_place_painted(self, name):
        self.environments.finder._find = lambda: iter(())
        super()._on_place_painted(name)
        {then}
        print("up", flush=True)

studio.Studio = Told
sys.exit(run_window(["neuron-studio"]))
"""

# A moment before the display goes: nothing was written down of itself yet.
TYPED = (
    "from neuron_studio.wire.spec import SentencePair;"
    "self.form.pairs.model.replace_all([SentencePair('Ann waits', 'Ben comes')])"
)

NOT_HERE = x_display.missing(*x_display.PROGRAMS)

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Opens the real window in a process of its own and returns once it was painted."""
    started: list[subprocess.Popen[str]] = []

    def start(then: str = "pass", **changed: str) -> subprocess.Popen[str]:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen", **changed}
        process = subprocess.Popen(
            [sys.executable, "-c", _SCRIPT.format(then=then)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
        )  # fmt: skip
        started.append(process)
        assert process.stdout.readline() == "up\n", process.stderr.read()
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


# Tells what was imported once the empty window was painted, and acts before it is furnished.
_AT_FIRST = """
import sys
from neuron_studio.ui import main_window
from neuron_studio.ui.app import run_window

class Told(main_window.MainWindow):
    was_painted = False

    def event(self, event):
        self.was_painted |= event.type() == event.Type.Paint
        return super().event(event)

    def show_at_once(self):
        stays = super().show_at_once()
        print(self.was_painted, *sys.modules, flush=True)
        {then}

main_window.MainWindow = Told
run_window(["neuron-studio"])
"""


def at_first(then: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", _AT_FIRST.format(then=then)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=60)


def test_that_the_window_is_painted_before_what_fills_it_is_imported() -> None:
    done = at_first("sys.exit()")
    painted, *imported = done.stdout.split()
    assert painted == "True", done.stderr
    assert not {"asyncio", "qasync", "neuron_studio.ui.studio", "neuron_studio.wire.events"} & set(imported)


def test_that_a_window_that_is_closed_before_it_is_furnished_ends_the_program() -> None:
    done = at_first("self.close(); return self.isVisible()")
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)


# Tells what is in the window when it is painted first.
_FIRST_PAINT = """
import os
from PySide6.QtCore import QEvent
from neuron_studio.ui import main_window
from neuron_studio.ui.app import run_window

class Told(main_window.MainWindow):
    def event(self, event):
        if event.type() == QEvent.Type.Paint:
            print(type(self.centralWidget()).__name__, flush=True)
            os._exit(0)
        return super().event(event)

main_window.MainWindow = Told
run_window(["neuron-studio"], is_frugal={is_frugal})
"""


@pytest.mark.parametrize(("is_frugal", "shown"), [(False, "QWidget"), (True, "Workplace")])
def test_that_no_empty_window_crosses_a_network(is_frugal: bool, shown: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", _FIRST_PAINT.format(is_frugal=is_frugal)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=60)
    assert done.stdout.split() == [shown], done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_that_a_signal_closes_the_window_in_order(start: Start, number: signal.Signals) -> None:
    process = start()
    process.send_signal(number)
    _, errors = process.communicate(timeout=10)
    assert process.returncode == 0
    assert "Traceback" not in errors


@pytest.mark.display
@pytest.mark.skipif(NOT_HERE != "", reason=f"not installed: {NOT_HERE}")
def test_that_what_was_typed_last_outlives_the_display(start: Start, tmp_path: Path) -> None:
    with x_display.x_display(tmp_path) as display:
        process = start(TYPED, QT_QPA_PLATFORM="xcb", **display.environment)
        display.server.kill()
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 3
    assert errors.splitlines()[-1] == "neuron-studio: The display is gone."
    assert "Traceback" not in errors
    memory = settings.load()
    assert memory.request is not None
    assert memory.request.pairs == (SentencePair("Ann waits", "Ben comes"),)


@pytest.mark.parametrize(
    ("changed", "way_out"),
    [
        ({"QT_QPA_PLATFORM_PLUGIN_PATH": "/nowhere"}, "Unset QT_QPA_PLATFORM_PLUGIN_PATH"),
        ({"QT_QPA_PLATFORM": "paper"}, "Unset QT_QPA_PLATFORM"),
    ],
)
def test_that_a_setting_that_leads_qt_astray_is_named(changed: dict[str, str], way_out: str) -> None:
    assert way_out in opened_in_vain(**changed)


@pytest.mark.parametrize(
    ("error", "way_out"),
    [
        ("No module named 'PySide6'", "pip install --force-reinstall PySide6_Essentials"),
        ("/lib64/libc.so.6: version `GLIBC_2.34' not found (required by libQt6Core.so.6)", "on a newer system"),
    ],
)
def test_that_a_qt_that_cannot_be_imported_is_told(error: str, way_out: str, tmp_path: Path) -> None:
    (tmp_path / "PySide6.py").write_text(f"raise ImportError({error!r})")
    assert way_out in opened_in_vain(PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")


def test_that_a_missing_qasync_is_told_before_a_window_is_shown(tmp_path: Path) -> None:
    for package in (PySide6, shiboken6, click, platformdirs):
        folder = Path(package.__file__).parent
        (tmp_path / folder.name).symlink_to(folder)
    places = os.pathsep.join((str(tmp_path), str(ROOT)))
    assert "pip install --force-reinstall PySide6_Essentials qasync" in opened_in_vain("-S", PYTHONPATH=places)


def opened_in_vain(*options: str, **changed: str) -> str:
    """What the program says that cannot open its window."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT), **changed}
    command = [sys.executable, *options, "-m", "neuron_studio"]
    program = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=environment)
    assert program.returncode == 3
    assert "Traceback" not in program.stderr
    assert "neuron-studio compile" in program.stderr
    return program.stderr


def test_that_an_error_in_a_slot_is_shown_and_the_window_stays(start: Start) -> None:
    process = start(
        "QTimer.singleShot(0, lambda: 1 / 0);"
        "QTimer.singleShot(200, lambda: print(self.place.card.as_text().splitlines()[1], flush=True))"
    )
    assert process.stdout.readline() == "ZeroDivisionError: division by zero\n"
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=10)
    assert process.returncode == 0
    assert "ZeroDivisionError" in errors
