"""The files that travel with the program: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import neuron_studio
from neuron_studio.core.instances import Instance, instance_table

_PACKAGE = Path(neuron_studio.__file__).resolve().parent


def resource(name: str) -> Path:
    """The path of a shipped file or folder."""
    installed = _PACKAGE / "resources" / name
    return installed if installed.exists() else _PACKAGE.parent / "resources" / name


STARTER_MODEL = resource("starter-model")


@lru_cache(maxsize=1)
def instances() -> dict[str, Instance]:
    """The instance types that the program knows, by name."""
    return instance_table(json.loads(resource("instance_types.json").read_text(encoding="utf-8")))
