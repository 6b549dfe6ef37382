"""A chart as SVG: on a light ground, with its title and its numbers for those who do not see it."""

from __future__ import annotations

from html import escape
from typing import Dict, List, Tuple

from neuron_studio.core.chart import Chart, Ink, Place, Shape
from neuron_studio.core.chart_layout import Dots, Drawn, Lettering, Patch, Stroke, Words, lay_out

SIZE = (760, 440)
RADIUS = 3.0

# On paper and on white; as grey they are as far apart as their meanings.
LIGHT_INKS: Dict[Ink, str] = {
    Ink.TEXT: "#1b1f24",
    Ink.QUIET: "#565c66",
    Ink.ACCENT: "#1f5fae",
    Ink.DANGER: "#a8201a",
    Ink.SHADE: "#e4e7eb",
    Ink.GROUND: "#ffffff",
}

# What wide letters of a sans-serif font take, since nobody here can measure the reader's font.
_LETTERING = Lettering(16.0, lambda text: 6.8 * len(text))


def svg(chart: Chart, size: Tuple[int, int] = SIZE) -> str:
    """The whole drawing as one element that stands in a page or in a file of its own."""
    width, height = size
    body = "".join(_element(drawn) for drawn in lay_out(chart, width, height, _LETTERING))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" font-family="system-ui, sans-serif" font-size="12">'
        f"<title>{_text(chart.title)}</title><desc>{_text(_told(chart))}</desc>"
        f'<rect width="{width}" height="{height}" fill="{LIGHT_INKS[Ink.GROUND]}"/>{body}</svg>'
    )


def _told(chart: Chart) -> str:
    numbers = "; ".join(" ".join(row) for row in chart.numbers)
    return f"{chart.badge + '. ' if chart.badge else ''}{chart.summary} {numbers}"


def _element(drawn: Drawn) -> str:
    if isinstance(drawn, Stroke):
        dashes = ' stroke-dasharray="5 4"' if drawn.is_dashed else ""
        return f'<polyline points="{_points(drawn.places)}" fill="none" stroke="{LIGHT_INKS[drawn.ink]}"{dashes}/>'
    if isinstance(drawn, Patch):
        edge = LIGHT_INKS[drawn.edge] if drawn.edge else "none"
        return f'<polygon points="{_points(drawn.places)}" fill="{LIGHT_INKS[drawn.fill]}" stroke="{edge}"/>'
    return _dots(drawn) if isinstance(drawn, Dots) else _words(drawn)


def _dots(dots: Dots) -> str:
    """All dots as one path: thousands of elements would make a page slow."""
    fill = LIGHT_INKS[dots.ink] if dots.shape is Shape.DISC else "none"
    draw = _cross if dots.shape is Shape.CROSS else _circle
    path = "".join(draw(x, y) for x, y in dots.places)
    return f'<path d="{path}" fill="{fill}" stroke="{LIGHT_INKS[dots.ink]}"/>'


def _cross(x: float, y: float) -> str:
    side = 2 * RADIUS
    return f"M{x - RADIUS:.1f} {y - RADIUS:.1f}l{side:g} {side:g}m0 -{side:g}l-{side:g} {side:g}"


def _circle(x: float, y: float) -> str:
    arc = f"a{RADIUS:g} {RADIUS:g} 0 1 0 "
    return f"M{x - RADIUS:.1f} {y:.1f}{arc}{2 * RADIUS:g} 0{arc}-{2 * RADIUS:g} 0"


def _words(words: Words) -> str:
    x, y = words.place
    marks: List[str] = [f'x="{x:.1f}" y="{y:.1f}" text-anchor="{words.anchor}" fill="{LIGHT_INKS[words.ink]}"']
    if words.is_bold:
        marks.append('font-weight="bold"')
    if words.is_turned:
        marks.append(f'transform="rotate(-90 {x:.1f} {y:.1f})"')
    return f"<text {' '.join(marks)}>{_text(words.text)}</text>"


def _points(places: Tuple[Place, ...]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)


def _text(text: str) -> str:
    """Text as XML allows it: no control characters and no half of a surrogate pair, whatever a sentence holds."""
    allowed = (char if char.isprintable() or char == "\n" else " " for char in text)
    return escape("".join(allowed))
