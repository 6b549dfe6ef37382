"""The starter model is small, readable by old and new libraries, and what its card says it is."""

from __future__ import annotations

import hashlib
import itertools
import json
import sys
from types import ModuleType

import pytest

from neuron_studio.runs.models import describe
from neuron_studio.runs.pair_files.reading import read_pairs
from neuron_studio.runs.resources import STARTER_MODEL, resource
from neuron_studio.wire.spec import ModelChoice

FOUR_MEGABYTES = 4_000_000


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    """The generator of the training's pairs, which lives beside the model."""
    sys.path.insert(0, str(STARTER_MODEL))
    try:
        import pairs
    finally:
        sys.path.remove(str(STARTER_MODEL))
    return pairs


def test_that_the_starter_model_stays_under_four_megabytes() -> None:
    assert sum(path.stat().st_size for path in STARTER_MODEL.iterdir() if path.is_file()) < FOUR_MEGABYTES


def test_that_its_tokenizer_has_a_class_which_every_release_knows() -> None:
    assert json.loads((STARTER_MODEL / "tokenizer_config.json").read_text())["tokenizer_class"] == "BertTokenizer"
    vocabulary = (STARTER_MODEL / "vocab.txt").read_text(encoding="utf-8").splitlines()
    fast = json.loads((STARTER_MODEL / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    assert fast == {token: number for number, token in enumerate(vocabulary)}


def test_that_it_is_a_trained_sequence_classifier_in_safetensors() -> None:
    facts = describe(ModelChoice(str(STARTER_MODEL)))
    assert facts.is_sequence_classifier
    assert facts.has_safetensors
    assert not facts.has_pickle
    assert facts.has_trained_head
    assert list(facts.config["id2label"].values()) == ["not paraphrase", "paraphrase"]


def test_that_its_card_names_the_digest_of_its_weights_and_its_licence() -> None:
    card = (STARTER_MODEL / "README.md").read_text(encoding="utf-8")
    assert hashlib.sha256((STARTER_MODEL / "model.safetensors").read_bytes()).hexdigest() in card
    assert "license: apache-2.0" in card


def test_that_the_generator_gives_the_same_pairs_for_the_same_seed(generator: ModuleType) -> None:
    once, twice = (list(itertools.islice(generator.pairs(7, held_out=False), 200)) for _ in range(2))
    assert once == twice
    assert once != list(itertools.islice(generator.pairs(8, held_out=False), 200))


def test_that_held_out_and_default_pairs_never_occur_in_training(generator: ModuleType) -> None:
    def texts(pairs: object) -> set[tuple[str, str]]:
        return {(pair.first.text, pair.second.text) for pair in pairs if len(pair.first.text.split()) > 3}

    trained = texts(itertools.islice(generator.pairs(5, held_out=False), 20_000))
    spoken = {sentence.rstrip(".") for pair in trained for sentence in pair}
    loose = ("same loose words", "other loose words")
    unseen = [pair for pair in itertools.islice(generator.pairs(99, held_out=True), 3000) if pair.kind not in loose]
    assert not trained & texts(unseen)
    assert not [pair for pair in unseen if pair.first.text.rstrip(".") in spoken]
    for first, second, _same in generator.DEFAULT_PAIRS:
        assert not {first, second} & spoken


def test_that_the_sample_pairs_can_be_read_with_their_labels_and_quotation_marks() -> None:
    found = read_pairs(resource("samples/pairs.tsv"))[1].pairs
    assert len(found) == 24
    assert {pair.expected for pair in found} == {"0", "1"}
    assert any('"no"' in pair.first for pair in found)
