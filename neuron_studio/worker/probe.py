"""What an interpreter offers for tracing, told as one JSON object; imports nothing that takes time."""

from __future__ import annotations

import json
import platform
import sys
from importlib import metadata
from typing import Dict

from neuron_studio.core.environment import PACKAGES
from neuron_studio.wire.codec import encode
from neuron_studio.wire.machine import this_machine


def versions() -> Dict[str, str]:
    """The installed versions of the packages that matter, by distribution name."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def print_environment() -> int:
    """Write the probe's answer to stdout."""
    answer = {
        "python": sys.executable,
        "python_version": platform.python_version(),
        "versions": versions(),
        "machine": encode(this_machine(sys.executable)),
    }
    print(json.dumps(answer))
    return 0
