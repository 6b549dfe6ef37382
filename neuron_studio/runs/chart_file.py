"""A chart written to a file that the user chose."""

from __future__ import annotations

from pathlib import Path

from neuron_studio.runs.whole_file import write_whole
from neuron_studio.wire.errors import StudioError


def save_chart(path: Path, content: bytes) -> None:
    """Write a drawing or a picture; raises StudioError, with what to do, where that is impossible."""
    try:
        write_whole(path, content)
    except OSError as error:
        raise StudioError("chart-not-saved", f"{path} cannot be written: {error.strerror}.",
                          "Choose another folder, or make room on the disk.") from error  # fmt: skip
