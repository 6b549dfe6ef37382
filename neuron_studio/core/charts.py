"""The charts of a comparison: what each one shows, and its numbers in words.

Thinning: of the points that share a cell of a grid of 160 by 160 the one with the largest error is drawn and
stands for the others. Pairs decided differently, the 100 largest errors and the outermost points are always drawn.
"""

from __future__ import annotations

import math
from typing import List, NamedTuple, Optional, Sequence, Tuple, Union

from neuron_studio.core.chart import (
    Area,
    Axis,
    Bar,
    Bars,
    Chart,
    Ink,
    Line,
    Place,
    Points,
    Shape,
    linear_axis,
    log_axis,
)
from neuron_studio.core.compared import Compared
from neuron_studio.core.counting import counted
from neuron_studio.core.decision import JudgedPair, softmax
from neuron_studio.core.layers import origin, yardstick
from neuron_studio.core.statistics import quantile
from neuron_studio.core.wording import chart_numbers, error_text, ratio_text

_GRID = 160
_ALWAYS = 100
_MOST_BINS = 40
_BAR = 0.36


class _Point(NamedTuple):
    place: Place
    judged: JudgedPair


def pair_chart(compared: Compared, judged: JudgedPair, in_probabilities: bool = False) -> Chart:
    """Both sides of one pair as grouped bars: its logits, or what softmax makes of them."""
    sides = [judged.outcome.cpu, judged.outcome.neuron]
    if in_probabilities:
        sides = [_probabilities(side) for side in sides]
    cpu, neuron = sides
    named = compared.labels or tuple(f"logit {number}" for number in range(len(cpu)))
    finite = [value for value in (*cpu, *neuron) if math.isfinite(value)]
    unit = "probability" if in_probabilities else "logit"
    pair, number = compared.pair(judged), judged.outcome.index + 1
    bars = [_side_bars(name, side, offset) for name, side, offset in zip(compared.names, sides, (-_BAR, 0))]
    y = linear_axis(unit, [0.0, *(finite or [1.0])], room=0.08)
    first, second = compared.names
    return Chart(
        f"Pair {number}: {pair.first} | {pair.second}",
        f"{unit.capitalize()} of each label for pair {number}, {first} beside {second}.",
        Axis("", -0.6, len(named) - 0.4, names=named),
        Axis(unit, 0.0, 1.0) if in_probabilities else y,
        (*bars, Line("", ((-0.6, 0.0), (len(named) - 0.4, 0.0)))),
        (("label", f"{first} □", f"{second} ■", "|Δ|"), *chart_numbers(named, cpu, neuron)),
        _badge(compared),
    )


def _probabilities(logits: Tuple[float, ...]) -> Tuple[float, ...]:
    return softmax(logits) if all(map(math.isfinite, logits)) and logits else tuple(math.nan for _ in logits)


def _side_bars(name: str, values: Sequence[float], offset: float) -> Bars:
    bars = (
        Bar(place + offset, place + offset + _BAR, 0.0, value)
        for place, value in enumerate(values)
        if math.isfinite(value)
    )
    return Bars(name, tuple(bars), is_filled=offset >= 0)


def agreement_chart(compared: Compared) -> Optional[Chart]:
    """Every logit of the first side against the second side's, with the line on which both are equal."""
    drawn = _finite(compared)
    if not drawn:
        return None
    points = [_Point(place, judged) for judged in drawn for place in zip(judged.outcome.cpu, judged.outcome.neuron)]
    values = [value for point in points for value in point.place]
    first, second = compared.names
    x, y = linear_axis(f"{first} logit", values), linear_axis(f"{second} logit", values)
    series = (
        Points("decided alike", Shape.CIRCLE, Ink.ACCENT, _thinned(points, x, y, True)),
        Points("decided differently", Shape.CROSS, Ink.DANGER, _thinned(points, x, y, False)),
    )
    shown = sum(len(cloud.places) for cloud in series)
    low, high = x.low, x.high
    return Chart(
        f"{first} against {second}",
        f"Each logit of {counted(len(drawn), 'pair')}: {first} across, {second} upwards; on the line both are equal.",
        x,
        y,
        (Line("equal", ((low, low), (high, high)), Ink.QUIET, is_dashed=True), *_present(series)),
        (
            *_set_numbers(compared, drawn),
            (f"{first} logits", _span([point.place[0] for point in points])),
            (f"{second} logits", _span([point.place[1] for point in points])),
            *_drawn_numbers(shown, len(points)),
        ),
        _badge(compared),
    )


def margin_chart(compared: Compared) -> Optional[Chart]:
    """Every pair's error against its margin; from half the margin on an error can flip the decision."""
    # A score that nothing divides has no margin.
    drawn = [judged for judged in _finite(compared) if judged.margin is not None]
    if not drawn:
        return None
    x = log_axis(f"{compared.names[0]} margin (logits)", [judged.margin or 0.0 for judged in drawn])
    y = log_axis("max |Δ|", [judged.max_abs_error or 0.0 for judged in drawn])
    points = [_Point((judged.margin or 0.0, judged.max_abs_error or 0.0), judged) for judged in drawn]
    safe = [point for point in points if point.judged.is_safe]
    near = [point for point in points if not point.judged.is_safe]
    series = (
        Points("cannot flip", Shape.CIRCLE, Ink.ACCENT, _thinned(safe, x, y, True)),
        Points("could flip", Shape.DISC, Ink.TEXT, _thinned(near, x, y, True)),
        Points("flipped", Shape.CROSS, Ink.DANGER, _thinned(near, x, y, False)),
    )
    zeros = sum(point.place[1] == 0 for point in points)
    flipped = sum(point.judged.agrees is False for point in near)
    return Chart(
        "Margin and error",
        f"Largest error of {counted(len(drawn), 'pair')} against the margin of the decision, both in decades; "
        "in the shaded region the error reaches half the margin and can flip it.",
        x,
        y,
        (Area("error ≥ margin / 2", _flip_region(x, y)), *_present(series)),
        (
            *_set_numbers(compared, drawn),
            ("could flip, did not", f"{len(near) - flipped:,}"),
            ("least margin", error_text(min(judged.margin or 0.0 for judged in drawn))),
            *([("no error at all", f"{zeros:,}")] if zeros else []),
            *_drawn_numbers(sum(len(cloud.places) for cloud in series), len(points)),
        ),
        _badge(compared),
    )


def _flip_region(x: Axis, y: Axis) -> Tuple[Place, ...]:
    """What lies above error = margin / 2 between the axes' ends."""
    left, right = max(x.low, 2 * y.low), min(x.high, 2 * y.high)
    if left >= right:
        corners = ((x.low, y.low), (x.high, y.low), (x.high, y.high), (x.low, y.high))
        return corners if x.high <= 2 * y.low else ()
    border: Tuple[Place, ...] = ((left, left / 2), (right, right / 2))
    top: Tuple[Place, ...] = ((x.high, y.high),) if right == x.high else ()
    foot: Tuple[Place, ...] = ((x.low, y.low),) if left > x.low else ()
    return (*border, *top, (x.low, y.high), *foot)


def error_chart(compared: Compared) -> Optional[Chart]:
    """How many pairs have which largest error, in bins of one width."""
    drawn = _finite(compared)
    if not drawn:
        return None
    errors = sorted(judged.max_abs_error or 0.0 for judged in drawn)
    count = bin_count(errors)
    width = (errors[-1] - errors[0]) / count or errors[-1] or 1.0
    held = [0] * count
    for error in errors:
        held[min(count - 1, int((error - errors[0]) / width))] += 1
    bars = (Bar(errors[0] + n * width, errors[0] + (n + 1) * width, 0.0, pairs) for n, pairs in enumerate(held))
    return Chart(
        "Errors",
        f"How many of {counted(len(drawn), 'pair')} have which largest error, in {counted(count, 'bin')} of "
        f"{error_text(width)}.",
        linear_axis("max |Δ|", [errors[0], errors[0] + count * width], room=0.02),
        Axis("pairs", 0.0, max(held) * 1.08),
        (Bars("", tuple(bar for bar in bars if bar.head)),),
        (
            *_set_numbers(compared, drawn),
            ("median", error_text(quantile(errors, 0.5))),
            ("99th percentile", error_text(quantile(errors, 0.99))),
            ("least", error_text(errors[0])),
            ("width of a bin", error_text(width)),
        ),
        _badge(compared),
    )


def bin_count(ordered: Sequence[float]) -> int:
    """How many bins sorted values are put in: span / (2 IQR / n^(1/3)), at most 40.

    Freedman and Diaconis, "On the histogram as a density estimator", 1981; where half of the values are one and
    the same that width is zero, and Sturges' 1 + log2 n bins are taken (1926).
    """
    span = ordered[-1] - ordered[0]
    if span == 0:
        return 1
    width = 2 * (quantile(ordered, 0.75) - quantile(ordered, 0.25)) / len(ordered) ** (1 / 3)
    wanted = span / width if width > 0 else 1 + math.log2(len(ordered))
    return math.ceil(min(_MOST_BINS, wanted))


def layer_chart(compared: Compared) -> Optional[Chart]:
    """The error after each layer, and what bfloat16 does to the CPU's own hidden states there."""
    layers = compared.layers.layers if compared.layers else ()
    if not layers:
        return None
    errors = tuple((float(place), layer.error) for place, layer in enumerate(layers) if math.isfinite(layer.error))
    units = tuple((float(place), layer.unit) for place, layer in enumerate(layers) if layer.unit is not None)
    units = tuple(place for place in units if math.isfinite(place[1]))
    marks: List[Union[Line, Points]] = [
        Line("", errors, Ink.ACCENT),
        Points("error", Shape.DISC, Ink.ACCENT, errors),
        Line("", units, Ink.QUIET, is_dashed=True),
        Points("bfloat16 unit", Shape.CIRCLE, Ink.QUIET, units),
    ]
    rows = [
        (layer.name, error_text(layer.error), error_text(layer.unit), ratio_text(yardstick(layer))) for layer in layers
    ]
    names = [".".join(layer.name.split(".")[-2:]) for layer in layers]
    found = origin(layers)
    if found is not None and math.isfinite(layers[found.place].error):
        place = (float(found.place), layers[found.place].error)
        marks.append(Points(f"starts at {layers[found.place].name}", Shape.CROSS, Ink.DANGER, (place,)))
    return Chart(
        "Error after each layer",
        f"Euclidean norm of the error after each of {counted(len(layers), 'layer')}, beside that of bfloat16 on the "
        "CPU, in decades.",
        Axis("", -0.5, len(layers) - 0.5, names=tuple(names)),
        log_axis("|Δ| (norm)", [value for _, value in errors + units]),
        tuple(mark for mark in marks if mark.places),
        (("after", "error ●", "bfloat16 ○", "R"), *rows),
        _badge(compared),
    )


def set_charts(compared: Compared) -> List[Chart]:
    """All charts of a whole set, those left out for which there are no numbers."""
    charts = (agreement_chart(compared), margin_chart(compared), error_chart(compared), layer_chart(compared))
    return [chart for chart in charts if chart is not None]


def _finite(compared: Compared) -> List[JudgedPair]:
    """The pairs that can be drawn, the largest error first."""
    found = [judged for judged in compared.judged if judged.outcome.neuron and judged.is_finite]
    return sorted(found, key=lambda judged: -(judged.max_abs_error or 0.0))


def _thinned(points: Sequence[_Point], x: Axis, y: Axis, agree: bool) -> Tuple[Place, ...]:
    """The points of pairs that were not decided differently, thinned, or of those that were, all."""
    chosen = [point.place for point in points if (point.judged.agrees is not False) == agree]
    if not agree or len(chosen) <= _ALWAYS:
        return tuple(chosen)
    across, upwards = zip(*chosen)
    ends = [chosen[side.index(end(side))] for end in (min, max) for side in (across, upwards)]
    # From the smallest error to the largest: of one cell the last remains.
    cells = dict(zip(zip(_cells(x, across[::-1]), _cells(y, upwards[::-1])), chosen[::-1]))
    return tuple(dict.fromkeys([*chosen[:_ALWAYS], *ends, *cells.values()]))


def _cells(axis: Axis, values: Sequence[float]) -> List[int]:
    """In which of the grid's rows or columns values lie; written for many of them."""
    if axis.is_log:
        low, high = math.log10(axis.low), math.log10(axis.high)
        values = [math.log10(value) if value > 0 else low for value in values]
    else:
        low, high = axis.low, axis.high
    factor = _GRID / (high - low)
    return [int((value - low) * factor) for value in values]


def _present(series: Sequence[Points]) -> Tuple[Points, ...]:
    return tuple(cloud for cloud in series if cloud.places)


def _set_numbers(compared: Compared, drawn: Sequence[JudgedPair]) -> List[Tuple[str, str]]:
    worst, lost = drawn[0], len(compared.judged) - len(drawn)
    errors = [judged.max_abs_error or 0.0 for judged in drawn]
    rows = [
        ("pairs", f"{len(drawn):,}"),
        ("decided differently", f"{sum(judged.agrees is False for judged in drawn):,}"),
        ("largest max |Δ|", error_text(worst.max_abs_error)),
        ("in pair", f"{worst.outcome.index + 1:,}"),
        ("mean of max |Δ|", error_text(math.fsum(errors) / len(errors))),
    ]
    return rows + ([("not finite, not drawn", f"{lost:,}")] if lost else [])


def _drawn_numbers(shown: int, count: int) -> List[Tuple[str, str]]:
    return [("points drawn", f"{shown:,} of {count:,}")] if shown < count else []


def _span(values: Sequence[float]) -> str:
    return f"{min(values):.4g} to {max(values):.4g}"


def _badge(compared: Compared) -> str:
    return "EMULATED" if compared.emulated else ""
