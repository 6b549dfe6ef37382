"""The Hugging Face hub, through its own library: search, the facts about one model, and single files of it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from neuron_studio.core.model_facts import NEVER_NEEDED, ModelFacts, ModelFile, needed
from neuron_studio.core.model_offers import MOST_OFFERED, Offer, hub_offer, pairs_first
from neuron_studio.runs.deadline import answer_within
from neuron_studio.runs.model_folder import describe_folder, read_json
from neuron_studio.wire.errors import Blame, StudioError
from neuron_studio.wire.spec import ModelChoice

# For a connection and for each piece of an answer; then for a whole search, and for all that is asked of one model.
_TIMEOUT_S = 10.0
_SEARCH_LIMIT_S = 20.0
_FACTS_LIMIT_S = 60.0
_MOST_BRANCHES = 6

# The last is any: whoever types a name wants the model whatever its owner called its task.
_TASKS = ("text-classification", "text-ranking", "")
_SHOWN = ("downloads", "likes", "pipeline_tag", "tags", "safetensors")
_ID = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)?", re.ASCII)
_TASK = re.compile(r"[a-z0-9-]{1,40}")
_WIDTHS = {"F64": 8, "I64": 8, "F16": 2, "BF16": 2, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1}
_LOGIN = "Log in with `hf auth login` (or set HF_TOKEN) using an account that may read it."
_GO_ON = "Wait a little and go on typing, or choose a model that is here."


def search(text: str) -> tuple[Offer, ...]:
    """What the hub has for a text: classifiers and rankers, then anything; models of pairs before all others."""
    try:
        return answer_within(_SEARCH_LIMIT_S, _search, text)
    except TimeoutError as error:
        raise _input("hub-error", f"The hub is too slow: no whole answer within {_SEARCH_LIMIT_S:g} s.",
                     _GO_ON) from error  # fmt: skip


def _search(text: str) -> tuple[Offer, ...]:
    found: dict[str, Offer] = {}
    for task in _TASKS:
        for entry in _listed(text, task):
            offer = _offer(entry)
            if offer is not None:
                found.setdefault(offer.id, offer)
    return pairs_first(found.values())[:MOST_OFFERED]


def _listed(text: str, task: str) -> list[Any]:
    """One page of the hub's list."""
    query = {"search": text, "sort": "downloads", "limit": MOST_OFFERED, "expand": list(_SHOWN)}
    plain = _got("/api/models", {**query, "pipeline_tag": task} if task else query, text)
    if not isinstance(plain, list):
        raise _input("hub-error", "The hub answered with something that is not a list.", _GO_ON)
    return plain[:MOST_OFFERED]


def _got(path: str, query: dict[str, Any], asked: str) -> Any:
    """What the hub answers; asked directly, since the library's own calls wait and retry without limit."""
    from huggingface_hub import constants
    from huggingface_hub.utils import build_hf_headers, get_session

    with _explained(asked):
        response = get_session().get(
            f"{constants.ENDPOINT}{path}", params=query, headers=build_hf_headers(), timeout=_TIMEOUT_S
        )
    if response.status_code >= 400:
        raise _input("hub-error", f"The hub answered with an error ({response.status_code}).", _GO_ON)
    try:
        return response.json()
    except ValueError as error:
        raise _input("hub-error", "What answered is not the hub, or not in order.", _GO_ON) from error


def _offer(entry: Any) -> Offer | None:
    """A line of the hub's list; None where it is none. A field of another type counts as missing.

    What answers may be anybody: an id must not be able to name a folder, nor a task to be more than a word.
    """
    model_id = _text(entry.get("id")) if isinstance(entry, dict) else ""
    if not _ID.fullmatch(model_id):
        return None
    task, tags, weights = _text(entry.get("pipeline_tag")), entry.get("tags"), entry.get("safetensors")
    counts = weights.get("parameters") if isinstance(weights, dict) else None
    sizes = [
        count * _WIDTHS.get(kind, 4) for kind, count in (counts.items() if isinstance(counts, dict) else ())
        if _count(count) is not None
    ]  # fmt: skip
    return hub_offer(
        model_id,
        task if _TASK.fullmatch(task) else "",
        [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else (),
        _count(entry.get("downloads")),
        _count(entry.get("likes")),
        sum(sizes) or None,
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _count(value: Any) -> int | None:
    return value if type(value) is int and value >= 0 else None


def describe(choice: ModelChoice) -> ModelFacts:
    """The facts about a hub model, from the hub or, where that is out of reach, from the copy on this machine."""
    try:
        return answer_within(_FACTS_LIMIT_S, _ask, choice)
    except TimeoutError:
        return _cached(
            choice,
            _input(
                "hub-unreachable",
                f"The hub is too slow: it did not tell what {choice.id} is within {_FACTS_LIMIT_S:g} s.",
                "Try again, or choose a model that is here.",
            ),
        )
    except StudioError as error:
        if error.code == "no-such-revision":
            raise _with_branches(error, choice.id) from error
        if error.code != "hub-unreachable":
            raise
        return _cached(choice, error)


def _with_branches(error: StudioError, model: str) -> StudioError:
    """The same error with the branches that there are, where the hub tells them."""
    try:
        plain = answer_within(_TIMEOUT_S, _got, f"/api/models/{model}/refs", {}, model)
        names = [str(branch["name"]) for branch in plain["branches"]]
    except (StudioError, TimeoutError, KeyError, TypeError):
        return error
    more = ", …" if len(names) > _MOST_BRANCHES else ""
    named = ", ".join(names[:_MOST_BRANCHES]) + more
    return _input(error.code, error.message, f"Its branches are {named}; or give a tag or a commit.")


def fetch(model: str, name: str, revision: str | None) -> Path:
    """One small file of a hub model, downloaded where it is not here already."""
    from huggingface_hub import hf_hub_download

    with _explained(model):
        return Path(hf_hub_download(model, name, revision=revision, etag_timeout=_TIMEOUT_S))


def _ask(choice: ModelChoice) -> ModelFacts:
    from huggingface_hub import HfApi

    api = HfApi()
    with _explained(choice.id):
        info = api.model_info(choice.id, revision=choice.revision, files_metadata=True, timeout=_TIMEOUT_S)
    files = tuple(ModelFile(sibling.rfilename, sibling.size) for sibling in info.siblings or ())
    facts = ModelFacts(choice.id, {}, files, revision=info.sha, licence=_licence(info.tags or ()),
                       gated=bool(getattr(info, "gated", False)))  # fmt: skip
    if "config.json" not in facts.names:
        return facts
    facts = replace(facts, config=read_json(fetch(choice.id, "config.json", info.sha)), **_fetching(facts))
    return replace(facts, **_tensors(api, choice, info.sha)) if facts.has_safetensors else facts


def _fetching(facts: ModelFacts) -> dict[str, Any]:
    """How many bytes a run needs, how many of them are not here yet, and what the disk has left."""
    from huggingface_hub import constants, try_to_load_from_cache
    from huggingface_hub.utils import filter_repo_objects

    patterns = list(needed(with_pickle=not facts.has_safetensors))
    wanted = list(
        filter_repo_objects(
            facts.files, allow_patterns=patterns, ignore_patterns=list(NEVER_NEEDED), key=lambda file: file.name
        )
    )
    absent = [
        file for file in wanted
        if not isinstance(try_to_load_from_cache(facts.id, file.name, revision=facts.revision), str)
    ]  # fmt: skip
    place = Path(constants.HF_HUB_CACHE)
    here = next(folder for folder in (place, *place.parents) if folder.exists())
    return {
        "size": sum(file.size or 0 for file in wanted),
        "to_fetch": sum(file.size or 0 for file in absent),
        "free": shutil.disk_usage(here).free,
    }


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
        raise _input("no-such-file", f"{model} lacks a file that its own list names.",
                     "Wait a little and try again; its owner may be changing it.") from error  # fmt: skip
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
