"""A line of the hub's list as an offer: whoever answers, it can neither name a folder nor bring markup in."""

from __future__ import annotations

from typing import Any

import pytest

from neuron_studio.core.model_offers import Place, hub_offer
from neuron_studio.runs.hub import _offer

WHOLE = {
    "id": "acme/pairs-mrpc", "pipeline_tag": "text-classification", "tags": ["en"], "downloads": 7, "likes": 2,
    "safetensors": {"parameters": {"F32": 100, "BF16": 10}},
}  # fmt: skip


def test_that_a_whole_line_is_an_offer_with_its_size() -> None:
    assert _offer(WHOLE) == hub_offer("acme/pairs-mrpc", "text-classification", ["en"], 7, 2, 420)


@pytest.mark.parametrize("entry", [None, 7, "acme/pairs", [], {}, {"id": None}, {"id": 7}, {"name": "acme/pairs"}])
def test_that_what_is_no_line_is_left_out(entry: Any) -> None:
    assert _offer(entry) is None


@pytest.mark.parametrize(
    "hostile",
    ["/etc", "../../etc", "acme/../etc", "./x", "~root", "a/b/c", "acme/", "", "<img src='file:///etc/passwd'>", "a\nb",
     "starter model"],
)  # fmt: skip
def test_that_an_id_that_is_none_is_left_out(hostile: str) -> None:
    assert _offer({**WHOLE, "id": hostile}) is None


@pytest.mark.parametrize("value", [None, "7", 7.5, True, -1, [7], {"F32": 7}])
def test_that_a_field_of_another_type_counts_as_missing(value: Any) -> None:
    offer = _offer({**WHOLE, "downloads": value, "likes": value, "tags": value, "safetensors": {"parameters": value}})
    assert offer is not None
    assert (offer.downloads, offer.likes) == (None, None)
    assert offer.place is Place.PAIRS


@pytest.mark.parametrize("task", [None, 7, ["text-classification"], "<b>task</b>", "x" * 1000, "two words"])
def test_that_a_task_is_a_word_or_nothing(task: Any) -> None:
    offer = _offer({**WHOLE, "id": "acme/other", "pipeline_tag": task})
    assert offer is not None
    assert offer.kind == ""
