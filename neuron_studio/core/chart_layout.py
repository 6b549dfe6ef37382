"""Where everything of a chart stands in a rectangle: strokes, dots and words, for any painter."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Callable, List, Optional, Tuple, Union

from neuron_studio.core.chart import Area, Axis, Bars, Chart, Ink, Line, Marks, Place, Points, Shape

_GAP = 6.0
_TICK = 4.0
_SAMPLE = 18.0
# Less of a name says nothing.
_NAME = 64.0
# The rarest bar still has to be seen.
_LEAST_BAR = 2.0


@dataclass(frozen=True)
class Lettering:
    """How large text is: the height of a line, and the width of a text."""

    line: float
    width: Callable[[str], float]

    def cut(self, text: str, most: float) -> str:
        """As much of a text as fits."""
        if self.width(text) <= most:
            return text
        kept = text[: max(0, int(len(text) * most / max(1.0, self.width(text))))]
        while kept and self.width(kept + "…") > most:
            kept = kept[:-1]
        return kept.rstrip() + "…"


@dataclass(frozen=True)
class Stroke:
    """A line through places."""

    places: Tuple[Place, ...]
    ink: Ink
    is_dashed: bool = False


@dataclass(frozen=True)
class Patch:
    """A polygon, filled, with an outline or without."""

    places: Tuple[Place, ...]
    fill: Ink
    edge: Optional[Ink] = None


@dataclass(frozen=True)
class Dots:
    """Points of one shape."""

    places: Tuple[Place, ...]
    shape: Shape
    ink: Ink


@dataclass(frozen=True)
class Words:
    """A text on its base line; anchor is start, middle or end; turned text reads upwards."""

    place: Place
    text: str
    anchor: str = "start"
    ink: Ink = Ink.TEXT
    is_bold: bool = False
    is_turned: bool = False


Drawn = Union[Stroke, Patch, Dots, Words]


@dataclass(frozen=True)
class _Frame:
    """The rectangle between the axes."""

    left: float
    top: float
    right: float
    bottom: float
    x: Axis
    y: Axis

    def across(self, value: float) -> float:
        return self.left + self.x.share(value) * (self.right - self.left)

    def upwards(self, value: float) -> float:
        return self.bottom - self.y.share(value) * (self.bottom - self.top)

    def place(self, place: Place) -> Place:
        return self.across(place[0]), self.upwards(place[1])


def lay_out(chart: Chart, width: float, height: float, lettering: Lettering) -> Tuple[Drawn, ...]:
    """A chart as what is to be drawn, from back to front."""
    line = lettering.line
    labels = max((lettering.width(text) for _, text in chart.y.ticks()), default=0.0)
    left, right = line + _GAP + labels + _GAP, width - 2 * _GAP
    legend, rows = _legend(chart, left, right, lettering)
    frame = _Frame(
        left=left,
        top=(1 + rows) * line + 2 * _GAP,
        right=right,
        bottom=height - _TICK - line - _GAP - (line if chart.x.title else 0.0),
        x=chart.x,
        y=chart.y,
    )
    drawn: List[Drawn] = []
    for marks in chart.marks:
        drawn += _marks(frame, marks)
    return (*_axes(frame, lettering), *drawn, *_head(chart, width, lettering), *legend)


def _head(chart: Chart, width: float, lettering: Lettering) -> List[Drawn]:
    base, end = lettering.line, width - 2 * _GAP
    badge: List[Drawn] = []
    if chart.badge:
        badge = [Words((end, base), chart.badge, "end", is_bold=True)]
        end -= 1.2 * lettering.width(chart.badge) + 2 * _GAP
    # Bold letters are wider than those that were measured.
    return [Words((_GAP, base), lettering.cut(chart.title, (end - _GAP) / 1.1), is_bold=True), *badge]


def _axes(frame: _Frame, lettering: Lettering) -> List[Drawn]:
    line, middle = lettering.line, (frame.left + frame.right) / 2
    drawn: List[Drawn] = [
        Stroke(((frame.left, frame.top), (frame.left, frame.bottom), (frame.right, frame.bottom)), Ink.QUIET)
    ]
    ticks = frame.y.ticks()
    height = frame.bottom - frame.top
    for value, text in ticks[:: _every(height, len(ticks), line)]:
        y = frame.upwards(value)
        drawn.append(Stroke(((frame.left - _TICK, y), (frame.left, y)), Ink.QUIET))
        drawn.append(Words((frame.left - _GAP, y + line / 3), text, "end"))
    drawn += _across(frame, lettering)
    if frame.x.title:
        drawn.append(Words((middle, frame.bottom + _TICK + 2 * line), frame.x.title, "middle", Ink.QUIET))
    title = Words((line, (frame.top + frame.bottom) / 2), lettering.cut(frame.y.title, height), "middle", Ink.QUIET,
                  is_turned=True)  # fmt: skip
    return [*drawn, title]


def _across(frame: _Frame, lettering: Lettering) -> List[Drawn]:
    """The numbers or names beneath the chart; long names are cut to their share of the width."""
    ticks, width = frame.x.ticks(), frame.right - frame.left
    widest = max((lettering.width(text) for _, text in ticks), default=0.0) + _GAP
    every = _every(width, len(ticks), min(widest, _NAME) if frame.x.names else widest)
    drawn: List[Drawn] = []
    for value, text in ticks[::every]:
        x = frame.across(value)
        written = lettering.cut(text, width / len(ticks) * every - _GAP) if frame.x.names else text
        drawn.append(Stroke(((x, frame.bottom), (x, frame.bottom + _TICK)), Ink.QUIET))
        drawn.append(Words((x, frame.bottom + _TICK + lettering.line), written, "middle"))
    return drawn


def _every(length: float, count: int, needed: float) -> int:
    """Each how manyth of the labels is written, so that none touches the next."""
    return max(1, math.ceil(needed * count / max(1.0, length)))


def _marks(frame: _Frame, marks: Marks) -> List[Drawn]:
    if isinstance(marks, Bars):
        return [_bar(frame, bar.left, bar.right, bar.foot, bar.head, marks.is_filled) for bar in marks.bars]
    places = tuple(map(frame.place, marks.places))
    if isinstance(marks, Points):
        return [Dots(places, marks.shape, marks.ink)]
    if isinstance(marks, Line):
        return [Stroke(places, marks.ink, marks.is_dashed)]
    return [Patch(places, Ink.SHADE)] if places else []


def _bar(frame: _Frame, left: float, right: float, foot: float, head: float, is_filled: bool) -> Patch:
    x, end, base, top = frame.across(left), frame.across(right), frame.upwards(foot), frame.upwards(head)
    if head > foot:
        top = min(top, base - _LEAST_BAR)
    elif head < foot:
        top = max(top, base + _LEAST_BAR)
    corners = ((x, base), (x, top), (end, top), (end, base))
    return Patch(corners, Ink.ACCENT if is_filled else Ink.GROUND, Ink.TEXT)


def _legend(chart: Chart, left: float, right: float, lettering: Lettering) -> Tuple[List[Drawn], int]:
    """The names of the marks, and in how many rows they stand."""
    drawn: List[Drawn] = []
    x, row = left, 0
    for marks in chart.marks:
        if not marks.name:
            continue
        width = _SAMPLE + lettering.width(marks.name) + 2 * _GAP
        if x > left and x + width > right:
            x, row = left, row + 1
        base = (2 + row) * lettering.line + _GAP / 2
        name = lettering.cut(marks.name, right - x - _SAMPLE)
        drawn += [*_sample(marks, x, base - lettering.line / 3), Words((x + _SAMPLE, base), name)]
        x += width
    return drawn, row + 1 if drawn else 0


def _sample(marks: Marks, x: float, y: float) -> List[Drawn]:
    box = ((x, y - 4), (x + 12, y - 4), (x + 12, y + 4), (x, y + 4))
    if isinstance(marks, Points):
        return [Dots(((x + 6, y),), marks.shape, marks.ink)]
    if isinstance(marks, Line):
        return [Stroke(((x, y), (x + 12, y)), marks.ink, marks.is_dashed)]
    if isinstance(marks, Area):
        return [Patch(box, Ink.SHADE, Ink.QUIET)]
    return [Patch(box, Ink.ACCENT if marks.is_filled else Ink.GROUND, Ink.TEXT)]
