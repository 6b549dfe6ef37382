"""The environment variables that steer the stand-ins; a real SDK knows none of them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Optional

FAULT = "NEURON_STAND_IN_FAULT"
HARDWARE = "NEURON_STAND_IN_HARDWARE"
RECORD = "NEURON_STAND_IN_RECORD"

FAULTS = {
    "hang": "the compiler sits idle and silent",
    "slow": "the compiler works, silent, for the seconds of NEURON_STAND_IN_SLOW_SECONDS",
    "killed": "the compiler's memory grows, then signal 9 ends it",
    "forcibly-killed": "the same inside neuronx-cc, whose driver reports [F137] and exits with 70",
    "segfault": "the compiler dies of signal 11",
    "abort": "the compiler dies of signal 6",
    "trace-segfault": "the process that calls trace dies of signal 11",
    "error": "the compiler fails with its error block",
    "disk-full": "the compiler cannot write its output",
    "nan": "every float output on the device is NaN",
    "constant": "every float output on the device is the same number",
    "nothing-placed": "torch-neuron places no operator on the device",
    "device-memory": "loading a model finds the device's memory full",
    "busy": "another process seems to hold every core",
    "lnc-mismatch": "the runtime finds the other logical core size in every NEFF",
}


def fault(word: str) -> bool:
    """Whether a fault is switched on; an unknown word is a mistake in the test."""
    words = os.environ.get(FAULT, "").replace(",", " ").split()
    unknown = set(words) - set(FAULTS)
    if unknown:
        raise ValueError("{}: no fault is called {}".format(FAULT, ", ".join(sorted(unknown))))
    return word in words


def number(name: str, default: float) -> float:
    """A switch that is a number."""
    return float(os.environ.get("NEURON_STAND_IN_" + name, default))


def word(name: str, default: str) -> str:
    """A switch that is a text."""
    return os.environ.get("NEURON_STAND_IN_" + name, default)


def record(entry: dict[str, Any]) -> None:
    """Append what happened as one JSON line, where a test asked for it."""
    path = os.environ.get(RECORD)
    if path:
        line = json.dumps({**entry, "pid": os.getpid(), "cwd": os.getcwd()}) + "\n"
        with open(path, "a", encoding="utf-8") as file:
            file.write(line)


def hardware_file() -> Optional[Path]:
    """The description of the pretend machine; None where there is no Neuron device."""
    path = os.environ.get(HARDWARE)
    return Path(path) if path else None


def versions() -> dict[str, str]:
    """The versions that this environment was installed with, by distribution name."""
    text = (Path(__file__).parent / "versions.json").read_text(encoding="utf-8")
    return {str(name): str(version) for name, version in json.loads(text).items()}
