"""The models in the hub's cache on this machine, by listing its folders; nothing is asked of a network."""

from __future__ import annotations

from pathlib import Path

from neuron_studio.core.model_offers import Offer, Place, an_offer, pairs_first
from neuron_studio.runs.model_folder import read_json
from neuron_studio.wire.errors import StudioError

_PREFIX = "models--"


def local_models() -> tuple[Offer, ...]:
    """Every model whose configuration and weights are here, those of sentence pairs first."""
    from huggingface_hub import constants

    cache = Path(constants.HF_HUB_CACHE)
    try:
        folders = sorted(path for path in cache.iterdir() if path.name.startswith(_PREFIX))
    except OSError:
        return ()
    return tuple(pairs_first(offer for folder in folders if (offer := _offer(folder)) is not None))


def _offer(folder: Path) -> Offer | None:
    try:
        snapshots = [path for path in (folder / "snapshots").iterdir() if (path / "config.json").exists()]
        newest = max(snapshots, key=lambda path: path.stat().st_mtime, default=None)
        if newest is None:
            return None
        config = read_json(newest / "config.json")
        weights = [path.stat().st_size for path in newest.iterdir() if path.suffix in (".safetensors", ".bin")]
    except (OSError, StudioError):
        return None
    named = config.get("architectures")
    is_classifier = isinstance(named, list) and any("SequenceClassification" in str(name) for name in named)
    model_id = folder.name[len(_PREFIX) :].replace("--", "/")
    task = "text-classification" if is_classifier else "no classifier"
    return an_offer(model_id, Place.HERE, task, size=sum(weights)) if weights else None
