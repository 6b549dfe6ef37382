"""Where the window stood, in a small file of its own: it is read before anything else is imported."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from neuron_studio.runs.places import config_folder
from neuron_studio.runs.whole_file import write_whole

_FILE = "geometry.json"
# What no screen shows.
_LARGEST = 16_000


@dataclass(frozen=True)
class Geometry:
    """The window's width and height in pixels, and those of its two columns; empty where nothing is known."""

    size: tuple[int, ...] = ()
    columns: tuple[int, ...] = ()


def load(folder: Path | None = None) -> Geometry:
    """What was remembered; whatever cannot be read is forgotten."""
    try:
        plain = json.loads(((folder or config_folder()) / _FILE).read_text(encoding="utf-8"))
        return Geometry(*(_two(plain.get(name)) for name in ("size", "columns")))
    except (OSError, ValueError, AttributeError):
        return Geometry()


def save(geometry: Geometry, folder: Path | None = None) -> bool:
    """Write it whole or not at all, and say which; a full or read-only disk costs only the memory."""
    try:
        write_whole((folder or config_folder()) / _FILE, json.dumps(asdict(geometry)).encode())
    except OSError:
        return False
    return True


def _two(plain: object) -> tuple[int, ...]:
    is_known = isinstance(plain, list) and len(plain) == 2 and all(type(number) is int for number in plain)
    return tuple(plain) if is_known and all(0 < number < _LARGEST for number in plain) else ()
