"""Answers of earlier probes, good for as long as nothing changes that they depend on."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from neuron_studio.core.environment import Environment
from neuron_studio.runs.launcher import worker_environment
from neuron_studio.runs.places import cache_folder
from neuron_studio.runs.whole_file import write_whole
from neuron_studio.runs.worker_folder import worker_folder
from neuron_studio.wire.codec import decode, dumps
from neuron_studio.wire.errors import ProtocolError
from neuron_studio.wire.machine import Machine
from neuron_studio.wire.stamps import stamps

# What an interpreter finds where depends on these as well.
_VARIABLES = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH")


def recall(python: str) -> Environment | None:
    """What an interpreter answered before, without its machine; None where it must be asked."""
    record = _read(python)
    if record is None or record.get("asked") != _asked(python):
        return None
    seen = record.get("stamps")
    if not isinstance(seen, dict) or not seen or stamps(seen) != seen:
        return None
    try:
        environment: Environment = decode(Environment, record.get("environment"))
    except ProtocolError:
        return None
    return environment if environment.python == python else None


def keep(environment: Environment, seen: Mapping[str, Any]) -> None:
    """Keep an answer with the stamps that it was given under; a full or read-only disk costs only the memory."""
    record = {
        "asked": _asked(environment.python),
        "stamps": dict(seen),
        "environment": replace(environment, machine=Machine()),
    }
    with suppress(OSError):
        write_whole(_file(environment.python), dumps(record).encode())


def keep_imports(environment: Environment) -> None:
    """Add what was imported to an answer that is kept already, under the stamps of that one."""
    record = _read(environment.python)
    if record is not None and recall(environment.python) is not None:
        keep(environment, record["stamps"])


def _read(python: str) -> dict[str, Any] | None:
    try:
        record = json.loads(_file(python).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) else None


def _file(python: str) -> Path:
    return cache_folder() / "probes" / f"{hashlib.sha256(os.fsencode(python)).hexdigest()[:16]}.json"


def _asked(python: str) -> list[str]:
    """By what program, and with what variables, an interpreter is asked."""
    environment = worker_environment(python)
    return [str(worker_folder()), *(environment.get(name, "") for name in _VARIABLES)]
