"""A model in a folder: its configuration and the headers of its weights, read without torch."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

from neuron_studio.core.model_facts import WEIGHTS, ModelFacts, ModelFile
from neuron_studio.wire.errors import Blame, StudioError

# A safetensors header states its own length first; what claims more than this is not one.
_LONGEST_HEADER = 100_000_000


def describe_folder(folder: Path) -> ModelFacts:
    """The facts about a folder, from its configuration and the headers of its weights."""
    files = tuple(ModelFile(path.name, path.stat().st_size) for path in sorted(folder.iterdir()) if path.is_file())
    tensors = _tensor_shapes(folder)
    return ModelFacts(
        id=str(folder),
        config=read_json(folder / "config.json"),
        files=files,
        tensors=frozenset(tensors),
        parameters=sum(tensors.values()) or None,
        is_folder=True,
        cached=True,
    )


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object; empty where there is no such file."""
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise StudioError(
            "config-unreadable", f"{path} cannot be read: {error}.",
            "Download or save the model again.", Blame.INPUT,
        ) from error  # fmt: skip
    return plain if isinstance(plain, dict) else {}


def _tensor_shapes(folder: Path) -> dict[str, int]:
    """The number of values in each tensor of the folder's safetensors files; empty where there are none."""
    single, index = (folder / name for name in WEIGHTS)
    names = [single.name] if single.exists() else sorted(set(read_json(index).get("weight_map", {}).values()))
    found: dict[str, int] = {}
    for name in names:
        for tensor, entry in read_header(folder / Path(name).name).items():
            found[tensor] = _count(entry["shape"])
    return found


def read_header(path: Path) -> dict[str, Any]:
    """The header of a safetensors file: tensors by name with dtype and shape; no weight is read."""
    try:
        with open(path, "rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            if length > min(_LONGEST_HEADER, path.stat().st_size):
                raise ValueError("its header claims more than the file holds")
            header = json.loads(file.read(length))
        header.pop("__metadata__", None)
        end = max((entry["data_offsets"][1] for entry in header.values()), default=0)
        if 8 + length + end != path.stat().st_size:
            raise ValueError("its tensors do not fill the file")
    except (OSError, struct.error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StudioError(
            "weights-unreadable", f"{path} is not a whole safetensors file: {error}.",
            "Download the model again; the copy here was cut short.", Blame.INPUT,
        ) from error  # fmt: skip
    return header  # type: ignore[no-any-return]


def _count(shape: list[int]) -> int:
    product = 1
    for size in shape:
        product *= size
    return product
