"""How neuron-monitor is asked, which reports once a period for ever: what it is to tell, and one report of it."""

from __future__ import annotations

import json
import tempfile
from typing import Any, Dict, Optional

from neuron_studio.wire.tool_output import output_of

_TIMEOUT_S = 5.0


def config(*metrics: str) -> Dict[str, Any]:
    """What it reads from the file after -c to tell these metrics of every process, once a second."""
    wanted = [{"type": metric} for metric in metrics]
    return {"period": "1s", "neuron_runtimes": [{"tag_filter": ".*", "metrics": wanted}], "system_metrics": []}


def first_report(path: str) -> Optional[Any]:
    """The cores of every process, as the tool at this path reports them after a period; None where it does not."""
    try:
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
            json.dump(config("neuroncore_counters"), file)
            file.flush()
            _, said = output_of([path, "-c", file.name], _TIMEOUT_S, lines=1)
        return json.loads(said.decode("utf-8", "replace"))
    except (OSError, ValueError):
        return None
