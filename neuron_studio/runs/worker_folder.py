"""The worker as a folder that any interpreter from Python 3.8 on can run: wire, core, worker and their tables.

A folder and not one file, so that an interpreter keeps what it compiled, which is half of a worker's start.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import neuron_studio
from neuron_studio.runs.places import cache_folder
from neuron_studio.runs.resources import resource
from neuron_studio.runs.whole_file import write_whole
from neuron_studio.wire.errors import Blame, StudioError

_TRAVELS = ("wire", "core", "worker")
_TABLES = ("instance_types.json", "neuron_ops.json")
# Read by whatever Python the user chose, however old.
_MAIN = b"""import sys

if sys.version_info < (3, 8):
    sys.exit("Python %d.%d is too old: tracing needs 3.8 or newer." % sys.version_info[:2])

from neuron_studio.worker.__main__ import main

main()
"""


def worker_folder() -> Path:
    """The path of the worker's folder, named by its content; what is not there, or not whole, is written."""
    files = _files()
    folder = cache_folder() / f"worker-{_digest(files)[:16]}"
    try:
        for name, content in files.items():
            path = folder / name
            if not path.is_file() or path.stat().st_size != len(content):
                write_whole(path, content)
    except OSError as error:
        raise StudioError(
            "no-cache-folder",
            f"The worker cannot be put into {folder.parent}: {error.strerror}.",
            "Free some space or mend the permissions, or set NEURON_STUDIO_CACHE to another folder.",
            Blame.INPUT,
        ) from error
    return folder


def _files() -> dict[str, bytes]:
    package = Path(neuron_studio.__file__).resolve().parent
    sources = [package / "__init__.py", *(path for part in _TRAVELS for path in sorted((package / part).rglob("*.py")))]
    named = {str(Path("neuron_studio", path.relative_to(package))): path for path in sources}
    named.update({f"neuron_studio/resources/{table}": resource(table) for table in _TABLES})
    return {"__main__.py": _MAIN, **{name: path.read_bytes() for name, path in named.items()}}


def _digest(files: dict[str, bytes]) -> str:
    found = hashlib.sha256()
    for name, content in files.items():
        found.update(f"{name} {len(content)}\n".encode())
        found.update(content)
    return found.hexdigest()
