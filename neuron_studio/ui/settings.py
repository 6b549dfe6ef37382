"""What the window remembers between starts: one small JSON file that may be damaged or missing."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Optional, get_type_hints

from neuron_studio.core.request import Request
from neuron_studio.runs.places import config_folder
from neuron_studio.runs.projects import as_saved, to_save
from neuron_studio.runs.whole_file import write_whole
from neuron_studio.wire.codec import decode, dumps
from neuron_studio.wire.errors import ProtocolError

_FILE = "window.json"
MOST_RECENT = 8


@dataclass(frozen=True)
class Memory:
    """The form as it was left, where the window stood, and the run that was in it while it went on."""

    # Optional and not "| None": the codec, which also runs on Python 3.8, knows only the former.
    request: Optional[Request] = None
    recent_models: tuple[str, ...] = ()
    python: Optional[str] = None
    geometry: tuple[int, ...] = ()
    splitter: tuple[int, ...] = ()
    run: Optional[str] = None


def with_recent(models: tuple[str, ...], model: str) -> tuple[str, ...]:
    """The recent models after this one was used: it comes first, once."""
    return (model, *(other for other in models if other != model))[:MOST_RECENT]


def load(folder: Path | None = None) -> Memory:
    """What was remembered; whatever cannot be read is forgotten, the rest stays."""
    path = (folder or config_folder()) / _FILE
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Memory()
    if not isinstance(plain, dict):
        return Memory()
    known = {}
    for name, kind in get_type_hints(Memory).items():
        try:
            known[name] = decode(kind, plain[name])
        except (KeyError, ProtocolError):
            continue
    memory = Memory(**known)
    return replace(memory, request=memory.request and as_saved(memory.request))


def save(memory: Memory, folder: Path | None = None) -> None:
    """Write it whole or not at all; a full or read-only disk costs only the memory."""
    place = folder or config_folder()
    memory = replace(memory, request=memory.request and to_save(memory.request))
    try:
        write_whole(place / _FILE, dumps(memory, indent=1).encode())
    except OSError:
        return
