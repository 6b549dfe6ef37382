"""What an interpreter offers for tracing, told as one JSON object; imports nothing that takes time."""

from __future__ import annotations

import json
import os
import platform
import sys
from importlib import metadata
from typing import Dict, List

from neuron_studio.core.environment import COMPILERS, PACKAGES
from neuron_studio.wire.machine import tool
from neuron_studio.wire.stamps import stamps


def versions() -> Dict[str, str]:
    """The installed versions of the packages that matter, by distribution name."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def compilers() -> Dict[str, str]:
    """The compilers beside the interpreter or on the path, by name."""
    found = {name: tool(name, sys.executable) for name in COMPILERS.values()}
    return {name: path for name, path in found.items() if path is not None}


def print_environment() -> int:
    """Write the probe's answer to stdout."""
    # Looked at before the packages are: what changes meanwhile is noticed later.
    looked_like = stamps(_what_decides())
    answer = {
        "python": sys.executable,
        "python_version": platform.python_version(),
        "glibc": platform.libc_ver()[1],
        "versions": versions(),
        "compilers": compilers(),
        "stamps": looked_like,
    }
    print(json.dumps(answer))
    return 0


def _what_decides() -> List[str]:
    """The files and folders that an installation changes: the interpreter, its settings, its packages, compilers."""
    settings = os.path.join(sys.prefix, "pyvenv.cfg")
    # The first is the worker's own file.
    return [sys.executable, settings, *compilers().values(), *dict.fromkeys(sys.path[1:])]
