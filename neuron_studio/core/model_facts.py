"""What a model's configuration and file list say about it, before a byte of its weights is read by torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, FrozenSet, Mapping, Optional, Tuple

# The first positions of these families' tables belong to padding: a table of 514 serves 512 tokens.
_PADDED_POSITIONS = {
    "roberta", "roberta-prelayernorm", "xlm-roberta", "xlm-roberta-xl", "xmod", "camembert", "mpnet", "longformer",
    "data2vec-text", "ibert", "luke", "lilt", "markuplm", "layoutlmv3", "esm",
}  # fmt: skip

# What transformers calls the layer of a sequence classifier that gives the logits.
_HEADS = frozenset({"classifier", "classification_head", "score", "logits_proj", "sequence_summary"})

WEIGHTS = ("model.safetensors", "model.safetensors.index.json")
PICKLES = ("pytorch_model.bin", "pytorch_model.bin.index.json")

# What loading a model needs of a repository. The same patterns must be asked for again without a
# network: newer releases of the hub's library call a copy whole only for what was downloaded on purpose.
_NEEDED = ("*.json", "*.txt", "*.model", "*.spm", "*.vocab", "*.bpe")
NEVER_NEEDED = ("*/*",)


def needed(with_pickle: bool) -> Tuple[str, ...]:
    """The patterns of the files to download: configuration, tokenizer and one set of weights."""
    weights = ("pytorch_model*.bin",) if with_pickle else ("model.safetensors", "model-*.safetensors")
    return _NEEDED + weights


@dataclass(frozen=True)
class ModelFile:
    """A file of the model's repository or folder; size in bytes where it is known."""

    name: str
    size: Optional[int] = None


@dataclass(frozen=True)
class ModelFacts:
    """A model before it is loaded: its configuration, its files and, where readable, its tensors' names.

    size is what a run needs of it in bytes, to_fetch what of that is not here yet, free what the disk has left.
    """

    id: str
    config: Mapping[str, Any]
    files: Tuple[ModelFile, ...] = ()
    tensors: FrozenSet[str] = frozenset()
    parameters: Optional[int] = None
    revision: Optional[str] = None
    licence: Optional[str] = None
    is_folder: bool = False
    cached: bool = False
    gated: bool = False
    size: Optional[int] = None
    to_fetch: Optional[int] = None
    free: Optional[int] = None

    @property
    def names(self) -> FrozenSet[str]:
        """The names of the files at the top of the repository."""
        return frozenset(file.name for file in self.files)

    @property
    def model_type(self) -> str:
        """transformers' name of the architecture's family, such as bert."""
        return str(self.config.get("model_type", ""))

    @property
    def architecture(self) -> str:
        """The class that the weights were saved from, such as BertForSequenceClassification."""
        architectures = self.config.get("architectures") or [""]
        return str(architectures[0])

    @property
    def has_safetensors(self) -> bool:
        """Whether the weights can be read without running anything."""
        return any(name in self.names for name in WEIGHTS)

    @property
    def has_pickle(self) -> bool:
        """Whether there are weights in torch's pickle format."""
        return any(name in self.names for name in PICKLES)

    @property
    def needs_remote_code(self) -> bool:
        """Whether the architecture is defined by Python files of the repository."""
        own = self.config.get("auto_map") or {}
        return any(key.startswith("AutoModelForSequenceClassification") or key == "AutoConfig" for key in own)

    @property
    def is_sequence_classifier(self) -> bool:
        """Whether the weights were saved as a sequence classifier."""
        return self.architecture.endswith("ForSequenceClassification")

    @property
    def has_trained_head(self) -> bool:
        """Whether the weights hold a classification head; true where the names of the tensors are unknown."""
        return not self.tensors or any(name.split(".")[0] in _HEADS for name in self.tensors)


def labels(config: Mapping[str, Any]) -> Tuple[str, ...]:
    """The labels in the order of the logits; two nameless ones where the configuration names none."""
    named: Dict[Any, str] = config.get("id2label") or {}
    if named:
        return tuple(str(named[key]) for key in sorted(named, key=int))
    return tuple(f"LABEL_{index}" for index in range(config.get("num_labels", 2)))


def usable_length(config: Mapping[str, Any]) -> Optional[int]:
    """The longest sequence the position table serves, in tokens; None where positions have no table."""
    positions = config.get("max_position_embeddings")
    if not isinstance(positions, int) or positions <= 0:
        return None
    if config.get("model_type") in _PADDED_POSITIONS:
        pad = config.get("pad_token_id")
        return positions - (1 if pad is None else int(pad)) - 1
    if config.get("model_type") in ("deberta", "deberta-v2") and not config.get("position_biased_input", True):
        return None
    return positions


def table_parameters(config: Mapping[str, Any]) -> int:
    """How many values the embedding of tokens holds; 0 where the configuration does not say."""
    rows, width = config.get("vocab_size"), config.get("embedding_size") or config.get("hidden_size")
    return rows * width if isinstance(rows, int) and isinstance(width, int) else 0


def summary(facts: ModelFacts) -> str:
    """One line for people, such as "BERT · 0.7 M parameters · not paraphrase / paraphrase"."""
    parts = [facts.architecture.replace("ForSequenceClassification", "") or facts.model_type or "unknown architecture"]
    if facts.parameters:
        parts.append(f"{facts.parameters / 1e6:,.1f} M parameters" if facts.parameters < 1e9 else
                     f"{facts.parameters / 1e9:,.2f} B parameters")  # fmt: skip
    names = labels(facts.config)
    parts.append("one score" if len(names) == 1 else " / ".join(names) if len(names) <= 3 else f"{len(names)} labels")
    return " · ".join(parts)
