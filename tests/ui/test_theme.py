"""Colours that can be read, in light and in dark."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QPushButton, QStyleFactory
from pytestqt.qtbot import QtBot

from neuron_studio.ui import theme

LIGHT = QPalette(QColor("#efefef"), QColor("#efefef"))
DARK = QPalette(QColor("#2f3136"), QColor("#2f3136"))


def luminance(colour: QColor) -> float:
    """As WCAG 2 defines it."""
    parts = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.getRgbF()[:3])
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


def contrast(one: QColor | str, other: QColor | str) -> float:
    lower, higher = sorted((luminance(QColor(one)), luminance(QColor(other))))
    return (higher + 0.05) / (lower + 0.05)


@pytest.mark.parametrize(
    ("tones", "grounds"),
    [(theme.LIGHT, ("#efefef", "#ffffff", "#fdf6e3")), (theme.DARK, ("#2f3136", "#000000", "#3a3524"))],
)
def test_that_every_tone_can_be_read_on_every_ground(tones: theme.Tones, grounds: tuple[str, ...]) -> None:
    for ground in grounds:
        for name in ("accent", "quiet", "good", "warning", "danger"):
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


def test_that_nothing_moves_or_blinks(qapp: QApplication) -> None:
    theme.apply(qapp)
    theme.still(qapp)
    assert qapp.style().objectName() == "fusion"
    assert qapp.cursorFlashTime() == 0
