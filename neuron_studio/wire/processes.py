"""Which processes belong together, as the kernel tells it; zombies do not count."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator, List, Tuple


def in_group(group: int) -> List[int]:
    """The process ids of a process group."""
    return [pid for pid, its_group, _session in _living() if its_group == group]


def in_session(session: int) -> List[int]:
    """The process ids of a session."""
    return [pid for pid, _group, its_session in _living() if its_session == session]


def _living() -> Iterator[Tuple[int, int, int]]:
    for path in Path("/proc").iterdir():
        if not path.name.isdigit():
            continue
        try:
            state, _parent, group, session = (path / "stat").read_text().rsplit(")", 1)[1].split()[:4]
        except OSError:
            continue  # it ended between listing and reading
        if state != "Z":
            yield int(path.name), int(group), int(session)
