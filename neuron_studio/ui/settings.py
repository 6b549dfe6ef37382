"""What the window remembers between starts: a small JSON file, which may be damaged or missing, and pairs aside."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Optional, get_type_hints

from neuron_studio.core.request import Request
from neuron_studio.runs.pair_files.writing import write_json_lines
from neuron_studio.runs.places import config_folder
from neuron_studio.runs.projects import as_saved, saved_pairs, to_save
from neuron_studio.runs.whole_file import whole_file, write_whole
from neuron_studio.wire.codec import decode, dumps
from neuron_studio.wire.errors import ProtocolError
from neuron_studio.wire.spec import SentencePair

_FILE = "window.json"
MOST_RECENT = 8


@dataclass(frozen=True)
class Memory:
    """The form as it was left, and the run that was in it while it went on.

    Where pairs_file is given the request's pairs lie in the file of that name, and not in the request.
    """

    # Optional and not "| None": the codec, which also runs on Python 3.8, knows only the former.
    request: Optional[Request] = None
    recent_models: tuple[str, ...] = ()
    python: Optional[str] = None
    run: Optional[str] = None
    pairs_file: Optional[str] = None
    bell: bool = False


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


def save(memory: Memory, folder: Path | None = None) -> bool:
    """Write it whole or not at all, and say which; a full or read-only disk costs only the memory."""
    place = folder or config_folder()
    request = memory.request and to_save(memory.request)
    if request is not None and memory.pairs_file is not None:
        request = replace(request, pairs=())
    try:
        write_whole(place / _FILE, dumps(replace(memory, request=request), indent=1).encode())
    except OSError:
        return False
    return True


def load_pairs(name: str, folder: Path | None = None) -> tuple[SentencePair, ...]:
    """The pairs in a file beside it; raises StudioError where they cannot be read."""
    return saved_pairs(_beside(name, folder))


def save_pairs(pairs: tuple[SentencePair, ...], folder: Path | None = None) -> str:
    """Write pairs into a file beside it, under a name that no other pairs ever had; raises OSError where that fails."""
    name = f"pairs-{secrets.token_hex(6)}.jsonl"
    with whole_file(_beside(name, folder)) as file:
        write_json_lines(file, pairs)
    return name


def has_pairs(name: str, folder: Path | None = None) -> bool:
    """Whether a file of pairs is still there; another window may have removed it."""
    return _beside(name, folder).exists()


def remove_pairs(name: str, folder: Path | None = None) -> None:
    """Remove a file of pairs that are not remembered any more."""
    try:
        _beside(name, folder).unlink(missing_ok=True)
    except OSError:
        return


def _beside(name: str, folder: Path | None) -> Path:
    # The name comes from a file: it names nothing outside the folder.
    return (folder or config_folder()) / Path(name).name
