"""The worker as one file that any interpreter from Python 3.8 on can run: wire, core, worker and their tables."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import neuron_studio
from neuron_studio.runs.places import cache_folder
from neuron_studio.runs.resources import resource
from neuron_studio.runs.whole_file import write_whole
from neuron_studio.wire.errors import Blame, StudioError

_TRAVELS = ("wire", "core", "worker")
_TABLES = ("instance_types.json", "neuron_ops.json")
# Read by whatever Python the user chose, however old.
_MAIN = """import sys

if sys.version_info < (3, 8):
    sys.exit("Python %d.%d is too old: tracing needs 3.8 or newer." % sys.version_info[:2])

from neuron_studio.worker.__main__ import main

main()
"""


def worker_zipapp() -> Path:
    """The path of the worker's zipapp, built unless this very content is there already."""
    content = _content()
    path = cache_folder() / f"worker-{hashlib.sha256(content).hexdigest()[:16]}.pyz"
    try:
        if not path.is_file() or path.stat().st_size != len(content):
            write_whole(path, content)
    except OSError as error:
        raise StudioError(
            "no-cache-folder",
            f"The worker cannot be put into {path.parent}: {error.strerror}.",
            "Free some space or mend the permissions, or set NEURON_STUDIO_CACHE to another folder.",
            Blame.INPUT,
        ) from error
    return path


def _content() -> bytes:
    package = Path(neuron_studio.__file__).resolve().parent
    files = [package / "__init__.py", *(path for part in _TRAVELS for path in sorted((package / part).rglob("*.py")))]
    named = [(str(Path("neuron_studio", path.relative_to(package))), path) for path in files]
    named += [(f"neuron_studio/resources/{table}", resource(table)) for table in _TABLES]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("__main__.py"), _MAIN)
        for name, path in named:
            # A fixed date makes equal sources an equal file, so the cache holds one of each.
            archive.writestr(zipfile.ZipInfo(name), path.read_bytes())
    return buffer.getvalue()
