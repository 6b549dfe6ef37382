"""Bring a model to this machine with huggingface_hub itself; bytes are counted where they land."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Iterator, List, Optional

from neuron_studio.core.model_facts import PICKLES, WEIGHTS, ModelFile
from neuron_studio.wire.errors import Blame, StudioError
from neuron_studio.wire.spec import ModelChoice

Progress = Callable[[int, Optional[int], str], None]

_POLL_S = 0.25
_SMALL = (".json", ".txt", ".model", ".spm", ".vocab", ".bpe")


@dataclass(frozen=True)
class LocalModel:
    """A model on this machine: its folder and, from the hub, the commit and the licence."""

    folder: Path
    revision: Optional[str] = None
    licence: Optional[str] = None


def bring(choice: ModelChoice, progress: Progress) -> LocalModel:
    """The model's folder, downloaded where it is not here yet; progress gets bytes done and in all."""
    if os.path.isdir(choice.id):
        return LocalModel(Path(choice.id), None, _licence_of_folder(Path(choice.id)))
    import huggingface_hub

    try:
        info = huggingface_hub.HfApi().model_info(choice.id, revision=choice.revision, files_metadata=True)
    except Exception as error:
        return _cached(choice, error)
    wanted = [file for file in _files(info) if is_wanted(file.name, choice.allow_pickle, _files(info))]
    with _counting(choice.id, wanted, progress):
        folder = huggingface_hub.snapshot_download(
            choice.id, revision=info.sha, allow_patterns=[file.name for file in wanted]
        )
    return LocalModel(Path(folder), info.sha, _licence(info))


def _cached(choice: ModelChoice, reason: Exception) -> LocalModel:
    import huggingface_hub

    try:
        folder = Path(huggingface_hub.snapshot_download(choice.id, revision=choice.revision, local_files_only=True))
    except Exception as error:
        raise StudioError(
            "model-unreachable", f"{choice.id} is not on this machine and the hub did not give it: {_short(reason)}.",
            "Check the id, the network and, for a private or gated model, your hub login; or choose a folder.",
            Blame.INPUT,
        ) from error  # fmt: skip
    return LocalModel(folder, folder.name)


def _short(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__).rstrip(".")[:300]


def _files(info: Any) -> List[ModelFile]:
    return [ModelFile(sibling.rfilename, getattr(sibling, "size", None)) for sibling in info.siblings]


def is_wanted(name: str, allow_pickle: bool, files: List[ModelFile]) -> bool:
    """Whether a file of a repository is needed to load the model: configuration, tokenizer, one set of weights."""
    if "/" in name:
        return False
    names = {file.name for file in files}
    has_safetensors = any(weights in names for weights in WEIGHTS)
    if name.endswith(".safetensors"):
        return name in names and (name == "model.safetensors" or name.startswith("model-"))
    if name.endswith(".bin"):
        return allow_pickle and not has_safetensors and (name in PICKLES or name.startswith("pytorch_model-"))
    return name.endswith(_SMALL)


@contextmanager
def _counting(model_id: str, wanted: List[ModelFile], progress: Progress) -> Iterator[None]:
    # The library's own progress hooks differ between releases; the files that grow do not.
    total = sum(file.size for file in wanted if file.size) or None
    blobs, done = _blobs(model_id), threading.Event()
    before = _bytes_in(blobs)

    def watch() -> None:
        while not done.wait(_POLL_S):
            landed = max(0, _bytes_in(blobs) - before)
            progress(landed if total is None else min(landed, total), total, "bytes")

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
    if total is not None and _bytes_in(blobs) > before:
        progress(total, total, "bytes")


def _blobs(model_id: str) -> Path:
    from huggingface_hub import constants

    cache = getattr(constants, "HF_HUB_CACHE", None) or constants.HUGGINGFACE_HUB_CACHE
    return Path(cache) / ("models--" + model_id.replace("/", "--")) / "blobs"


def _bytes_in(folder: Path) -> int:
    total = 0
    for path in folder.glob("*") if folder.is_dir() else ():
        try:
            total += path.stat().st_size
        except OSError:
            continue  # renamed from .incomplete between listing and looking
    return total


def _licence(info: Any) -> Optional[str]:
    return next((tag.split(":", 1)[1] for tag in info.tags or () if tag.startswith("license:")), None)


def _licence_of_folder(folder: Path) -> Optional[str]:
    try:
        lines = (folder / "README.md").read_text(encoding="utf-8").splitlines()[:60]
    except (OSError, ValueError):
        return None
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("license:")), None)
