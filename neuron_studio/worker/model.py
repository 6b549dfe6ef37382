"""Load the tokenizer and the model, ready to be traced: evaluating, eager, in float32, without gradients."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

import transformers

from neuron_studio.core.model_facts import labels
from neuron_studio.wire.errors import Blame, StudioError
from neuron_studio.wire.events import ModelDescribed
from neuron_studio.wire.spec import ModelChoice
from neuron_studio.worker.download import LocalModel
from neuron_studio.worker.inputs import input_names

# The first releases that know these words.
_EAGER_SINCE = (4, 36)
_SAFETENSORS_SINCE = (4, 26)


@dataclass(frozen=True)
class LoadedModel:
    """A tokenizer and a model that belong together."""

    tokenizer: Any
    model: Any
    local: LocalModel


def load(choice: ModelChoice, local: LocalModel, tokenizer_folder: Optional[Path] = None) -> LoadedModel:
    """Read tokenizer and model, from one folder unless told otherwise; what is wrong with them is the input's fault."""
    tokenizer = _load_tokenizer(choice, tokenizer_folder or local.folder)
    return LoadedModel(tokenizer, _load_model(choice, local.folder), local)


def describe(choice: ModelChoice, loaded: LoadedModel) -> ModelDescribed:
    """The record of a loaded model."""
    config = loaded.model.config
    return ModelDescribed(
        id=choice.id,
        revision=loaded.local.revision,
        architecture=type(loaded.model).__name__,
        parameters=sum(parameter.numel() for parameter in loaded.model.parameters()),
        labels=labels({"id2label": config.id2label, "num_labels": config.num_labels}),
        problem_type=getattr(config, "problem_type", None),
        licence=loaded.local.licence,
        inputs=input_names(loaded.tokenizer, loaded.model),
        saved_as=_saved_as(loaded.local.folder),
    )


def _saved_as(folder: Path) -> Optional[str]:
    # The loaded configuration may name the type that was loaded, and its name for it changed with transformers 5.
    plain = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    named = plain.get("dtype") or plain.get("torch_dtype")
    return named if isinstance(named, str) else None


def _load_tokenizer(choice: ModelChoice, folder: Path) -> Any:
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(
            str(folder), trust_remote_code=choice.trust_remote_code, local_files_only=True
        )
    except Exception as error:
        raise StudioError(
            "tokenizer-unreadable",
            f"transformers {transformers.__version__} cannot read the tokenizer of {choice.id}: {_short(error)}.",
            "If the model was saved by a newer release, choose an environment with that release, or save the "
            "tokenizer again with this one.", Blame.INPUT,
        ) from error  # fmt: skip
    if tokenizer.pad_token_id is None:
        raise StudioError(
            "no-pad-token", f"The tokenizer of {choice.id} has no padding token, and traced shapes are fixed.",
            "Choose a model whose tokenizer can pad, or set its pad_token and save it again.", Blame.INPUT,
        )  # fmt: skip
    return tokenizer


def _load_model(choice: ModelChoice, folder: Path) -> Any:
    release = tuple(int(part) for part in transformers.__version__.split(".")[:2])
    settings: Dict[str, Any] = {"trust_remote_code": choice.trust_remote_code, "local_files_only": True}
    if release >= _EAGER_SINCE:
        settings["attn_implementation"] = "eager"
    if not choice.allow_pickle:
        if release < _SAFETENSORS_SINCE:
            raise StudioError(
                "no-safetensors-reader", f"transformers {transformers.__version__} cannot read safetensors.",
                f"Install transformers {_SAFETENSORS_SINCE[0]}.{_SAFETENSORS_SINCE[1]} or later and safetensors.",
                Blame.ENVIRONMENT,
            )  # fmt: skip
        settings["use_safetensors"] = True
    try:
        model, info = transformers.AutoModelForSequenceClassification.from_pretrained(
            str(folder), output_loading_info=True, **settings
        )
    except ImportError:
        raise
    except Exception as error:
        raise StudioError(
            "model-unreadable", f"transformers {transformers.__version__} cannot load {choice.id}: {_short(error)}.",
            "Check that the folder is whole and that this release knows the architecture.", Blame.INPUT,
        ) from error  # fmt: skip
    _refuse_random_weights(choice, model, info)
    model = model.float().eval()
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    return model


def _refuse_random_weights(choice: ModelChoice, model: Any, info: Dict[str, Any]) -> None:
    # Buffers, such as the row of positions, are computed and may be missing from a file.
    missing: List[str] = sorted(set(info.get("missing_keys", ())) - {name for name, _ in model.named_buffers()})
    mismatched: List[Tuple[Any, ...]] = list(info.get("mismatched_keys", ()))
    if missing or mismatched:
        named = ", ".join((missing or [str(entry[0]) for entry in mismatched])[:3])
        raise StudioError(
            "untrained-head", f"{choice.id} has no trained weights for {named}; transformers made random ones.",
            "Choose a model that was fine-tuned as a sequence classifier.", Blame.INPUT,
        )  # fmt: skip


def _short(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__).rstrip(".")[:300]
