"""What the test hub holds: models, their snapshots and files, and the documents the real hub makes of them."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LFS_SUFFIXES = frozenset({".bin", ".ckpt", ".h5", ".model", ".msgpack", ".onnx", ".ot", ".pt", ".pth", ".safetensors"})
LFS_FROM_BYTES = 10_000_000  # the hub refuses anything larger that is not LFS
LISTED_TASKS = ("text-classification", "sentence-similarity", "text-ranking", "fill-mask")
LISTED_FACTS = ["_id", "id", "modelId", "likes", "trendingScore", "private", "downloads", "tags", "pipeline_tag"]
LISTED_FACTS += ["library_name", "createdAt"]
FULL_FACTS = ["author", "sha", "lastModified", "gated", "disabled", "siblings"]
QUERY_NAMES = frozenset({"author", "expand", "filter", "full", "gated", "pipeline_tag", "search", "sort", "tags"})
QUERY_NAMES |= {"cardData", "config", "cursor", "direction", "limit"}
TOKENIZER_FACTS = ("bos_token", "cls_token", "eos_token", "mask_token", "pad_token", "sep_token", "unk_token")


@dataclass(frozen=True)
class StoredFile:
    """One file of a snapshot: where its bytes lie, and the names the hub knows them by."""

    path: str
    source: Path
    size: int
    sha256: str
    blob_id: str
    pointer_size: int | None

    @property
    def is_lfs(self) -> bool:
        return self.pointer_size is not None

    @property
    def etag(self) -> str:
        """The name under which a client's cache keeps the bytes."""
        return self.sha256 if self.is_lfs else self.blob_id

    def sibling(self, with_sizes: bool) -> dict[str, Any]:
        """The entry of a model's document."""
        entry: dict[str, Any] = {"rfilename": self.path}
        if with_sizes:
            entry.update(size=self.size, blobId=self.blob_id)
            if self.is_lfs:
                entry["lfs"] = {"sha256": self.sha256, "size": self.size, "pointerSize": self.pointer_size}
        return entry

    def tree_entry(self) -> dict[str, Any]:
        """The entry of a tree listing."""
        entry: dict[str, Any] = {"type": "file", "path": self.path, "size": self.size, "oid": self.blob_id}
        if self.is_lfs:
            entry["lfs"] = {"oid": self.sha256, "size": self.size, "pointerSize": self.pointer_size}
        return entry


@dataclass(frozen=True)
class Snapshot:
    """A model's files at one commit, with what the hub reads out of them."""

    commit: str
    files: Mapping[str, StoredFile] = field(default_factory=dict)
    config: Mapping[str, Any] | None = None
    safetensors: Mapping[str, Any] | None = None

    def tree(self, folder: str, recursive: bool) -> list[dict[str, Any]]:
        """The files and folders below a folder; empty where there is no such folder."""
        prefix = f"{folder}/" if folder else ""
        entries: dict[str, dict[str, Any]] = {}
        for path, stored in self.files.items():
            if not path.startswith(prefix):
                continue
            inner = path[len(prefix) :].split("/")
            folders = [prefix + "/".join(inner[:depth]) for depth in range(1, len(inner))]
            for name in folders if recursive else folders[:1]:
                entries[name] = {"type": "directory", "path": name, "size": 0, "oid": _sha1(self.commit + name)}
            if recursive or len(inner) == 1:
                entries[path] = stored.tree_entry()
        return [entries[path] for path in sorted(entries)]


@dataclass(frozen=True)
class Model:
    """A repository: its card, who may read it, and its snapshots by branch."""

    id: str
    branches: Mapping[str, Snapshot]
    former: tuple[Snapshot, ...] = ()
    pipeline_tag: str | None = None
    license: str | None = None
    library_name: str | None = "transformers"
    tags: tuple[str, ...] = ()
    card: Mapping[str, Any] = field(default_factory=dict)
    downloads: int = 0
    likes: int = 0
    gated: bool | str = False
    private: bool = False
    disabled: bool = False
    readers: tuple[str, ...] = ("reader",)
    created_at: str = "2022-03-02T23:29:04.000Z"
    last_modified: str = "2024-05-17T11:05:09.000Z"

    def snapshot(self, revision: str) -> Snapshot | None:
        """The snapshot that a branch or a commit names."""
        by_commit = {snapshot.commit: snapshot for snapshot in self.snapshots}
        return self.branches.get(revision) or by_commit.get(revision)

    @property
    def all_tags(self) -> list[str]:
        """The card's tags and those the hub adds; what `filter` looks at."""
        licence = f"license:{self.license}" if self.license else None
        return [tag for tag in (self.library_name, self.pipeline_tag, *self.tags, licence, "region:us") if tag]

    @property
    def snapshots(self) -> tuple[Snapshot, ...]:
        return (*self.former, *self.branches.values())


SORTED_BY: Mapping[str, Callable[[Model], Any]] = {
    "createdAt": lambda model: model.created_at,
    "downloads": lambda model: model.downloads,
    "lastModified": lambda model: model.last_modified,
    "likes": lambda model: model.likes,
    "trendingScore": lambda model: model.likes,
}


def document(model: Model, snapshot: Snapshot, with_sizes: bool = False) -> dict[str, Any]:
    """Everything the hub says of a model at one snapshot."""
    card = {"license": model.license, "pipeline_tag": model.pipeline_tag, "tags": list(model.tags), **model.card}
    return {
        "_id": _sha1(model.id)[:24],
        "id": model.id,
        "modelId": model.id,
        "author": model.id.split("/")[0] if "/" in model.id else None,
        "sha": snapshot.commit,
        "createdAt": model.created_at,
        "lastModified": model.last_modified,
        "private": model.private,
        "gated": "auto" if model.gated is True else model.gated,
        "disabled": model.disabled,
        "downloads": model.downloads,
        "likes": model.likes,
        "trendingScore": model.likes,
        "library_name": model.library_name,
        "pipeline_tag": model.pipeline_tag,
        "tags": model.all_tags,
        "cardData": {name: value for name, value in card.items() if value},
        "config": snapshot.config,
        "safetensors": snapshot.safetensors,
        "siblings": [stored.sibling(with_sizes) for stored in snapshot.files.values()],
        "spaces": [],
        "usedStorage": sum(stored.size for stored in snapshot.files.values()),
    }


def listing_entry(model: Model, query: Mapping[str, list[str]]) -> dict[str, Any]:
    """A model as a list shows it: a few facts, more when asked, or just the properties named by `expand`."""
    everything = document(model, model.branches["main"])
    if "expand" in query:
        return picked(everything, query["expand"])
    extra = [name for name in ("cardData", "config") if is_true(query, name)]
    full = FULL_FACTS if is_true(query, "full") else []
    return {name: everything[name] for name in (*LISTED_FACTS, *full, *extra)}


def picked(everything: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The properties asked for beside the id; one that does not apply to the model is left out."""
    return {name: everything[name] for name in ("_id", "id", *names) if everything.get(name) is not None}


def is_true(query: Mapping[str, list[str]], name: str) -> bool:
    return query.get(name, [""])[-1].lower() in ("true", "1")


def is_asked_for(model: Model, query: Mapping[str, list[str]]) -> bool:
    """True where a model meets every condition of a listing's query."""
    wanted_tags = {tag for name in ("filter", "tags") for value in query.get(name, []) for tag in value.split(",")}
    return (
        wanted_tags <= set(model.all_tags)
        and all(term.lower() in model.id.lower() for term in query.get("search", []))
        and query.get("pipeline_tag", [model.pipeline_tag])[-1] == model.pipeline_tag
        and model.id.startswith("".join(f"{author}/" for author in query.get("author", [])))
        and ("gated" not in query or is_true(query, "gated") == bool(model.gated))
    )


def take_snapshot(model_id: str, folder: Path) -> Snapshot:
    """Read a folder as a commit; its bytes are served from where they lie, so the folder has to stay as it is."""
    sources = sorted(source for source in folder.rglob("*") if source.is_file())
    stored = [_store(folder, source) for source in sources]
    files = {each.path: each for each in stored}
    commit = _sha1(model_id + "".join(f"{each.path}{each.blob_id}" for each in stored))
    return Snapshot(commit, files, _described_config(folder), _counted_parameters(sources))


def listed_model(number: int) -> Model:
    """One of a long listing: a card without files."""
    model_id = f"listed/sentence-pairs-{number:05d}"
    task = LISTED_TASKS[number % len(LISTED_TASKS)]
    branches = {"main": Snapshot(_sha1(model_id))}
    return Model(model_id, branches, pipeline_tag=task, license="mit", downloads=1_000_000 - number, likes=number)


def _sha1(text: str) -> str:
    return hashlib.sha1(text.encode()).hexdigest()


def _store(folder: Path, source: Path) -> StoredFile:
    size = source.stat().st_size
    sha256, git_name = hashlib.sha256(), hashlib.sha1(b"blob %d\0" % size)
    with source.open("rb") as stream:
        for chunk in iter(lambda: stream.read(1 << 20), b""):
            sha256.update(chunk)
            git_name.update(chunk)
    path = source.relative_to(folder).as_posix()
    if source.suffix not in LFS_SUFFIXES and size <= LFS_FROM_BYTES:
        return StoredFile(path, source, size, sha256.hexdigest(), git_name.hexdigest(), None)
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256.hexdigest()}\nsize {size}\n"
    blob_id = _sha1(f"blob {len(pointer)}\0{pointer}")
    return StoredFile(path, source, size, sha256.hexdigest(), blob_id, len(pointer))


def _read_json(file: Path) -> dict[str, Any]:
    try:
        plain = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return plain if isinstance(plain, dict) else {}


def _described_config(folder: Path) -> dict[str, Any] | None:
    """The few facts the hub repeats from config.json; never the whole of it."""
    config, tokenizer = _read_json(folder / "config.json"), _read_json(folder / "tokenizer_config.json")
    if not config:
        return None
    facts: dict[str, Any] = {name: config[name] for name in ("architectures", "model_type") if name in config}
    facts["tokenizer_config"] = {name: tokenizer[name] for name in TOKENIZER_FACTS if name in tokenizer}
    return facts


def _counted_parameters(sources: Iterable[Path]) -> dict[str, Any] | None:
    """Parameters by type, read from the headers of the safetensors files; None where there are none."""
    counts: dict[str, int] = {}
    for source in sources:
        if source.suffix == ".safetensors":
            for kind, shape in _tensors(source):
                count = 1
                for extent in shape:
                    count *= extent
                counts[kind] = counts.get(kind, 0) + count
    return {"parameters": counts, "total": sum(counts.values())} if counts else None


def _tensors(source: Path) -> list[tuple[str, list[int]]]:
    try:
        with source.open("rb") as stream:
            (length,) = struct.unpack("<Q", stream.read(8))
            header = json.loads(stream.read(min(length, LFS_FROM_BYTES)))
    except (ValueError, struct.error):
        return []  # a test may well serve a broken file; the hub then counts nothing
    if not isinstance(header, dict):
        return []
    return [(tensor["dtype"], tensor["shape"]) for name, tensor in header.items() if name != "__metadata__"]
