"""What files and folders looked like, so that a change is noticed without looking inside."""

from __future__ import annotations

import os
from typing import Dict, Iterable, List, Optional

# Modification time in nanoseconds and size; None for what is not there.
Stamp = Optional[List[int]]


def stamps(paths: Iterable[str]) -> Dict[str, Stamp]:
    """The stamp of each path; a folder's changes with every package that is put in or taken out."""
    return {path: _stamp(path) for path in paths}


def _stamp(path: str) -> Stamp:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return [found.st_mtime_ns, found.st_size]
