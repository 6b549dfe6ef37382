"""One report of neuron-monitor, which would go on for ever: which process uses which NeuronCores."""

from __future__ import annotations

import json
import tempfile
from typing import Any, Optional

from neuron_studio.wire.tool_output import output_of

_TIMEOUT_S = 5.0

# The cores of every process, and nothing else; the first report comes after one period.
_CONFIG = {
    "period": "1s",
    "neuron_runtimes": [{"tag_filter": ".*", "metrics": [{"type": "neuroncore_counters"}]}],
    "system_metrics": [],
}


def first_report(path: str) -> Optional[Any]:
    """What the tool at this path reports first; None where it does not in time, or says something else."""
    try:
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as config:
            json.dump(_CONFIG, config)
            config.flush()
            _, said = output_of([path, "-c", config.name], _TIMEOUT_S, lines=1)
        return json.loads(said.decode("utf-8", "replace"))
    except (OSError, ValueError):
        return None
