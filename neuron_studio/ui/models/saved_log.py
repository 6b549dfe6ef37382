"""A log written into a file of the user's: as it is, or the lines of it that are shown."""

from __future__ import annotations

import shutil
from pathlib import Path

from neuron_studio.runs.whole_file import whole_file
from neuron_studio.ui.models.filtered_log import FilteredLog
from neuron_studio.ui.models.log_file import LINES_AT_ONCE, LogFile
from neuron_studio.wire.errors import Blame, StudioError


def save_lines(log: LogFile | FilteredLog, path: Path) -> None:
    """Write the whole log byte for byte, or its shown lines; raises StudioError where the file cannot be written."""
    try:
        with whole_file(path) as file:
            if isinstance(log, LogFile):
                with open(log.path, "rb") as source:
                    shutil.copyfileobj(source, file)
                return
            for first in range(0, log.count, LINES_AT_ONCE):
                file.write("".join(f"{line}\n" for line in log.lines(first, LINES_AT_ONCE)).encode())
    except OSError as error:
        raise StudioError(
            "log-not-saved", f"{path} cannot be written: {error.strerror}.",
            "Choose another folder, or make room on the disk.", Blame.INPUT,
        ) from error  # fmt: skip
