"""What a configuration and a list of files say about a model, in the shapes that the hub really has."""

from __future__ import annotations

from typing import Any

import pytest

from neuron_studio.core.model_facts import ModelFacts, ModelFile, labels, needed, summary, usable_length


def facts(*files: str, tensors: tuple[str, ...] = (), **config: Any) -> ModelFacts:
    return ModelFacts("acme/pairs", config, tuple(ModelFile(name) for name in files), frozenset(tensors))


@pytest.mark.parametrize(
    ("config", "longest"),
    [
        ({"model_type": "bert", "max_position_embeddings": 512, "pad_token_id": 0}, 512),
        ({"model_type": "electra", "max_position_embeddings": 512, "pad_token_id": 0}, 512),
        ({"model_type": "albert", "max_position_embeddings": 512, "pad_token_id": 0}, 512),
        ({"model_type": "distilbert", "max_position_embeddings": 512, "pad_token_id": 0}, 512),
        ({"model_type": "roberta", "max_position_embeddings": 514, "pad_token_id": 1}, 512),
        ({"model_type": "roberta", "max_position_embeddings": 514}, 512),
        ({"model_type": "roberta", "max_position_embeddings": 514, "pad_token_id": None}, 512),
        ({"model_type": "roberta", "max_position_embeddings": 514, "pad_token_id": 0}, 513),
        ({"model_type": "xlm-roberta", "max_position_embeddings": 8194, "pad_token_id": 1}, 8192),
        ({"model_type": "mpnet", "max_position_embeddings": 514, "pad_token_id": 1}, 512),
        ({"model_type": "modernbert", "max_position_embeddings": 8192, "pad_token_id": 50283}, 8192),
        ({"model_type": "deberta-v2", "max_position_embeddings": 512, "position_biased_input": False}, None),
        ({"model_type": "deberta-v2", "max_position_embeddings": 512, "position_biased_input": True}, 512),
        ({"model_type": "deberta", "max_position_embeddings": 512}, 512),
        ({"model_type": "bart", "max_position_embeddings": 1024, "pad_token_id": 1}, 1024),
        ({"model_type": "xlnet"}, None),
        ({"model_type": "odd", "max_position_embeddings": -1}, None),
    ],
)  # fmt: skip
def test_that_the_usable_length_is_what_the_position_table_serves(config: dict[str, Any], longest: int | None) -> None:
    assert usable_length(config) == longest


def test_that_labels_come_in_the_order_of_the_logits() -> None:
    assert labels({"id2label": {"10": "k", "2": "c", "0": "a"}}) == ("a", "c", "k")
    assert labels({"id2label": {0: "no", 1: "yes"}}) == ("no", "yes")


def test_that_a_configuration_without_labels_means_two() -> None:
    assert labels({}) == ("LABEL_0", "LABEL_1")
    assert labels({"num_labels": 3}) == ("LABEL_0", "LABEL_1", "LABEL_2")
    assert labels({"id2label": {"0": "LABEL_0"}}) == ("LABEL_0",)


@pytest.mark.parametrize(
    "tensors",
    [
        ("bert.pooler.dense.weight", "classifier.weight", "classifier.bias"),
        ("roberta.encoder.layer.0.output.dense.weight", "classifier.out_proj.weight"),
        ("model.layers.0.attn.Wqkv.weight", "head.dense.weight", "classifier.weight"),
        ("model.encoder.layers.0.fc1.weight", "classification_head.out_proj.weight"),
        ("transformer.h.0.attn.c_attn.weight", "score.weight"),
        ("transformer.mask_emb", "sequence_summary.summary.weight", "logits_proj.weight"),
        ("transformer.position_embeddings.weight", "sequence_summary.summary.weight"),
        (),
    ],
)
def test_that_a_trained_head_is_found_in_every_family(tensors: tuple[str, ...]) -> None:
    assert facts(tensors=tensors).has_trained_head


def test_that_a_body_alone_has_no_trained_head() -> None:
    assert not facts(tensors=("bert.pooler.dense.weight", "cls.predictions.bias")).has_trained_head


def test_that_weights_are_known_by_the_names_of_their_files() -> None:
    assert facts("model.safetensors").has_safetensors
    assert facts("model.safetensors.index.json", "model-00001-of-00002.safetensors").has_safetensors
    assert facts("pytorch_model.bin").has_pickle
    assert not facts("pytorch_model.bin", "adapter_model.safetensors").has_safetensors


def test_that_code_of_its_own_is_seen_where_loading_would_run_it() -> None:
    own = {"AutoModelForSequenceClassification": "modeling.NewForSequenceClassification"}
    assert facts(auto_map=own).needs_remote_code
    assert facts(auto_map={"AutoConfig": "configuration.NewConfig"}).needs_remote_code
    assert not facts(auto_map={"AutoModelForMaskedLM": "modeling.NewForMaskedLM"}).needs_remote_code
    assert not facts(auto_map=None).needs_remote_code


def test_that_a_sequence_classifier_is_known_by_its_architecture() -> None:
    assert facts(architectures=["DebertaV2ForSequenceClassification"]).is_sequence_classifier
    assert not facts(architectures=["BertForMaskedLM"]).is_sequence_classifier
    assert not facts(architectures=None).is_sequence_classifier


def test_that_a_download_asks_for_one_set_of_weights() -> None:
    assert "model.safetensors" in needed(with_pickle=False)
    assert not any(pattern.endswith(".bin") for pattern in needed(with_pickle=False))
    assert not any(pattern.endswith(".safetensors") for pattern in needed(with_pickle=True))


def test_that_a_model_is_summed_up_in_one_line() -> None:
    config = {"architectures": ["BertForSequenceClassification"], "id2label": {"0": "no", "1": "yes"}}
    assert summary(ModelFacts("x", config, parameters=678_000)) == "Bert · 0.7 M parameters · no / yes"
    assert summary(ModelFacts("x", {"id2label": {"0": "LABEL_0"}})) == "unknown architecture · one score"
    many = {"model_type": "bert", "id2label": {str(index): f"l{index}" for index in range(4)}}
    assert summary(ModelFacts("x", many, parameters=2_270_000_000)) == "bert · 2.27 B parameters · 4 labels"
