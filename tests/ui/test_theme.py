"""Colours that can be read, in light and in dark."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPushButton, QStyleFactory, QWidget
from pytestqt.qtbot import QtBot

from neuron_studio.core.chart import Ink
from neuron_studio.core.svg_chart import LIGHT_INKS
from neuron_studio.ui import theme
from neuron_studio.ui.widgets.chart_painting import inks_of
from tests.support.contrast import contrast

LIGHT = QPalette(QColor("#efefef"), QColor("#efefef"))
DARK = QPalette(QColor("#2f3136"), QColor("#2f3136"))


@pytest.mark.parametrize(
    ("tones", "grounds"),
    [(theme.LIGHT, ("#efefef", "#ffffff", "#fdf6e3")), (theme.DARK, ("#2f3136", "#000000", "#3a3524"))],
)
def test_that_every_tone_can_be_read_on_every_ground(tones: theme.Tones, grounds: tuple[str, ...]) -> None:
    for ground in grounds:
        for name in ("accent", "quiet", "off", "good", "warning", "danger"):
            assert contrast(getattr(tones, name), ground) >= 4.5, f"{name} on {ground}"
    assert contrast(tones.on_accent, tones.accent) >= 4.5
    assert contrast(tones.on_badge, tones.badge) >= 4.5


def test_that_the_desktops_palette_decides_between_light_and_dark() -> None:
    assert theme.tones(LIGHT) is theme.LIGHT
    assert theme.tones(DARK) is theme.DARK


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_that_the_main_button_can_be_read_as_fusion_paints_it(qtbot: QtBot, palette: QPalette) -> None:
    tones, button = theme.tones(palette), QPushButton(" " * 20)
    qtbot.addWidget(button)
    button.setStyle(QStyleFactory.create("Fusion"))
    own = QPalette(palette)
    own.setColor(QPalette.ColorRole.Button, theme.button_ground(QColor(tones.accent)))
    button.setPalette(own)
    button.resize(120, 24)
    picture = button.grab().toImage()
    for y in range(5, 19):
        assert contrast(picture.pixelColor(60, y), tones.on_accent) >= 4.5


@pytest.mark.parametrize("palette", [LIGHT, DARK])
@pytest.mark.parametrize("kind", [QPushButton, QLineEdit, QComboBox])
def test_that_what_cannot_be_used_can_be_read_as_fusion_paints_it(
    qtbot: QtBot, palette: QPalette, kind: type[QWidget]
) -> None:
    control = kind()
    qtbot.addWidget(control)
    control.setStyle(QStyleFactory.create("Fusion"))
    control.setPalette(theme.with_accent(palette))
    control.setEnabled(False)
    control.resize(120, 24)
    picture = control.grab().toImage()
    for y in range(5, 19):
        assert contrast(picture.pixelColor(60, y), theme.tones(palette).off) >= 4.5


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_that_the_lettering_of_a_chart_can_be_read_on_screen_and_in_a_saved_picture(palette: QPalette) -> None:
    saved = {ink: QColor(colour) for ink, colour in LIGHT_INKS.items()}
    for inks in (inks_of(theme.with_accent(palette)), saved):
        for ink in (Ink.TEXT, Ink.QUIET, Ink.ACCENT, Ink.DANGER):
            assert contrast(inks[ink], inks[Ink.GROUND]) >= 4.5, ink


def test_that_nothing_moves_or_blinks(qapp: QApplication) -> None:
    theme.apply(qapp)
    theme.still(qapp)
    assert qapp.style().objectName() == "fusion"
    assert qapp.cursorFlashTime() == 0
