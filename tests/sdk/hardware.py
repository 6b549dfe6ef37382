"""Describe a pretend machine with Neuron devices, for the switch NEURON_STAND_IN_HARDWARE."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_GIBIBYTE = 1 << 30

# Devices, cores of each, GiB of each, kind of core; from the instance pages of the Neuron documentation.
_INSTANCES: dict[str, tuple[int, int, int, str]] = {
    "inf1.xlarge": (1, 4, 8, "v1"),
    "inf1.6xlarge": (4, 4, 8, "v1"),
    "inf2.xlarge": (1, 2, 32, "v2"),
    "inf2.24xlarge": (6, 2, 32, "v2"),
    "trn1.2xlarge": (1, 2, 32, "v2"),
    "trn1.32xlarge": (16, 2, 32, "v2"),
    "trn2.48xlarge": (16, 8, 96, "v3"),
}


def pretend_machine(folder: Path, instance_type: str, **changes: Any) -> Path:
    """Write the description of an instance; gives the file to name in NEURON_STAND_IN_HARDWARE."""
    devices, cores, gibibytes, core_version = _INSTANCES[instance_type]
    plain = {
        "instance_type": instance_type,
        "instance_id": "i-0123456789abcdef0",
        "core_version": core_version,
        "device_count": devices,
        "cores_per_device": cores,
        "device_memory": gibibytes * _GIBIBYTE,
        "default_lnc": 2,
        "driver_version": "2.24.13.0" if core_version == "v1" else "2.26.5.0",
        "runtime_version": "2.24.53.0" if core_version == "v1" else "2.31.24.0",
        **changes,
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "machine.json"
    path.write_text(json.dumps(plain), encoding="utf-8")
    return path
