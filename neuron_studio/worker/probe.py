"""What an interpreter offers for tracing, told as one JSON object; imports nothing that takes time."""

from __future__ import annotations

import json
import platform
import sys
from importlib import metadata
from pathlib import Path
from typing import Dict, Optional

from neuron_studio.core.environment import PACKAGES

_DMI_NAME = Path("/sys/devices/virtual/dmi/id/product_name")


def versions() -> Dict[str, str]:
    """The installed versions of the packages that matter, by distribution name."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def device_count() -> int:
    """How many Neuron devices the kernel shows."""
    return sum(1 for path in Path("/dev").glob("neuron*") if path.name[len("neuron") :].isdigit())


def instance_type() -> Optional[str]:
    """The EC2 instance type as the machine names itself; None elsewhere."""
    try:
        name = _DMI_NAME.read_text().strip()
    except OSError:
        return None
    return name if "." in name and name[:3] in ("inf", "trn") else None


def print_environment() -> int:
    """Write the probe's answer to stdout."""
    answer = {
        "python": sys.executable,
        "python_version": platform.python_version(),
        "versions": versions(),
        "devices": device_count(),
        "instance": instance_type(),
    }
    print(json.dumps(answer))
    return 0
