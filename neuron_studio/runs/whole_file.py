"""Write a file so that whoever reads it finds the old content or the new, never half of one."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file aside, renamed into place once all is written; where that fails it goes, and the old one stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        os.replace(aside, path)
    except BaseException:
        os.unlink(aside)
        raise


def write_whole(path: Path, content: bytes) -> None:
    """Write this content whole or not at all; the folder is made where it is missing."""
    with whole_file(path) as file:
        file.write(content)
