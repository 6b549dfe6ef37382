"""The Hugging Face hub, through its own library: search, and the facts about one model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from neuron_studio.core.model_facts import NEVER_NEEDED, ModelFacts, ModelFile, needed
from neuron_studio.runs.model_folder import describe_folder, read_json
from neuron_studio.wire.errors import Blame, StudioError
from neuron_studio.wire.spec import ModelChoice

_TIMEOUT_S = 10.0
_LOGIN = "Log in with `hf auth login` (or set HF_TOKEN) using an account that may read it."


@dataclass(frozen=True)
class FoundModel:
    """One line of a search's answer."""

    id: str
    task: str
    downloads: int
    likes: int


def search(text: str, limit: int = 50) -> tuple[FoundModel, ...]:
    """The hub's text classifiers that match, most downloaded first."""
    from huggingface_hub import HfApi

    with _explained(text):
        found = HfApi().list_models(search=text, pipeline_tag="text-classification", sort="downloads", limit=limit)
        return tuple(
            FoundModel(model.id, model.pipeline_tag or "", model.downloads or 0, model.likes or 0) for model in found
        )


def describe(choice: ModelChoice) -> ModelFacts:
    """The facts about a hub model, from the hub or, where that is out of reach, from the copy on this machine."""
    try:
        return _ask(choice)
    except StudioError as error:
        if error.code != "hub-unreachable":
            raise
        return _cached(choice, error)


def _ask(choice: ModelChoice) -> ModelFacts:
    from huggingface_hub import HfApi, hf_hub_download

    api = HfApi()
    with _explained(choice.id):
        info = api.model_info(choice.id, revision=choice.revision, files_metadata=True, timeout=_TIMEOUT_S)
    files = tuple(ModelFile(sibling.rfilename, sibling.size) for sibling in info.siblings or ())
    facts = ModelFacts(choice.id, {}, files, revision=info.sha, licence=_licence(info.tags or ()))
    if "config.json" not in facts.names:
        return facts
    with _explained(choice.id):
        config = hf_hub_download(choice.id, "config.json", revision=info.sha, etag_timeout=_TIMEOUT_S)
    facts = replace(facts, config=read_json(Path(config)))
    return replace(facts, **_tensors(api, choice, info.sha)) if facts.has_safetensors else facts


def _tensors(api: Any, choice: ModelChoice, revision: str | None) -> dict[str, Any]:
    """The names of the weights' tensors, asked for by their headers alone; nothing where the hub will not tell."""
    try:
        metadata = api.get_safetensors_metadata(choice.id, revision=revision)
    except Exception:  # noqa: BLE001 - a connection that breaks has another class in every generation of the library
        return {}
    count = sum(metadata.parameter_count.values())
    return {"tensors": frozenset(metadata.weight_map), "parameters": count or None}


def _cached(choice: ModelChoice, reason: StudioError) -> ModelFacts:
    from huggingface_hub import snapshot_download

    try:
        copy = snapshot_download(
            choice.id,
            revision=choice.revision,
            allow_patterns=list(needed(with_pickle=False)),
            ignore_patterns=list(NEVER_NEEDED),
            local_files_only=True,
        )
    except Exception as error:
        raise reason from error
    return replace(describe_folder(Path(copy)), id=choice.id, revision=Path(copy).name, is_folder=False)


def _licence(tags: Any) -> str | None:
    return next((tag.split(":", 1)[1] for tag in tags if tag.startswith("license:")), None)


@contextmanager
def _explained(model: str) -> Iterator[None]:
    """Turn the library's errors into ours, each with what to do about it; a token never enters a message."""
    from huggingface_hub import errors

    try:
        yield
    except errors.HFValidationError as error:
        raise _input("no-such-model", f"{model!r} is neither a folder nor a hub id.",
                     "Hub ids look like owner/name; folders like /path/to/model.") from error  # fmt: skip
    except errors.GatedRepoError as error:
        raise _input("gated-model", f"{model} is gated: its owner grants access one by one.",
                     f"Ask for access on the model's page. {_LOGIN}") from error  # fmt: skip
    except errors.RepositoryNotFoundError as error:
        raise _input("no-such-model", f"The hub has no model {model}, or it is private.",
                     f"Check the spelling. {_LOGIN}") from error  # fmt: skip
    except errors.RevisionNotFoundError as error:
        raise _input("no-such-revision", f"{model} has no such revision.",
                     "Choose a branch, a tag or a commit that the model's page lists.") from error  # fmt: skip
    except errors.EntryNotFoundError as error:
        raise _input("no-config", f"{model} lacks a file that is needed: config.json.",
                     "Choose a model with a configuration.") from error  # fmt: skip
    except errors.HfHubHTTPError as error:
        status = getattr(getattr(error, "response", None), "status_code", None)
        code = "not-allowed" if status in (401, 403) else "hub-unreachable"
        remedy = _LOGIN if code == "not-allowed" else "Wait a little and try again, or choose a model that is here."
        raise _input(code, f"The hub answered with an error ({status or 'no status'}) for {model}.", remedy) from error
    except Exception as error:
        # The library's transport changed between releases, and with it every class for "no connection".
        raise _input("hub-unreachable", f"The hub is out of reach ({type(error).__name__}), and {model} is not here.",
                     "Check the network, or choose a folder or a model that is here.") from error  # fmt: skip


def _input(code: str, message: str, remedy: str) -> StudioError:
    return StudioError(code, message, remedy, Blame.INPUT)
