"""What a bundle's folder holds, read without trust: its manifest, its golden values, its files' digests."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Tuple

from neuron_studio.wire.codec import decode
from neuron_studio.wire.digest import sha256_of
from neuron_studio.wire.errors import Blame, ProtocolError, StudioError
from neuron_studio.wire.run_folder import BUNDLE_KIND

MANIFEST_SCHEMA = 1

Rows = Tuple[Tuple[float, ...], ...]


@dataclass(frozen=True)
class Golden:
    """The recorded numbers of a bundle's first pairs: their tokens by input, and both sides' logits."""

    emulated: bool
    pairs: Tuple[Tuple[str, ...], ...]
    inputs: Dict[str, Tuple[Tuple[int, ...], ...]]
    cpu: Rows
    neuron: Rows
    schema: int = 1

    @property
    def was_run(self) -> bool:
        """Whether there are logits of the target; a bundle that was compiled without a device has none."""
        return bool(self.neuron) and all(self.neuron)


def read_manifest(folder: Path) -> Dict[str, Any]:
    """A bundle's manifest; raises StudioError for any other folder, and for a bundle of a newer version."""
    manifest = _read(folder / "manifest.json")
    if not isinstance(manifest, dict) or manifest.get("kind") != BUNDLE_KIND:
        raise StudioError(
            "not-a-bundle", f"{folder} is not a bundle of Neuron Studio.",
            "Name the folder that holds manifest.json; neuron-studio runs show last tells where one lies.", Blame.INPUT,
        )  # fmt: skip
    return manifest


def require_schema(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Raise StudioError for a bundle whose manifest means what this version does not know."""
    if manifest.get("schema") != MANIFEST_SCHEMA:
        raise StudioError(
            "bundle-of-another-version",
            f"The manifest of {folder} has schema {manifest.get('schema')!r}, this version reads {MANIFEST_SCHEMA}.",
            "Use the version of Neuron Studio that made the bundle, or a newer one.", Blame.INPUT,
        )  # fmt: skip


def read_golden(folder: Path) -> Golden:
    """A bundle's golden values; raises StudioError where they are not what a bundle has."""
    try:
        golden: Golden = decode(Golden, _read(folder / "golden.json"))
    except ProtocolError as error:
        raise unreadable(folder, f"golden.json does not hold golden values: {error.message}") from error
    count = len(golden.pairs)
    tokens_fit = all(len(rows) == count for rows in golden.inputs.values())
    if not count or len(golden.cpu) != count or len(golden.neuron) != count or not tokens_fit:
        raise unreadable(folder, "golden.json has not one row for each of its pairs.")
    if any(len(pair) != 2 for pair in golden.pairs):
        raise unreadable(folder, "golden.json has a pair that is not two sentences.")
    return golden


def damage(folder: Path, digests: Mapping[str, Any]) -> Tuple[List[str], List[str]]:
    """The names of the files that are not as they were, and of those that are not there."""
    damaged, missing = [], []
    for name, digest in sorted(digests.items()):
        # A manifest comes from outside: it names files of its own folder or nothing.
        path = folder / Path(name).name
        if not path.is_file() or path.name != name:
            missing.append(name)
        elif sha256_of(path) != digest:
            damaged.append(name)
    return damaged, missing


def require_whole(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Raise StudioError unless what is to be loaded is listed with a digest, and every listed file has its own."""
    digests = manifest.get("files")
    listed = digests if isinstance(digests, dict) else {}
    for name in (manifest.get("model_file"), "golden.json"):
        if not isinstance(name, str) or name not in listed:
            raise unreadable(
                folder, f"its manifest has no digest of {name if isinstance(name, str) else 'a model file'}."
            )
    damaged, missing = damage(folder, listed)
    if damaged or missing:
        said = [f"{name} is not what the manifest says" for name in damaged]
        said += [f"{name} is not there" for name in missing]
        raise StudioError(
            "bundle-damaged", f"Nothing of {folder} was loaded: {'; '.join(said)}.",
            "Copy the bundle again, or compile it again.", Blame.INPUT,
        )  # fmt: skip


def unreadable(folder: Path, why: str) -> StudioError:
    """The error for a bundle whose own description is broken."""
    return StudioError(
        "bundle-unreadable", f"The bundle {folder} cannot be read: {why}",
        "Copy the bundle again, or compile it again.", Blame.INPUT,
    )  # fmt: skip


def _read(path: Path) -> Optional[Any]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
