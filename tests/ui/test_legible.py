"""What is read can be read: as the desktop's palette and font have it, at once and after they changed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from neuron_studio.ui import theme
from neuron_studio.ui.studio import Studio
from tests.support.contrast import contrast, dim
from tests.support.scripted_run import finished_run
from tests.ui.conftest import Desk, Run, until
from tests.ui.test_accessibility import in_use
from tests.ui.test_theme import DARK, LIGHT

Role = QPalette.ColorRole
READ_ON = [
    (Role.WindowText, Role.Window), (Role.Text, Role.Base), (Role.Text, Role.AlternateBase),
    (Role.ButtonText, Role.Button), (Role.HighlightedText, Role.Highlight), (Role.PlaceholderText, Role.Base),
    (Role.ToolTipText, Role.ToolTipBase), (Role.Link, Role.Base), (Role.Link, Role.Window),
]  # fmt: skip

READ_OFF = [(Role.WindowText, Role.Window), (Role.Text, Role.Base), (Role.ButtonText, Role.Button)]


@pytest.fixture
def dressed(qapp: QApplication) -> Iterator[QApplication]:
    """The application, whose palette and font a test may change as a desktop does."""
    palette, font = qapp.palette(), qapp.font()
    yield qapp
    qapp.setPalette(palette)
    qapp.setFont(font)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_that_every_role_that_is_used_can_be_read_after_the_desktop_changed_it(
    desk: Desk, run: Run, dressed: QApplication, palette: QPalette
) -> None:
    async def scene() -> None:
        studio = await in_use(desk)
        dressed.setPalette(palette)
        accent = QColor(theme.tones(palette).accent)
        await until(lambda: dressed.palette().color(Role.Highlight) == accent)
        for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
            for text, ground in READ_ON:
                colours = [studio.window.palette().color(group, role) for role in (text, ground)]
                assert contrast(*colours) >= 4.5, f"{text} on {ground}"
        now = studio.window.palette()
        for text, ground in READ_OFF:
            colours = [now.color(QPalette.ColorGroup.Disabled, role) for role in (text, ground)]
            assert contrast(*colours) >= 4.5, f"{text} on {ground}"
        # Decisions and offers stand in these on every second row.
        for tone in ("accent", "quiet", "good", "warning", "danger"):
            for ground in (Role.Base, Role.AlternateBase, Role.Window):
                assert contrast(getattr(theme.tones(now), tone), now.color(ground)) >= 4.5, f"{tone} on {ground}"
        for tab in range(studio.view.tabs.count()):
            studio.view.tabs.setCurrentIndex(tab)
            await asyncio.sleep(0)
            assert unread(studio.window) == []

    run(scene())


def unread(window: QWidget) -> list[str]:
    """What in sight does not stand out from what is behind it."""
    return [text for widget in window.findChildren(QWidget) if widget.isVisible() and (text := dim(widget))]


async def at_points(desk: Desk, app: QApplication, points: float) -> Studio:
    """The window on a small screen of a desktop with this font, with a finished run."""
    font = app.font()
    font.setPointSizeF(points)
    app.setFont(font)
    finished = finished_run(desk.store.root)
    studio = desk.open()
    await until(studio.bar.start.isEnabled)
    studio.controller.attach(finished.folder)
    await until(studio.view.phase.text)
    studio.window.resize(1024, 738)
    await asyncio.sleep(0)
    return studio


@pytest.mark.parametrize("points", [9.0, 14.0])
def test_that_the_window_fits_a_small_screen_whatever_the_font(
    desk: Desk, run: Run, dressed: QApplication, points: float
) -> None:
    async def scene() -> None:
        studio = await at_points(desk, dressed, points)
        await until(lambda: (studio.window.width(), studio.window.height()) == (1024, 738))
        for tab in range(studio.view.tabs.count()):
            studio.view.tabs.setCurrentIndex(tab)
            assert studio.window.minimumSizeHint().width() <= 1024
            assert studio.window.minimumSizeHint().height() <= 738

    run(scene())


def test_that_a_run_needs_no_scrolling_on_a_small_screen_with_a_usual_font(
    desk: Desk, run: Run, dressed: QApplication
) -> None:
    async def scene() -> None:
        studio = await at_points(desk, dressed, 9)
        area = studio.window.findChild(QScrollArea, "run-area")
        for tab in range(studio.view.tabs.count()):
            studio.view.tabs.setCurrentIndex(tab)
            await asyncio.sleep(0.05)
            assert not area.verticalScrollBar().isVisible()
            assert not area.horizontalScrollBar().isVisible()

    run(scene())


def test_that_with_a_large_font_what_has_no_room_scrolls_and_is_not_cut(
    desk: Desk, run: Run, dressed: QApplication
) -> None:
    async def scene() -> None:
        studio = await at_points(desk, dressed, 14)
        for area in (studio.form, studio.window.findChild(QScrollArea, "run-area")):
            inside = area.widget()
            needed = inside.minimumSizeHint()
            assert inside.width() >= needed.width()
            assert inside.height() >= needed.height()
        for cell in studio.place.strip.cells.values():
            assert cell.title.width() >= cell.title.sizeHint().width()

    run(scene())
