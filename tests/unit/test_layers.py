"""Where a difference starts: the rule, and the words for it."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

from neuron_studio.core.layer_words import layer_points, layer_rows, layers_html, layers_report, layers_text
from neuron_studio.core.layer_words import where_it_starts as words
from neuron_studio.core.layers import JUMP, Origin, Start, origin, relative_error, repeats, yardstick
from neuron_studio.core.run_state import RunState
from neuron_studio.wire.events import LayerError, LayersCompared, PairOutcome
from tests.support.scripted_run import a_spec


def layers(*errors: float, unit: float | None = 1.0, size: float = 200.0) -> list[LayerError]:
    """Layers with these errors, each with the same unit."""
    return [LayerError(f"encoder.layer.{number}", error, unit, size) for number, error in enumerate(errors)]


def state(*found: LayerError, cast: str = "all", kind: str = "bf16") -> RunState:
    spec = a_spec()
    spec = replace(spec, options=replace(spec.options, auto_cast=cast, auto_cast_type=kind))
    return RunState(spec, layers=LayersCompared(2, tuple(found)))


def test_that_r_is_the_error_in_units_of_rounding() -> None:
    (layer,) = layers(3.0, unit=2.0)
    assert (yardstick(layer), relative_error(layer)) == (1.5, 0.015)


@pytest.mark.parametrize("unit", [None, 0.0, math.nan, math.inf])
def test_that_without_a_unit_there_is_no_r(unit: float | None) -> None:
    assert yardstick(layers(3.0, unit=unit)[0]) is None


def test_that_zeros_have_no_relative_error() -> None:
    assert relative_error(layers(3.0, size=0.0)[0]) is None


@pytest.mark.parametrize("ratios", [(0.0, 0.0, 0.0), (1.0, 1.1, 0.9), (0.0, 0.7, 2.5), (1.0, 3.0, 9.0, 27.0), (JUMP,)])
def test_that_an_error_that_grows_smoothly_starts_nowhere(ratios: tuple[float, ...]) -> None:
    assert origin(layers(*ratios)) is None


@pytest.mark.parametrize(
    ("ratios", "place"),
    [((0.0, 1.0, 40.0, 35.0), 2), ((12.0, 12.0), 0), ((1.0, 0.2, 5.0), 2), ((2.0, 7.0, 50.0), 2), ((0.1, math.inf), 1)],
)
def test_that_the_first_jump_beyond_rounding_is_the_start(ratios: tuple[float, ...], place: int) -> None:
    found = origin(layers(*ratios))
    assert found is not None
    assert found.place == place


def test_that_few_numbers_that_bfloat16_rounds_well_by_luck_are_no_defect() -> None:
    lucky = LayerError("classifier", 1.0, 0.1, 200.0)
    assert origin([*layers(1.0, 1.0), lucky]) is None
    assert origin([*layers(1.0, 1.0), replace(lucky, error=2.5)]) == Origin(2, Start.JUMP)


@pytest.mark.parametrize("unit", [None, 0.0])
def test_that_without_a_unit_the_step_of_bfloat16_takes_its_place(unit: float | None) -> None:
    assert origin(layers(0.5, 1.0, 2.0, unit=unit)) is None
    assert origin(layers(0.5, 1.0, 30.0, unit=unit)) == Origin(2, Start.JUMP)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_that_the_first_layer_without_numbers_is_named_as_such(bad: float) -> None:
    assert origin(layers(1.0, bad, bad)) == Origin(1, Start.NOT_FINITE)
    assert origin(layers(1.0, 50.0, bad)) == Origin(1, Start.JUMP)


def test_that_a_model_without_numbers_of_its_own_accuses_nobody() -> None:
    assert origin(layers(math.nan, unit=math.nan, size=math.inf)) is None


def test_that_the_sentence_names_the_layer_and_what_was_before_it() -> None:
    assert words(state(*layers(0.7, 1.1, 42.0))) == (
        "The difference starts at encoder.layer.2: R is 42 after it, and 1.10 at most before it."
    )
    assert words(state(*layers(42.0))) == "The difference starts at encoder.layer.0: R is 42 after it."
    assert words(state(*layers(42.0, unit=None))) == (
        "The difference starts at encoder.layer.0: the relative error is 0.2100 after it."
    )


def test_that_an_overflow_is_told_with_its_cause_only_where_fp16_is_used() -> None:
    found = layers(1.0, math.inf)
    assert words(state(*found)) == "The first layer with NaN or infinity is encoder.layer.1."
    assert "65,504" in words(state(*found, kind="fp16"))
    assert "65,504" not in words(state(*found, cast="none", kind="fp16"))


def test_that_nothing_found_is_told_with_the_largest_r() -> None:
    assert words(state(*layers(0.0, 0.0))) == "Both sides agree to the last bit after every layer."
    assert words(state(*layers(0.7, 1.1, 1.0))) == (
        "R jumps at no layer: it is largest after encoder.layer.1, 1.10, which rounding explains."
    )
    assert "explains" not in words(state(*layers(1.0, 3.0, 9.0)))
    assert words(state(*layers(0.1, unit=None))) == "The error jumps at no layer."


def test_that_the_table_marks_the_layer_by_a_sign_and_the_curve_has_its_points() -> None:
    found = layers(1.0, math.nan)
    assert layer_rows(found) == (
        ("encoder.layer.0", "1.00", "0.0050", "200"), ("✗ encoder.layer.1", "NaN", "NaN", "200"),
    )  # fmt: skip
    assert layer_points(layers(1.0, 2.0)) == (("encoder.layer.0", 1.0), ("encoder.layer.1", 2.0))


def test_that_every_report_has_the_layers_where_they_were_compared_and_is_silent_where_not() -> None:
    silent = RunState(a_spec())
    assert (layers_text(silent), layers_report(silent), layers_html(silent), words(silent)) == ([], None, "", "")
    found = state(*layers(1.0, 42.0), LayerError("<b>", math.nan, None, 1.0))
    assert layers_text(found)[1] == "layer by layer, 2 of 4 pairs"
    assert layers_text(found)[-1] == words(found)
    report = layers_report(found)
    assert report is not None
    assert (report["starts_at"], report["start"], report["pairs"]) == ("encoder.layer.1", "jump", 2)
    json.dumps(report, allow_nan=False)
    assert "<td>✗ encoder.layer.1</td>" in layers_html(found)
    assert "<b>" not in layers_html(found)


OUTCOME = PairOutcome(0, 5, False, (1.0, -1.0), (1.01, -1.0), (1.0, -1.02))


def test_that_a_twin_is_told_from_another_module_by_more_than_rounding() -> None:
    assert repeats([(1.01, -1.02)], [OUTCOME])
    assert not repeats([(1.3, -1.02)], [OUTCOME])
    assert not repeats([(math.nan, -1.02)], [OUTCOME])
    assert repeats([(math.nan, -1.02)], [replace(OUTCOME, neuron=(math.inf, -1.02))])
