"""What judges pairs of sentences: how such a model is known by its name and tags, and the best known ones."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Any, Iterable, Mapping, Optional


class Kind(str, Enum):
    """What a model says of two sentences."""

    PARAPHRASE = "paraphrase"
    DUPLICATE = "duplicate"
    NLI = "NLI"
    STS = "similarity"
    RERANKER = "reranker"
    PAIRS = "sentence pairs"


_WORDS = (
    (Kind.RERANKER, re.compile(r"re-?rank|ms-?marco|mmarco|text-ranking")),
    (Kind.DUPLICATE, re.compile(r"qqp|quora|duplicate")),
    (Kind.STS, re.compile(r"(?<![a-z])sts(b|-b|[0-9]|(?![a-z]))")),
    (Kind.NLI, re.compile(r"nli(?![a-z])|(?<![a-z])rte(?![a-z])|entail")),
    (Kind.PARAPHRASE, re.compile(r"mrpc|(?<![a-z])paws|paraphras")),
    (Kind.PAIRS, re.compile(r"cross-?encoder")),
)

# Models of these tasks give a vector, a token or a text, whatever they were trained on.
_TASKS = ("", "text-classification", "text-ranking", "zero-shot-classification")


@dataclass(frozen=True)
class KnownModel:
    """A model of the hub that many use for pairs."""

    id: str
    kind: Kind
    note: str


KNOWN_MODELS = (
    KnownModel("bert-base-cased-finetuned-mrpc", Kind.PARAPHRASE, "the model of AWS's own tutorial"),
    KnownModel("Intel/bert-base-uncased-mrpc", Kind.PARAPHRASE, "BERT without capitals"),
    KnownModel("cross-encoder/quora-roberta-base", Kind.DUPLICATE, "questions that ask the same"),
    KnownModel("cross-encoder/quora-distilroberta-base", Kind.DUPLICATE, "the same, smaller"),
    KnownModel("FacebookAI/roberta-large-mnli", Kind.NLI, "large"),
    KnownModel("cross-encoder/nli-deberta-v3-xsmall", Kind.NLI, "small, relative attention"),
    KnownModel("cross-encoder/nli-deberta-v3-base", Kind.NLI, "relative attention"),
    KnownModel("cross-encoder/stsb-roberta-base", Kind.STS, "how alike two sentences are"),
    KnownModel("cross-encoder/ms-marco-MiniLM-L6-v2", Kind.RERANKER, "small, English"),
    KnownModel("cross-encoder/mmarco-mMiniLMv2-L12-H384-v1", Kind.RERANKER, "small, many languages"),
    KnownModel("BAAI/bge-reranker-base", Kind.RERANKER, "Chinese and English"),
    KnownModel("BAAI/bge-reranker-v2-m3", Kind.RERANKER, "large, long texts, many languages"),
    KnownModel("Alibaba-NLP/gte-reranker-modernbert-base", Kind.RERANKER, "ModernBERT, long texts"),
)


def kind_of(model_id: str, task: str = "", tags: Iterable[str] = ()) -> Optional[Kind]:
    """What a model judges, by its name first and then by its tags and data sets; None where nothing says pairs."""
    if task not in _TASKS:
        return None
    for text in (model_id, f"{task} {' '.join(tags)}"):
        for kind, words in _WORDS:
            if words.search(text.lower()):
                return kind
    return None


def score_meaning(model_id: str, config: Mapping[str, Any]) -> str:
    """What the one logit of a model means: by its configuration, else by its name, and it is said which."""
    activation = str((config.get("sentence_transformers") or {}).get("activation_fn", ""))
    activation = activation or str(config.get("sbert_ce_default_activation_function") or "")
    if config.get("problem_type") == "regression":
        return "a regression value"
    if activation.endswith("Identity"):
        return "a score without bounds, for ranking"
    if activation.endswith("Sigmoid"):
        return "a probability or degree, 0 to 1 through a sigmoid"
    by_name = {Kind.RERANKER: "a score for ranking", Kind.STS: "a degree of similarity", Kind.DUPLICATE:
               "a probability"}  # fmt: skip
    kind = kind_of(model_id)
    return f"by its name {by_name[kind]}" if kind in by_name else "its configuration does not say what it means"
