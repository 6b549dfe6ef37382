"""The models that are on this machine: the shipped one, and those in the cache of the hub's own library."""

from __future__ import annotations

from typing import Any

from neuron_studio.core.known_models import Kind
from neuron_studio.core.model_offers import Offer, Place, local_offer
from neuron_studio.runs.model_folder import read_json
from neuron_studio.runs.resources import STARTER_MODEL
from neuron_studio.wire.errors import StudioError

STARTER_TITLE = "Starter model (shipped, works offline)"
STARTER_OFFER = Offer(str(STARTER_MODEL), Place.HERE, Kind.PARAPHRASE.value, name=STARTER_TITLE, is_here=True)


def on_this_machine() -> tuple[Offer, ...]:
    """The shipped model, then those in the cache, the last used first; a missing or damaged cache offers nothing."""
    from huggingface_hub import scan_cache_dir

    try:
        repos = [repo for repo in scan_cache_dir().repos if repo.repo_type == "model"]
    except Exception:  # noqa: BLE001 - what a stranger's folder can be is more than the library foresees
        return (STARTER_OFFER,)
    ordered = sorted(repos, key=lambda repo: (-repo.last_accessed, repo.repo_id))
    return (STARTER_OFFER, *(offer for offer in map(_offer, ordered) if offer is not None))


def _offer(repo: Any) -> Offer | None:
    """A cached model by its newest revision; None for what has no configuration, such as a tokenizer alone."""
    for revision in sorted(repo.revisions, key=lambda each: -each.last_modified):
        try:
            config = read_json(revision.snapshot_path / "config.json")
        except StudioError:
            continue
        if config:
            architectures = config.get("architectures")
            first = str(architectures[0]) if isinstance(architectures, list) and architectures else ""
            return local_offer(repo.repo_id, first if first.isidentifier() else "", repo.size_on_disk)
    return None
