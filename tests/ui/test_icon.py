"""The program has a face: in the window, and among the desktop's programs."""

from __future__ import annotations

import configparser
import shutil
import subprocess
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from neuron_studio.runs.resources import resource
from neuron_studio.ui.icon import window_icon
from tests.ui.conftest import Desk, Run, until

ENTRY = resource("neuron-studio.desktop")


def entry() -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(ENTRY, encoding="utf-8")
    assert parser.sections() == ["Desktop Entry"]
    return parser["Desktop Entry"]


def test_that_the_icon_is_drawn_small_with_its_sign_on_its_ground(qapp: QApplication) -> None:
    icon = window_icon()
    assert icon.availableSizes() == [QSize(16, 16), QSize(32, 32)]
    picture = icon.pixmap(QSize(16, 16), 1.0).toImage()
    assert picture.pixelColor(8, 1) == QColor("#1f5fae")
    assert [picture.pixelColor(*place) for place in ((4, 4), (4, 12), (11, 8))] == [QColor("white")] * 3


def test_that_the_window_gets_its_icon_after_it_was_first_seen(desk: Desk, run: Run, qapp: QApplication) -> None:
    async def scene() -> None:
        studio = desk.open()
        await until(studio.bar.start.isEnabled)
        await until(lambda: not studio.window.windowIcon().isNull())

    run(scene())


def test_that_the_drawing_is_one_of_its_own_and_needs_nothing_else() -> None:
    drawing = ElementTree.parse(resource("icons/neuron-studio.svg")).getroot()
    kinds = {element.tag.split("}")[1] for element in drawing.iter()}
    assert kinds <= {"svg", "title", "rect", "path", "circle"}
    assert drawing.get("viewBox") == "0 0 16 16"


def test_that_the_desktop_entry_starts_the_program_under_the_name_its_window_has() -> None:
    words = entry()
    assert words["Type"] == "Application"
    assert (words["Exec"], words["Icon"], words["StartupWMClass"]) == ("neuron-studio",) * 3
    assert words["Terminal"] == "false"
    assert all(words[name].endswith(";") for name in ("Categories", "Keywords"))
    assert "Development" in words["Categories"].split(";")


@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="desktop-file-utils is not installed")
def test_that_the_desktops_own_checker_has_nothing_to_say() -> None:
    checked = subprocess.run(["desktop-file-validate", str(ENTRY)], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout) == (0, "")
