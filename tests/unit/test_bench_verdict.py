"""What the bench makes of its measurements: medians, ratios, and whether a promise is kept."""

from __future__ import annotations

import json
import math
import struct
from array import array
from pathlib import Path

import pytest

from tests.bench import table
from tests.bench.display import Box, alternating
from tests.bench.ticks import gaps
from tests.bench.verdict import Claim, Row, Series, at_most, growth, milliseconds, number, ratio, seconds

KEPT = Row("one", "what is promised", (at_most("worst", 20.0, 50.0, "ms"),))
MISSED = Row("two", "what else is promised", (at_most("worst", 75.0, 50.0, "ms", "idle: 10 ms"), *KEPT.claims))
UNMEASURED = Row("three", "a third", not_measured="no window was painted")


def test_that_a_ratio_is_that_of_the_medians_and_tells_both_with_their_spread() -> None:
    claim = ratio("a against b", seconds([3.0, 1.0, 2.0]), seconds([4.0, 4.0, 40.0]), 1.3)
    assert claim.value == 0.5
    assert claim.is_kept
    assert claim.detail == "2.00 s (1.00–3.00) against 4.00 s (4.00–40.0)"


def test_that_a_ratio_to_nothing_is_not_kept() -> None:
    claim = ratio("a against b", Series((1.0,), "B"), Series((0.0,), "B"), 1.3)
    assert claim.value == math.inf
    assert claim.verdict == "missed by inf ×"


def test_that_what_could_not_be_computed_is_not_kept() -> None:
    assert not at_most("worst", math.nan, 1.0, "ms").is_kept


@pytest.mark.parametrize(
    ("value", "limit", "verdict"),
    [(1.3, 1.3, "kept"), (1.56, 1.3, "missed by 20 %"), (0.0, 0.0, "kept"), (12.0, 0.0, "missed by 12.0 B/s")],
)
def test_that_a_verdict_says_kept_or_missed_by_how_much(value: float, limit: float, verdict: str) -> None:
    assert Claim("bytes a second", value, limit, "B/s").verdict == verdict


def test_that_growth_compares_with_what_was_before() -> None:
    claim = growth("memory", 100.0, 130.0, 1.2, "MB")
    assert claim.value == 1.3
    assert not claim.is_kept
    assert claim.detail == "130 MB after 100 MB"


def test_that_a_percentile_is_a_value_that_was_measured() -> None:
    series = Series(tuple(map(float, range(1, 201))), "ms")
    assert (series.percentile(99), series.percentile(100), series.percentile(0)) == (198.0, 200.0, 1.0)
    assert Series((7.0,), "ms").percentile(99) == 7.0


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (0.02, "0.0200"), (1.234, "1.23"), (52.35, "52.4"), (999.4, "999"), (1844.0, "1,844")],
)
def test_that_numbers_have_three_digits_that_count(value: float, text: str) -> None:
    assert number(value) == text


def test_that_gaps_are_those_between_two_ticks_of_the_time_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "ticks"
    file.write_bytes(array("d", [1.0, 2.0, 2.25, 2.5, 9.0]).tobytes())
    assert gaps(file, 2.0, 3.0) == milliseconds([0.25, 0.25])


def test_that_a_row_shows_every_number_beside_its_promise() -> None:
    assert list(table.row_lines(MISSED)) == [
        "two: what else is promised",
        "    worst                                             75.0 ms   at most 50.0 ms    missed by 50 %",
        "        idle: 10 ms",
        "    worst                                             20.0 ms   at most 50.0 ms    kept",
    ]
    assert list(table.row_lines(UNMEASURED))[1] == "    not measured: no window was painted"


def test_that_the_ending_counts_what_was_kept_and_names_the_rest() -> None:
    assert table.ending([KEPT]) == "1 of 1 rows kept"
    assert table.ending([KEPT, MISSED, UNMEASURED]) == "1 of 3 rows kept · missed: two · not measured: three"


def test_that_the_json_holds_every_measurement_and_its_verdict() -> None:
    row = Row("one", "what", KEPT.claims, series=(("studio", seconds([1.0, 2.0])),))
    plain = json.loads(json.dumps(table.as_plain([row, UNMEASURED], {"cores": "2"})))
    assert plain["machine"] == {"cores": "2"}
    assert plain["rows"][0]["claims"][0]["kept"] is True
    assert plain["rows"][0]["series"]["studio"] == {"values": [1.0, 2.0], "unit": "s"}
    assert plain["rows"][1]["not_measured"] == "no window was painted"


def test_that_what_comes_and_goes_on_the_screen_is_found_beside_what_moves_by_itself() -> None:
    box = Box(10, 20, 4, 3)

    def picture(letter: int, clock: int) -> bytes:
        pixels = [0] * 12
        pixels[5] = pixels[9] = letter
        pixels[3] = clock
        return struct.pack("12I", *pixels)

    without = [picture(0, second) for second in (1, 3, 5)]
    shown = [picture(7, second) for second in (2, 4, 6)]
    assert alternating(without, shown, box) == Box(11, 21, 1, 2)
    assert alternating(without, without, box) is None
