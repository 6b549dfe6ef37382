"""Tiny random sentence-pair classifiers of every family, built here so that nothing is downloaded.

Each behaves like the models of its family on the hub: tokenizer class, pad id, token types, position
offset, head. Runs in any interpreter with torch and transformers: python -m tests.support.tiny_models OUT NAME …
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from tests.support.tiny_vocabularies import BERT_SPECIALS, ROBERTA_SPECIALS, byte_pairs, unigram, wordpiece

PROBES = (
    ("the company is based in new york city", "the headquarters are situated in manhattan"),
    ("the company is based in new york city", "apples are especially bad for your health"),
    ("a man plays a guitar", "a woman sings a song"),
    ("the dog runs in the park", "the cat sleeps on the sofa all day"),
    ("the price of oil rose sharply today", "oil fell"),
    ("police arrested two men after the bank robbery", "two men are arrested for robbery of a bank"),
)
NLI = {0: "contradiction", 1: "entailment", 2: "neutral"}

_BERT_FIRST = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_ROBERTA_FIRST = ("<s>", "<pad>", "</s>", "<unk>")


@dataclass(frozen=True)
class Family:
    """How one kind of tiny model is made: its configuration, its tokenizer and the tokenizer's class."""

    config: str
    tokenizer: Callable[[], Tokenizer]
    tokenizer_class: str
    specials: dict[str, str]
    settings: dict[str, Any] = field(default_factory=dict)
    labels: dict[int, str] | None = None
    half: bool = False


def _bert(config: str, tokenizer_class: str, **rest: Any) -> Family:
    return Family(config, lambda: wordpiece(_BERT_FIRST, "[SEP]"), tokenizer_class, BERT_SPECIALS, **rest)


def _roberta_like(config: str, tokenizer: Callable[[], Tokenizer], tokenizer_class: str) -> Family:
    settings = {"max_position_embeddings": 514, "type_vocab_size": 1, "pad_token_id": 1, "layer_norm_eps": 1e-5}
    return Family(config, tokenizer, tokenizer_class, ROBERTA_SPECIALS, settings)


def _deberta(**settings: Any) -> Family:
    relative = {
        "relative_attention": True, "position_buckets": 16, "max_relative_positions": -1, "norm_rel_ebd": "layer_norm",
        "share_att_key": True, "pos_att_type": ["p2c", "c2p"], "position_biased_input": False, "type_vocab_size": 0,
        "pooler_hidden_size": 32, "pooler_dropout": 0, "pooler_hidden_act": "gelu", "layer_norm_eps": 1e-7,
    }  # fmt: skip
    return Family(
        "DebertaV2Config",
        lambda: unigram(("[PAD]", "[CLS]", "[SEP]", "[UNK]"), ("[MASK]",), "[UNK]", "[SEP]"),
        "DebertaV2Tokenizer",
        BERT_SPECIALS,
        {**relative, **settings},
        NLI,
    )


FAMILIES: dict[str, Family] = {
    "bert": _bert("BertConfig", "BertTokenizer"),
    "bert-nli": _bert("BertConfig", "BertTokenizer", labels=NLI),
    "bert-score": _bert("BertConfig", "BertTokenizer", labels={0: "LABEL_0"}),
    "bert-float16": _bert("BertConfig", "BertTokenizer", half=True),
    "bert-one-layer": _bert("BertConfig", "BertTokenizer", settings={"num_hidden_layers": 1}),
    "roberta": _roberta_like(
        "RobertaConfig", lambda: byte_pairs(_ROBERTA_FIRST, ("<mask>",), "</s>"), "RobertaTokenizer"
    ),
    "distilbert": _bert(
        "DistilBertConfig", "DistilBertTokenizer", settings={"dim": 32, "n_layers": 2, "n_heads": 4, "hidden_dim": 64}
    ),
    "albert": Family(
        "AlbertConfig",
        lambda: unigram(("<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"), (), "<unk>", "[SEP]"),
        "AlbertTokenizer",
        {**BERT_SPECIALS, "bos": "[CLS]", "eos": "[SEP]", "unk": "<unk>", "pad": "<pad>"},
        {"embedding_size": 16, "hidden_act": "gelu_new", "classifier_dropout_prob": 0.1},
    ),
    "electra": _bert("ElectraConfig", "ElectraTokenizer", settings={"embedding_size": 16}),
    "mpnet": Family(
        "MPNetConfig",
        lambda: wordpiece(("<s>", "<pad>", "</s>", "[UNK]", "<mask>"), "</s>"),
        "MPNetTokenizer",
        {**ROBERTA_SPECIALS, "unk": "[UNK]"},
        {"max_position_embeddings": 514, "pad_token_id": 1, "layer_norm_eps": 1e-5},
    ),
    "deberta-v2": _deberta(),
    "deberta-v2-conv": _deberta(conv_kernel_size=3, conv_act="gelu"),
    "xlm-roberta": _roberta_like(
        "XLMRobertaConfig",
        lambda: unigram(_ROBERTA_FIRST, ("<mask>",), "<unk>", "</s>"),
        "XLMRobertaTokenizer",
    ),
    "bart": Family(
        "BartConfig",
        lambda: byte_pairs(_ROBERTA_FIRST, ("<mask>",), "</s>"),
        "BartTokenizer",
        ROBERTA_SPECIALS,
        {
            "d_model": 32,
            "encoder_layers": 2,
            "decoder_layers": 2,
            "encoder_attention_heads": 4,
            "decoder_attention_heads": 4,
            "encoder_ffn_dim": 64,
            "decoder_ffn_dim": 64,
            "init_std": 0.2,
            "decoder_start_token_id": 2,
        },
        NLI,
    ),
    "modernbert": Family(
        "ModernBertConfig",
        lambda: byte_pairs((), ("[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]"), "[SEP]"),
        "PreTrainedTokenizerFast",
        {**BERT_SPECIALS, "bos": "[CLS]", "eos": "[SEP]"},
        {"num_hidden_layers": 3, "local_attention": 16, "max_position_embeddings": 8192, "classifier_pooling": "mean"},
    ),
}


def build(name: str, folder: Path) -> Path:
    """Write a family's tiny model as save_pretrained leaves one; the same weights every time."""
    import torch
    import transformers

    family = FAMILIES[name]
    tokenizer = family.tokenizer()
    folder.mkdir(parents=True, exist_ok=True)
    _write_tokenizer(family, tokenizer, folder)
    config = getattr(transformers, family.config)(**_settings(family, tokenizer))
    torch.manual_seed(7)
    model = transformers.AutoModelForSequenceClassification.from_config(config).eval()
    _spread(model, transformers.AutoTokenizer.from_pretrained(str(folder)))
    (model.half() if family.half else model).save_pretrained(str(folder), safe_serialization=True)
    return folder


def _settings(family: Family, tokenizer: Tokenizer) -> dict[str, Any]:
    shape = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}
    settings: dict[str, Any] = {
        "vocab_size": tokenizer.get_vocab_size(), "max_position_embeddings": 512, "initializer_range": 0.2,
        **({} if {"dim", "d_model"} & set(family.settings) else shape), **family.settings,
    }  # fmt: skip
    for role in ("pad", "cls", "sep", "bos", "eos"):
        if role in family.specials:
            settings[f"{role}_token_id"] = tokenizer.token_to_id(family.specials[role])
    if family.labels is not None:
        settings["id2label"] = family.labels
        settings["label2id"] = {label: index for index, label in family.labels.items()}
    return settings


def _write_tokenizer(family: Family, tokenizer: Tokenizer, folder: Path) -> None:
    tokenizer.add_special_tokens(list(dict.fromkeys(family.specials.values())))
    tokenizer.save(str(folder / "tokenizer.json"))
    written: dict[str, Any] = {f"{role}_token": token for role, token in family.specials.items()}
    written.update(tokenizer_class=family.tokenizer_class, model_max_length=512)
    if family.tokenizer_class == "PreTrainedTokenizerFast":
        written["model_input_names"] = ["input_ids", "attention_mask"]
    (folder / "tokenizer_config.json").write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")


def _spread(model: Any, tokenizer: Any) -> None:
    """Set the last layer so that the probes' logits differ between pairs as a trained model's do."""
    import torch

    first, second = [pair[0] for pair in PROBES], [pair[1] for pair in PROBES]
    encoded = tokenizer(first, second, padding=True, return_tensors="pt")
    accepted = {name: encoded[name] for name in inspect.signature(model.forward).parameters if name in encoded}
    if getattr(model.config, "type_vocab_size", 2) < 2:
        accepted.pop("token_type_ids", None)
    linears = [module for module in model.modules() if isinstance(module, torch.nn.Linear)]
    (last,) = [linear for linear in linears if linear.out_features == model.config.num_labels]
    with torch.no_grad():
        logits = model(**accepted)[0]
        scale = 1.5 / logits.std(dim=0, keepdim=True).clamp_min(1e-3)
        last.weight.mul_(scale.T)
        last.bias.copy_(-(logits.mean(dim=0) - last.bias) * scale[0])


def main(folder: Path, names: list[str]) -> None:
    """Build the named models, each in a folder of its name."""
    for name in names or list(FAMILIES):
        build(name, folder / name)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
