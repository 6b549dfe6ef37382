"""The tables that travel with the worker: operators that AWS lists, and instance types."""

from __future__ import annotations

import json
import pkgutil
from typing import Any, Dict

from neuron_studio.core.instances import Instance, instance_table
from neuron_studio.core.operators import OperatorTable, operator_table


def operators() -> OperatorTable:
    """The published lists of operators."""
    return operator_table(_read("neuron_ops.json"))


def instances() -> Dict[str, Instance]:
    """The instance types by name."""
    return instance_table(_read("instance_types.json"))


def _read(name: str) -> Any:
    content = pkgutil.get_data("neuron_studio", f"resources/{name}")
    assert content is not None, f"the worker came without {name}"
    return json.loads(content.decode("utf-8"))
