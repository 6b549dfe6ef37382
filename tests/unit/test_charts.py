"""What the charts of a comparison show, and their numbers."""

from __future__ import annotations

import math
import random
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from neuron_studio.core.chart import Area, Axis, Bars, Chart, Points, Shape, linear_axis, log_axis
from neuron_studio.core.chart_layout import Dots, Lettering, Patch, Stroke, Words, lay_out
from neuron_studio.core.charts import (
    agreement_chart,
    bin_count,
    error_chart,
    layer_chart,
    margin_chart,
    pair_chart,
    set_charts,
)
from neuron_studio.core.compared import Compared
from neuron_studio.core.decision import judge
from neuron_studio.core.svg_chart import svg
from neuron_studio.wire.events import LayerError, LayersCompared, PairOutcome
from neuron_studio.wire.spec import SentencePair
from tests.support.scripted_run import FLIPPED, LABELS, PAIRS, an_outcome

LETTERING = Lettering(16.0, lambda text: 7.0 * len(text))


def compared(outcomes: tuple[PairOutcome, ...] = FLIPPED, **changes: object) -> Compared:
    pairs = (PAIRS * (len(outcomes) // len(PAIRS) + 1))[: len(outcomes)]
    return Compared(pairs, tuple(judge(outcome, LABELS) for outcome in outcomes), LABELS, **changes)


def many(count: int) -> Compared:
    """A set whose errors are small but for a few, and a flip now and then."""
    chance = random.Random(1)
    outcomes = []
    for index in range(count):
        half, error = chance.gauss(0, 2), 0.01 if index % 500 else 1.5
        outcomes.append(an_outcome(index, (-half, half), (-half + chance.gauss(0, error), half)))
    return compared(tuple(outcomes))


def clouds(chart: Chart) -> dict[Shape, Points]:
    return {marks.shape: marks for marks in chart.marks if isinstance(marks, Points)}


def test_that_the_bars_of_a_pair_are_its_logits_or_their_probabilities() -> None:
    shown = compared()
    logits, shares = (pair_chart(shown, shown.judged[0], in_probabilities) for in_probabilities in (False, True))
    assert [bars.bars[1].head for bars in logits.marks if isinstance(bars, Bars)] == [2.0417, 2.0426]
    assert [bars.is_filled for bars in logits.marks if isinstance(bars, Bars)] == [False, True]
    first = next(bars for bars in shares.marks if isinstance(bars, Bars))
    assert sum(bar.head for bar in first.bars) == pytest.approx(1)
    assert logits.numbers_text.splitlines()[:2] == [
        "label             CPU □  Neuron ■     |Δ|",
        "not paraphrase  -1.8134   -1.8125  0.0009",
    ]


def test_that_a_logit_that_is_not_finite_has_no_bar_but_stands_in_the_numbers() -> None:
    shown = compared((an_outcome(0, (0.5, 0.1), (math.nan, 0.1)),))
    for in_probabilities in (False, True):
        chart = pair_chart(shown, shown.judged[0], in_probabilities)
        assert "NaN" in chart.numbers_text
        svg(chart)


def test_that_flips_are_crosses_in_every_chart_of_the_set() -> None:
    assert [len(clouds(chart)[Shape.CROSS].places) for chart in set_charts(compared())[:2]] == [2, 1]
    assert "decided differently" in agreement_chart(compared()).numbers_text


def test_that_what_lies_in_the_flip_region_is_what_could_flip() -> None:
    shown = compared((*FLIPPED, an_outcome(4, (0.01, 0.0), (0.004, 0.0))))
    cloud = clouds(margin_chart(shown))
    assert {shape: len(points.places) for shape, points in cloud.items()} == {
        Shape.CIRCLE: 3, Shape.DISC: 1, Shape.CROSS: 1,
    }  # fmt: skip
    for shape, is_in in ((Shape.CIRCLE, False), (Shape.DISC, True), (Shape.CROSS, True)):
        assert all((error >= margin / 2) is is_in for margin, error in cloud[shape].places)
    area = next(marks for marks in margin_chart(shown).marks if isinstance(marks, Area))
    assert all(error >= margin / 2 * (1 - 1e-9) or margin == min(area.places)[0] for margin, error in area.places)


def test_that_exact_sides_and_scores_without_a_threshold_can_be_drawn() -> None:
    exact = compared((an_outcome(0, (0.5, 0.1), (0.5, 0.1)), an_outcome(1, (0.2, 0.2), (0.2, 0.2))))
    assert [svg(chart).startswith("<svg") for chart in set_charts(exact)] == [True] * 3
    assert "no error at all" in margin_chart(exact).numbers_text
    degree = Compared(PAIRS[:1], (judge(an_outcome(0, (3.2,), (3.1,)), (), None),))
    assert margin_chart(degree) is None
    assert agreement_chart(degree) is not None


def test_that_without_numbers_of_both_sides_there_is_no_chart() -> None:
    assert set_charts(compared((an_outcome(0, (0.5, 0.1), ()), an_outcome(1, (0.5, 0.1), (math.inf, 0.0))))) == []


def test_that_many_points_are_thinned_but_flips_the_worst_and_the_outermost_are_all_drawn() -> None:
    shown = many(10_000)
    flips = sum(judged.agrees is False for judged in shown.judged)
    worst = sorted((judged for judged in shown.judged if judged.agrees), key=lambda judged: -judged.max_abs_error)
    assert flips > 10
    for chart, drawn in ((agreement_chart(shown), 2 * flips), (margin_chart(shown), flips)):
        cloud = clouds(chart)
        assert len(cloud[Shape.CROSS].places) == drawn
        assert sum(len(points.places) for points in cloud.values()) < 6_000
        assert "points drawn" in chart.numbers_text
    drawn = {place for points in clouds(margin_chart(shown)).values() for place in points.places}
    assert {(judged.margin, judged.max_abs_error) for judged in worst[:80]} <= drawn
    margins = [judged.margin for judged in shown.judged if judged.agrees]
    assert {min(margins), max(margins)} <= {margin for margin, _ in drawn}


def test_that_the_histogram_counts_every_pair_in_as_many_bins_as_its_rule_says() -> None:
    shown = many(1_000)
    bars = next(marks for marks in error_chart(shown).marks if isinstance(marks, Bars))
    assert sum(bar.head for bar in bars.bars) == 1_000
    assert bin_count([0.0, 0.0, 0.0]) == 1
    assert bin_count([0.0] * 15 + [1.0]) == 5
    assert bin_count([float(number) for number in range(1_000)]) == 10
    assert bin_count([0.001 * number for number in range(1_000)] + [1e6]) == 40


def test_that_the_curve_shows_error_and_unit_after_each_layer_and_where_it_starts() -> None:
    layers = [LayerError(f"encoder.layer.{n}", 0.01 if n < 3 else 2.0, 0.01, 10.0) for n in range(5)]
    chart = layer_chart(compared(layers=LayersCompared(4, tuple(layers))))
    assert clouds(chart)[Shape.CROSS].places == ((3.0, 2.0),)
    assert chart.numbers[4] == ("encoder.layer.3", "2.0000", "0.0100", "200")
    unknown = [LayerError("a", math.nan, None, math.nan), LayerError("b", 0.0, None, 1.0)]
    assert "NaN" in layer_chart(compared(layers=LayersCompared(4, tuple(unknown)))).numbers_text
    assert layer_chart(compared()) is None


@pytest.mark.parametrize(
    ("axis", "texts"),
    [
        (linear_axis("", [-1.0, 1.0], room=0.0), ["-1", "-0.5", "0", "0.5", "1"]),
        (linear_axis("", [3.0, 3.0]), ["2.85", "2.9", "2.95", "3", "3.05", "3.1", "3.15"]),
        (log_axis("", [0.0, 0.002, 0.3]), ["0.001", "0.01", "0.1", "1"]),
        (log_axis("", [0.0]), ["0.1", "1", "10"]),
        (Axis("", -0.5, 1.5, names=("a", "b")), ["a", "b"]),
    ],
)
def test_that_axes_are_labelled_with_few_round_values(axis: Axis, texts: list[str]) -> None:
    assert [text for _, text in axis.ticks()] == texts
    assert all(axis.low - 1e-9 <= value <= axis.high + 1e-9 for value, _ in axis.ticks())


@pytest.mark.parametrize("size", [(180, 110), (480, 240), (1400, 900)])
def test_that_nothing_is_drawn_outside_and_no_two_labels_touch(size: tuple[int, int]) -> None:
    layers = tuple(LayerError(f"bert.encoder.layer.{n}", 0.01, 0.01, 10.0) for n in range(24))
    for chart in set_charts(compared(many(300).judged and FLIPPED, layers=LayersCompared(4, layers))):
        drawn = lay_out(chart, *size, LETTERING)
        for element in drawn:
            if isinstance(element, (Dots, Patch, Stroke)):
                assert all(-1 <= x <= size[0] + 1 and -1 <= y <= size[1] + 1 for x, y in element.places)
            elif element.anchor == "start":
                assert element.place[0] + LETTERING.width(element.text) <= size[0]
        under = [words for words in drawn if isinstance(words, Words) and words.anchor == "middle"]
        beneath = [words for words in under if words.ink.value == "text"]
        for one, next_one in pairwise(beneath):
            half = (LETTERING.width(one.text) + LETTERING.width(next_one.text)) / 2
            assert next_one.place[0] - one.place[0] >= half


def test_that_svg_is_whole_says_what_it_shows_and_takes_any_sentence() -> None:
    shown = compared(emulated=True)
    hostile = SentencePair("</title><script>\x00\x1b[31m\ud800 & \"'", "]]>\u202e\uffff")
    shown = Compared((hostile, *PAIRS[1:]), shown.judged, ("<b>", "&"), emulated=True)
    tree = ElementTree.fromstring(svg(pair_chart(shown, shown.judged[0])).encode())
    names = {element.tag.rpartition("}")[2] for element in tree.iter()}
    assert names <= {"svg", "title", "desc", "rect", "polyline", "polygon", "path", "text"}
    assert tree.attrib["role"] == "img"
    assert "2.0417" in tree.find("{*}desc").text
    assert "EMULATED" in [element.text for element in tree.iter("{http://www.w3.org/2000/svg}text")]
