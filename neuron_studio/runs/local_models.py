"""The models of the hub that are on this machine: those in the cache of the hub's own library."""

from __future__ import annotations

from typing import Any

from neuron_studio.core.model_offers import Offer, local_offer
from neuron_studio.runs.model_folder import read_json
from neuron_studio.wire.errors import StudioError


def on_this_machine() -> tuple[Offer, ...]:
    """The models in the cache, the last used first; a cache that is missing or damaged offers nothing."""
    from huggingface_hub import scan_cache_dir

    try:
        repos = [repo for repo in scan_cache_dir().repos if repo.repo_type == "model"]
    except Exception:  # noqa: BLE001 - what a stranger's folder can be is more than the library foresees
        return ()
    ordered = sorted(repos, key=lambda repo: (-repo.last_accessed, repo.repo_id))
    return tuple(offer for offer in map(_offer, ordered) if offer is not None)


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
