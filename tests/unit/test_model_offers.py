"""What is offered to choose from: in the order of places, each model once, in words that fit a list."""

from __future__ import annotations

import pytest

from neuron_studio.core.model_address import parse
from neuron_studio.core.model_offers import (
    KNOWN_OFFERS,
    Offer,
    Place,
    fitting,
    hub_offer,
    listed,
    local_offer,
    recent_offer,
)
from neuron_studio.core.offer_words import cells, search_state, short_number, table, told
from neuron_studio.wire.errors import StudioError

MRPC = "Intel/bert-base-uncased-mrpc"
HERE = local_offer(MRPC, "BertForSequenceClassification", 438_000_000)


def test_that_well_known_models_stand_ready_before_any_typing() -> None:
    assert listed("") == KNOWN_OFFERS


def test_that_places_come_in_order_and_each_model_once_with_all_that_is_known_of_it() -> None:
    found = (
        hub_offer("acme/writer-mrpc", "text-generation", downloads=9),
        hub_offer("acme/mrpc", "text-classification", downloads=3),
        hub_offer(MRPC, "text-classification", (), 7, 2, 433_000_000),
    )
    offers = listed("mrpc", [recent_offer(MRPC)], [HERE], found)
    assert [(offer.place, offer.id) for offer in offers] == [
        (Place.RECENT, MRPC),
        (Place.KNOWN, "bert-base-cased-finetuned-mrpc"),
        (Place.PAIRS, "acme/mrpc"),
        (Place.OTHERS, "acme/writer-mrpc"),
    ]
    assert offers[0] == Offer(
        MRPC, Place.RECENT, "paraphrase", 7, 2, 438_000_000, "BERT without capitals", is_here=True
    )


def test_that_every_word_must_fit_the_name_the_kind_or_the_note() -> None:
    assert [offer.id for offer in fitting(KNOWN_OFFERS, "RERANKER chinese")] == ["BAAI/bge-reranker-base"]
    assert fitting(KNOWN_OFFERS, "reranker nowhere") == ()


def test_that_what_is_here_and_is_no_classifier_says_what_it_is() -> None:
    assert local_offer("acme/roberta", "RobertaForMaskedLM", 1).kind == "RobertaForMaskedLM"
    assert local_offer("acme/sts-base", "BertModel", 1).kind == "BertModel"
    assert local_offer("acme/sts-base", "BertForSequenceClassification", 1).kind == "similarity"
    assert local_offer("acme/tone", "BertForSequenceClassification", 1).kind == "text-classification"


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0"), (430, "430"), (999, "999"), (1_000, "1.0k"), (12_340, "12k"), (999_499, "999k"), (999_500, "1.0M"),
     (1_234_567, "1.2M"), (34_567_890, "35M"), (2_100_000_000, "2.1G")],
)  # fmt: skip
def test_that_counts_are_short(count: int, text: str) -> None:
    assert short_number(count) == text


def test_that_what_is_not_known_is_left_out_of_the_row_and_of_what_is_read_aloud() -> None:
    assert cells(Offer("acme/pairs", Place.OTHERS)) == ("acme/pairs", "", "", "", "")
    assert told(Offer("acme/pairs", Place.OTHERS)) == "acme/pairs"
    assert told(HERE) == f"{MRPC}, paraphrase, 438 MB"


def test_that_the_table_has_a_heading_for_each_place_and_numbers_to_the_right() -> None:
    offers = (
        HERE,
        hub_offer("a/nli", "text-classification", (), 1_234_567, 430, 1_738_000_000),
        hub_offer("b/sts", "text-ranking"),
    )
    assert table(offers) == (
        "On this machine\n"
        "  Intel/bert-base-uncased-mrpc  paraphrase                 438 MB\n"
        "\n"
        "Sentence-pair models of the hub\n"
        "  a/nli                         NLI         1.2M ↓  430 ♥  1.7 GB\n"
        "  b/sts                         similarity"
    )
    assert table(()) == ""


def test_that_an_error_of_the_hub_is_told_with_its_remedy_and_being_offline_is_a_state() -> None:
    assert search_state("x", 0, StudioError("hub-error", "Slow.", "Wait.")) == "Slow. Wait."
    assert search_state("x", 0, StudioError("hub-unreachable", "Gone.", "Wait.")).startswith("Offline:")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("bert-base-uncased", ("bert-base-uncased", None)),
        (" acme/pairs ", ("acme/pairs", None)),
        ("acme/pairs@v1.0", ("acme/pairs", "v1.0")),
        ("acme/pairs@", ("acme/pairs", None)),
        ("acme/pairs@refs/pr/3", ("acme/pairs", "refs/pr/3")),
        ("/models/pairs@home", ("/models/pairs@home", None)),
        ("https://huggingface.co/acme/pairs", ("acme/pairs", None)),
        ("https://huggingface.co/acme/pairs/tree/main", ("acme/pairs", "main")),
        ("https://huggingface.co/acme/pairs/tree/feature%2Fone", ("acme/pairs", "feature/one")),
        ("https://huggingface.co/acme/pairs/tree/refs%2Fpr%2F3", ("acme/pairs", "refs/pr/3")),
        ("https://huggingface.co/acme/pairs/blob/refs/pr/3/config.json", ("acme/pairs", "refs/pr/3")),
        ("https://huggingface.co/acme/pairs/discussions/4?page=2#top", ("acme/pairs", None)),
        ("huggingface.co/bert-base-uncased/commit/86b5e0934494bd15c9632b12f734a8a67f723594",
         ("bert-base-uncased", "86b5e0934494bd15c9632b12f734a8a67f723594")),
        ("HTTPS://HF.CO/acme/pairs", ("acme/pairs", None)),
        ("https://huggingface.co/datasets/acme/pairs", ("https://huggingface.co/datasets/acme/pairs", None)),
        ("https://example.org/acme/pairs", ("https://example.org/acme/pairs", None)),
    ],
)  # fmt: skip
def test_that_a_model_is_named_by_id_by_revision_or_by_its_page(text: str, named: tuple[str, str | None]) -> None:
    assert parse(text) == named
