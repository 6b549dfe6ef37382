"""A whole call has a limit: its answer, its error, or the word that there was none."""

from __future__ import annotations

import threading

import pytest

from neuron_studio.runs.deadline import answer_within


def test_that_an_answer_and_an_error_come_as_they_are() -> None:
    assert answer_within(10, divmod, 7, 2) == (3, 1)
    assert answer_within(10, lambda: None) is None
    with pytest.raises(ZeroDivisionError):
        answer_within(10, divmod, 7, 0)


def test_that_a_call_without_an_answer_is_given_up() -> None:
    may_end = threading.Event()
    with pytest.raises(TimeoutError, match="no answer within"):
        answer_within(0.05, may_end.wait)
    may_end.set()
