"""Everything follows the desktop's font while the window is open."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QFont, QImage
from PySide6.QtWidgets import QApplication, QDialog, QSplitter, QWidget

from neuron_studio.ui.doctor_dialog import DoctorDialog
from neuron_studio.ui.studio import Studio
from tests.support.scripted_run import finished_run
from tests.ui.conftest import Desk, Run, until
from tests.ui.test_accessibility import a_doctor, an_import, the_keys

USUAL, LARGE = 9.0, 14.0


@pytest.fixture
def app(qapp: QApplication) -> Iterator[QApplication]:
    """The application, whose font a test may change as a desktop does."""
    font = qapp.font()
    yield qapp
    qapp.setFont(font)


def of_size(app: QApplication, points: float) -> QFont:
    font = app.font()
    font.setPointSizeF(points)
    return font


async def opened(desk: Desk) -> Studio:
    """The window with a finished run."""
    finished = next(desk.store.folders())
    studio = desk.open()
    studio.window.resize(1500, 1000)
    await until(studio.bar.start.isEnabled)
    studio.controller.attach(finished)
    await until(studio.view.phase.text)
    await until(lambda: studio.view.log.page.top + studio.view.log.page.rows > 1)
    return studio


async def settled(window: QWidget) -> QImage:
    """The window once nothing moves in it any more."""
    before, now = QImage(), window.grab().toImage()
    while before != now:
        await asyncio.sleep(0.1)
        before, now = now, window.grab().toImage()
    return now


def halve(window: QWidget) -> None:
    """Divide everything anew: what was divided before stays as it was, in whatever font."""
    for splitter in window.findChildren(QSplitter):
        splitter.setSizes([1000] * splitter.count())


@pytest.mark.parametrize("tab", range(5))
def test_that_a_window_whose_font_grew_is_the_window_that_was_opened_with_it(
    desk: Desk, run: Run, app: QApplication, tab: int
) -> None:
    async def scene() -> None:
        pictures = []
        finished_run(desk.store.root)
        for grows in (True, False):
            app.setFont(of_size(app, USUAL if grows else LARGE))
            studio = await opened(desk)
            studio.view.tabs.setCurrentIndex(tab)
            await settled(studio.window)
            app.setFont(of_size(app, LARGE))
            await settled(studio.window)
            halve(studio.window)
            pictures.append(await settled(studio.window))
            await desk.close()
        assert pictures[0] == pictures[1]

    run(scene())


@pytest.mark.parametrize("made", [a_doctor, an_import, the_keys])
def test_that_a_dialog_whose_font_grew_is_the_dialog_that_was_opened_with_it(
    desk: Desk, run: Run, app: QApplication, tmp_path: Path, made: Callable[[QWidget, Path], QDialog]
) -> None:
    async def scene() -> None:
        pictures = []
        for grows in (True, False):
            app.setFont(of_size(app, USUAL if grows else LARGE))
            studio = desk.open()
            dialog = made(studio.window, tmp_path)
            dialog.show()
            dialog.resize(900, 700)
            if isinstance(dialog, DoctorDialog):
                dialog.headline.say("Looking …")
                dialog.note.say("It takes a minute.")
            await settled(dialog)
            app.setFont(of_size(app, LARGE))
            pictures.append(await settled(dialog))
            await desk.close()
        assert pictures[0] == pictures[1]

    run(scene())
