"""How the window looks: Fusion in the desktop's own palette, one accent, one set of distances."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

TIGHT = 4
SPACE = 8
WIDE = 12

# Text at the size of the desktop's font times this is a headline.
_HEADLINE = 1.35


@dataclass(frozen=True)
class Tones:
    """The colours that carry meaning, each with a contrast of at least 4.5:1 on its background."""

    accent: str
    on_accent: str
    quiet: str
    off: str
    good: str
    warning: str
    danger: str
    card: str
    badge: str
    on_badge: str


LIGHT = Tones(
    accent="#1f5fae", on_accent="#ffffff", quiet="#565c66", off="#6a6d73", good="#116329", warning="#7a4b00",
    danger="#a8201a", card="#fdf6e3", badge="#7a4b00", on_badge="#ffffff",
)  # fmt: skip
DARK = Tones(
    accent="#7cb7ff", on_accent="#0b1320", quiet="#b9bfc9", off="#b4b9c2", good="#86e29b", warning="#f2c063",
    danger="#ffa79e", card="#3a3524", badge="#f2c063", on_badge="#231a00",
)  # fmt: skip


def is_dark(palette: QPalette) -> bool:
    """Whether the desktop asks for light text on a dark ground."""
    return (
        palette.color(QPalette.ColorRole.Window).lightness() < palette.color(QPalette.ColorRole.WindowText).lightness()
    )


def tones(palette: QPalette) -> Tones:
    """The meaningful colours that suit a palette."""
    return DARK if is_dark(palette) else LIGHT


def apply(app: QApplication) -> None:
    """Dress the application for its first paint."""
    app.setStyle("Fusion")
    app.setPalette(with_accent(app.palette()))


def still(app: QApplication) -> None:
    """Let nothing move or blink, because every pixel may cross a network."""
    # PySide makes a hundred enums of this name, which takes longer than all that the first paint needs of ours.
    from PySide6.QtCore import Qt

    for effect in (
        Qt.UIEffect.UI_AnimateMenu, Qt.UIEffect.UI_FadeMenu, Qt.UIEffect.UI_AnimateCombo,
        Qt.UIEffect.UI_AnimateTooltip, Qt.UIEffect.UI_FadeTooltip, Qt.UIEffect.UI_AnimateToolBox,
    ):  # fmt: skip
        QApplication.setEffectEnabled(effect, False)
    app.setCursorFlashTime(0)


def follow(app: QApplication) -> None:
    """Suit the accent to the palette that the desktop has now; what it says itself is followed by Qt."""
    palette = app.palette()
    if palette.color(QPalette.ColorRole.Highlight) != QColor(tones(palette).accent):
        app.setPalette(with_accent(palette))


def with_accent(palette: QPalette) -> QPalette:
    """The desktop's palette with our accent, and with texts that can be read in every state."""
    chosen, palette = tones(palette), QPalette(palette)
    palette.setColor(QPalette.ColorRole.Highlight, QColor(chosen.accent))
    palette.setColor(QPalette.ColorRole.HighlightedText, QColor(chosen.on_accent))
    palette.setColor(QPalette.ColorRole.Link, QColor(chosen.accent))
    palette.setColor(QPalette.ColorRole.PlaceholderText, QColor(chosen.quiet))
    # What cannot be used now is still read, and most desktops make it too faint for that.
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(chosen.off))
    return palette


def button_ground(accent: QColor) -> QColor:
    """The colour to ask of Fusion for a button in the accent: it brightens what it is given by about a third."""
    return accent.darker(140) if accent.lightness() < 128 else accent


def headline_font(font: QFont) -> QFont:
    """A larger, bold version of a font."""
    large = QFont(font)
    large.setBold(True)
    if font.pointSizeF() > 0:
        large.setPointSizeF(font.pointSizeF() * _HEADLINE)
    return large


def bold_font() -> QFont:
    """The desktop's font, bold; whatever has it still follows the desktop's size."""
    font = QFont()
    font.setBold(True)
    return font


def number_font() -> QFont:
    """The letters of the desktop's fixed-width font in the size of its other texts, which they still follow."""
    font = QFont()
    font.setFamilies(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).families())
    return font
