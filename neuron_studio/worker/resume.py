"""Let a download go on from what an earlier process left of it.

Newer releases of huggingface_hub give each process a partial file of its own, <etag>.<random>.incomplete, and throw
it away on an error. The hub library's lock on the etag is held meanwhile, so any other such file is a leftover.
"""

from __future__ import annotations

import functools
import os
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Optional

_LEFT = "left"


def keep_partial_downloads() -> None:
    """From here on a download in this process begins with the leftover of the same file, and leaves its own."""
    from huggingface_hub import file_download

    original = getattr(file_download, "http_get", None)
    if original is None or hasattr(original, "goes_on"):
        return

    @functools.wraps(original)
    def http_get(url: str, temp_file: BinaryIO, *rest: Any, resume_size: int = 0, **named: Any) -> None:
        path = _own_path(temp_file)
        if path is not None and resume_size == 0:
            resume_size = _go_on(temp_file, path, named.get("expected_size"))
        try:
            original(url, temp_file, *rest, resume_size=resume_size, **named)
        except BaseException:
            if path is not None:
                with suppress(OSError):
                    temp_file.flush()
                    os.replace(path, path.with_name(f"{_etag(path)}.{_LEFT}.incomplete"))
            raise

    http_get.goes_on = True  # type: ignore[attr-defined]
    file_download.http_get = http_get


def _own_path(temp_file: BinaryIO) -> Optional[Path]:
    """The partial file's path where it belongs to one process; older releases share one and go on by themselves."""
    path = Path(str(getattr(temp_file, "name", "")))
    return path if path.name.endswith(".incomplete") and path.name.count(".") == 2 else None


def _etag(path: Path) -> str:
    return path.name.split(".")[0]


def _go_on(temp_file: BinaryIO, path: Path, expected: Optional[int]) -> int:
    """Put the largest leftover in the place of the empty file, and remove the others; returns its size."""
    left = [other for other in path.parent.glob(f"{_etag(path)}.*.incomplete") if other != path]
    by_size = sorted((other.stat().st_size, other) for other in left)
    usable = [other for size, other in by_size if expected is None or size < expected]
    if usable:
        with open(usable[-1], "r+b") as file:
            os.dup2(file.fileno(), temp_file.fileno())
        os.replace(usable[-1], path)
    for other in left:
        with suppress(FileNotFoundError):
            other.unlink()
    return temp_file.seek(0, os.SEEK_END)
