"""The plain word on a model before it is fetched: works, works with changes, will not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from neuron_studio.core.environment import Environment
from neuron_studio.core.fact_words import fact_lines
from neuron_studio.core.fitness import Fit, Verdict, verdict, verdict_line
from neuron_studio.core.known_models import KNOWN_MODELS, Kind, kind_of, score_meaning
from neuron_studio.core.model_facts import ModelFacts, ModelFile
from neuron_studio.core.request import Request
from neuron_studio.runs.resources import instances
from neuron_studio.wire.spec import ModelChoice

BERT = {
    "architectures": ["BertForSequenceClassification"], "model_type": "bert", "max_position_embeddings": 512,
    "vocab_size": 30522, "hidden_size": 768, "id2label": {"0": "no", "1": "yes"},
}  # fmt: skip
FACTS = ModelFacts("acme/pairs", BERT, (ModelFile("model.safetensors", 433_000_000),), parameters=108_000_000)
INF1 = Request(ModelChoice("acme/pairs"), family="inf1")


def judged(request: Request = INF1, versions: dict[str, str] | None = None, **facts: Any) -> Verdict:
    return verdict(request, replace(FACTS, **facts), Environment("python", versions=versions or {}), instances())


def test_that_a_plain_classifier_works_as_far_as_its_configuration_tells() -> None:
    assert verdict_line(judged()) == "✓ Works on inf1.xlarge, as far as its configuration tells."


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"config": {}}, "no config.json"),
        ({"config": {**BERT, "architectures": ["BertForMaskedLM"]}}, "not as a sequence classifier"),
        ({"config": {**BERT, "auto_map": {"AutoConfig": "c.C"}}}, "Python code from its own repository"),
        ({"files": ()}, "no weights"),
        ({"tensors": frozenset({"bert.pooler.dense.weight"})}, "no trained classification head"),
    ],
)
def test_that_what_cannot_judge_pairs_will_not_and_the_reason_is_told(facts: dict[str, Any], said: str) -> None:
    found = judged(**facts)
    assert found.fit is Fit.NOT
    assert verdict_line(found).startswith("✗ Will not work on inf1.xlarge, because ")
    assert said in verdict_line(found)


def test_that_a_pickle_a_length_and_an_encoder_decoder_are_changes() -> None:
    long = replace(INF1, sequence_length=600)
    found = judged(long, files=(ModelFile("pytorch_model.bin"),), config={**BERT, "is_encoder_decoder": True})
    assert found.fit is Fit.CHANGES
    for said in ("only as a pickle", "at most 512, not 600", "encoder-decoder"):
        assert said in verdict_line(found)


def test_that_an_architecture_newer_than_the_environment_asks_for_another_one() -> None:
    modern = {**BERT, "model_type": "modernbert", "max_position_embeddings": 8192}
    assert "transformers 4.48 or newer: 4.30.2" in verdict_line(
        judged(versions={"transformers": "4.30.2"}, config=modern)
    )
    assert judged(versions={"transformers": "4.48.0"}, config=modern).fit is Fit.WORKS
    assert judged(config=modern).fit is Fit.WORKS


def test_that_weights_which_no_device_holds_are_refused_and_fewer_copies_are_a_change() -> None:
    assert judged(parameters=20_000_000_000).fit is Fit.NOT
    found = judged(parameters=1_500_000_000)
    assert found.fit is Fit.CHANGES
    assert "At most 2 NeuronCores of a device" in verdict_line(found)
    assert judged(replace(INF1, neuron_cores=2), parameters=1_500_000_000).fit is Fit.WORKS


@pytest.mark.parametrize(
    ("config", "meaning"),
    [
        ({"sbert_ce_default_activation_function": "torch.nn.modules.linear.Identity"}, "without bounds"),
        ({"sentence_transformers": {"activation_fn": "torch.nn.modules.activation.Sigmoid"}}, "sigmoid"),
        ({"problem_type": "regression"}, "regression"),
        ({}, "does not say"),
    ],
)
def test_that_one_logit_means_what_the_configuration_says(config: dict[str, Any], meaning: str) -> None:
    assert meaning in score_meaning("acme/model", config)


def test_that_a_name_is_only_believed_where_the_configuration_is_silent() -> None:
    assert score_meaning("BAAI/bge-reranker-base", {}) == "by its name a score for ranking"
    assert score_meaning("acme/reranker", {"problem_type": "regression"}) == "a regression value"


@pytest.mark.parametrize(
    ("model", "task", "tags", "kind"),
    [
        *((known.id, "", (), known.kind) for known in KNOWN_MODELS),
        ("textattack/bert-base-uncased-QQP", "text-classification", (), Kind.DUPLICATE),
        ("acme/bert", "text-classification", ("dataset:nyu-mll/multi_nli",), Kind.NLI),
        ("acme/bert", "text-ranking", (), Kind.RERANKER),
        ("sentence-transformers/paraphrase-MiniLM-L6-v2", "sentence-similarity", (), None),
        ("distilbert-base-uncased-finetuned-sst-2-english", "text-classification", (), None),
        ("acme/online-learner", "text-classification", (), None),
    ],
)
def test_that_models_of_pairs_are_known_by_name_tags_and_data_sets(
    model: str, task: str, tags: tuple[str, ...], kind: Kind | None
) -> None:
    assert kind_of(model, task, tags) is kind


def test_that_the_facts_are_four_lines() -> None:
    facts = replace(FACTS, licence="mit", gated=True, size=434_000_000, to_fetch=34_000_000, free=12_000_000_000)
    assert fact_lines(facts) == (
        "Bert · 108.0 M parameters · no / yes",
        "up to 512 tokens · licence mit · safetensors · gated · head not looked at",
        "34.0 MB of 434 MB to download · 12.0 GB free",
    )
    assert fact_lines(replace(FACTS, is_folder=True, cached=True))[-1].endswith(" · on this machine")
    assert "too little" in fact_lines(replace(facts, free=1000))[-1]
