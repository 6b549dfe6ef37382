"""The Neuron devices of this machine: neuron-ls tells which there are and who holds them, else the kernel how many."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, List, Optional, Tuple

from neuron_studio.wire import monitor
from neuron_studio.wire.tool_output import output_of

# Where AWS installs its tools, on no path by itself.
_TOOLS = "/opt/aws/neuron/bin"
_TIMEOUT_S = 10.0

_DMI_NAME = Path("/sys/devices/virtual/dmi/id/product_name")
_DRIVER_VERSION = Path("/sys/module/neuron/version")


@dataclass(frozen=True)
class Machine:
    """What was seen: devices is a count, listing what neuron-ls printed as JSON, None where it did not.

    usage is what neuron-monitor reported; it is asked only where neuron-ls names a process, and may be silent.
    """

    devices: int = 0
    instance: Optional[str] = None
    listing: Optional[Tuple[Any, ...]] = None
    driver: Optional[str] = None
    usage: Optional[Any] = None


def this_machine(python: str) -> Machine:
    """What can be seen with the tools of an interpreter's environment, of the path or of AWS's own folder."""
    listing = _neuron_ls(python)
    return Machine(
        devices=_device_files() if listing is None else len(listing),
        instance=_instance_listed(listing) or _instance_type(),
        listing=None if listing is None else tuple(listing),
        driver=_driver_version(),
        usage=_usage(python) if _is_held(listing) else None,
    )


def tool(name: str, python: str) -> Optional[str]:
    """The path of one of AWS's tools: beside an interpreter, on the path, or where AWS puts them."""
    beside = os.path.dirname(os.path.abspath(python))
    return shutil.which(name, path=os.pathsep.join((beside, os.environ.get("PATH", os.defpath), _TOOLS)))


def _neuron_ls(python: str) -> Optional[List[Any]]:
    """The listing as the tool gives it, empty without a device; None where there is no tool, or an old one."""
    path = tool("neuron-ls", python)
    if path is None:
        return None
    try:
        status, said = output_of([path, "-j"], _TIMEOUT_S)
    except OSError:
        return None
    if status == 1 and not said.strip():
        return []  # its way of saying that there is no device
    try:
        listed = json.loads(said.decode("utf-8", "replace"))
    except ValueError:
        return None
    return listed if isinstance(listed, list) else None


def _is_held(listing: Optional[List[Any]]) -> bool:
    return any(isinstance(entry, dict) and entry.get("neuron_processes") for entry in listing or ())


def _usage(python: str) -> Optional[Any]:
    path = tool("neuron-monitor", python)
    return None if path is None else monitor.first_report(path)


def _device_files() -> int:
    return sum(1 for path in Path("/dev").glob("neuron*") if path.name[len("neuron") :].isdigit())


def _instance_listed(listing: Optional[List[Any]]) -> Optional[str]:
    named = [entry.get("instance_type") for entry in listing or () if isinstance(entry, dict)]
    return next((name for name in named if isinstance(name, str) and name), None)


def _instance_type() -> Optional[str]:
    try:
        name = _DMI_NAME.read_text().strip()
    except OSError:
        return None
    return name if "." in name and name[:3] in ("inf", "trn") else None


def _driver_version() -> Optional[str]:
    try:
        return _DRIVER_VERSION.read_text().strip() or None
    except OSError:
        return None
