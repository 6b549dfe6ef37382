"""Bring a model to this machine with huggingface_hub itself; bytes are counted where they land."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Iterator, List, Optional

from neuron_studio.core.model_facts import NEVER_NEEDED, WEIGHTS, ModelFile, needed
from neuron_studio.wire.errors import Blame, StudioError
from neuron_studio.wire.spec import ModelChoice
from neuron_studio.worker.resume import keep_partial_downloads

Progress = Callable[[int, Optional[int], str], None]

_POLL_S = 0.25
_CHUNK = 1 << 18


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
    keep_partial_downloads()
    files = [ModelFile(sibling.rfilename, getattr(sibling, "size", None)) for sibling in info.siblings]
    with_pickle = choice.allow_pickle and not any(file.name in WEIGHTS for file in files)
    with _counting(choice.id, _total(files, with_pickle), progress):
        # By its branch, not by its commit: only then does the cache know, without a network, what the branch is.
        folder = _snapshot(choice.id, choice.revision, with_pickle)
    return LocalModel(folder, folder.name, _licence(info))


def _snapshot(model_id: str, revision: Optional[str], with_pickle: bool, **settings: Any) -> Path:
    import huggingface_hub
    from huggingface_hub import constants

    # A download goes on from the last whole chunk, so chunks are what a cut costs and what progress counts in.
    if hasattr(constants, "DOWNLOAD_CHUNK_SIZE"):
        constants.DOWNLOAD_CHUNK_SIZE = _CHUNK
    return Path(
        huggingface_hub.snapshot_download(
            model_id, revision=revision, allow_patterns=list(needed(with_pickle)),
            ignore_patterns=list(NEVER_NEEDED), **settings,
        )
    )  # fmt: skip


def _total(files: List[ModelFile], with_pickle: bool) -> Optional[int]:
    from huggingface_hub.utils import filter_repo_objects

    wanted = filter_repo_objects(
        files, allow_patterns=list(needed(with_pickle)), ignore_patterns=list(NEVER_NEEDED), key=lambda file: file.name
    )
    return sum(file.size or 0 for file in wanted) or None


def _cached(choice: ModelChoice, reason: Exception) -> LocalModel:
    for with_pickle in (False, True) if choice.allow_pickle else (False,):
        try:
            folder = _snapshot(choice.id, choice.revision, with_pickle, local_files_only=True)
        except Exception:  # its class changed with every generation of the library
            continue
        return LocalModel(folder, folder.name)
    raise StudioError(
        "model-unreachable", f"{choice.id} is not on this machine and the hub did not give it: {_short(reason)}.",
        "Check the id, the network and, for a private or gated model, your hub login; or choose a folder.",
        Blame.INPUT,
    ) from reason  # fmt: skip


def _short(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__).rstrip(".")[:300]


@contextmanager
def _counting(model_id: str, total: Optional[int], progress: Progress) -> Iterator[None]:
    # The library's own progress hooks differ between releases; the files that grow do not.
    blobs, done = _blobs(model_id), threading.Event()
    # What was left of an earlier download counts as arrived: this one goes on from there.
    before = _bytes_in(blobs) - _bytes_in(blobs, "*.incomplete")

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


def _bytes_in(folder: Path, pattern: str = "*") -> int:
    total = 0
    for path in folder.glob(pattern) if folder.is_dir() else ():
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
