"""Whose end is told of."""

from __future__ import annotations

import pytest

from neuron_studio.core.end_of_run import is_worth_telling


@pytest.mark.parametrize(
    ("seconds", "is_looked_at", "is_told"),
    [(59.9, True, False), (60.0, True, True), (3600.0, True, True), (0.5, False, True), (None, True, False)],
)
def test_that_a_short_run_is_told_of_only_where_nobody_looks(
    seconds: float | None, is_looked_at: bool, is_told: bool
) -> None:
    assert is_worth_telling(seconds, is_looked_at) is is_told
