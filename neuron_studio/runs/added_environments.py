"""The interpreters that the user added to those which are found: one small JSON file."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from neuron_studio.runs.places import config_folder
from neuron_studio.runs.whole_file import write_whole
from neuron_studio.wire.codec import dumps
from neuron_studio.wire.errors import Blame, StudioError

_SCHEMA = 1


def interpreter(path: str) -> str:
    """The absolute path of an interpreter, given by its path, as the folder of its environment or by its name.

    Links stay as they are: the Python of a virtual environment is one, and what it leads to is another environment.
    """
    if os.sep not in path and not os.path.exists(path):
        return shutil.which(path) or path
    absolute = os.path.abspath(os.path.expanduser(path))
    return os.path.join(absolute, "bin", "python") if os.path.isdir(absolute) else absolute


def added() -> tuple[str, ...]:
    """Those that were added, the latest first; a file that cannot be read holds none."""
    try:
        plain = json.loads(_file().read_text(encoding="utf-8"))
        return tuple(path for path in plain["added"] if isinstance(path, str) and os.path.isabs(path))
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def add(python: str) -> None:
    """Add an interpreter; once, however often it is added."""
    _write((python, *(path for path in added() if path != python)))


def remove(python: str) -> None:
    """Forget an interpreter that was added; raises StudioError where it never was."""
    if python not in added():
        raise StudioError(
            "environment-not-added", f"{python} is not among the environments that you added.",
            "neuron-studio environments shows which ones are.", Blame.INPUT,
        )  # fmt: skip
    _write(tuple(path for path in added() if path != python))


def _write(paths: tuple[str, ...]) -> None:
    try:
        write_whole(_file(), dumps({"schema": _SCHEMA, "added": paths}, indent=1).encode())
    except OSError as error:
        raise StudioError(
            "no-config-folder", f"The list of environments cannot be written to {_file()}: {error.strerror}.",
            "Free some space or mend the permissions, or set NEURON_STUDIO_CONFIG to another folder.", Blame.INPUT,
        ) from error  # fmt: skip


def _file() -> Path:
    return config_folder() / "environments.json"
