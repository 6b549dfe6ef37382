"""Where torch-neuron put the operators, read from the lines that it writes while it partitions and compiles."""

from __future__ import annotations

import re
from typing import Dict, Iterable, List, Optional, Tuple

from neuron_studio.wire.events import Placed
from neuron_studio.wire.operators import LeftOperator

_FIGURES = {
    "planned": re.compile(r"arithmetic operators \(pre-compilation\) before = (\d+), fused = (\d+), percent fused"),
    "achieved": re.compile(r"arithmetic operators \(post-compilation\) before = (\d+), compiled = (\d+), percent"),
    "parts": re.compile(r"Neuron successfully compiled (\d+) sub-graphs, Total fused subgraphs = (\d+)"),
}
_NOTHING = "No operator is placed on Neuron runtime"
_HEAD = re.compile(r"(Not compiled|Compiled these) operators \(and operator counts\) to Neuron")
_ITEM = re.compile(r"=> ((?:aten|prim)::\w+): (\d+)(?: \[(supported|not supported)\])?")


def placement_in(lines: Iterable[str]) -> Optional[Placed]:
    """What the lines of one compile tell; None where they tell nothing of it."""
    said: Dict[str, Tuple[int, int]] = {}
    compiled: Dict[str, int] = {}
    left: List[LeftOperator] = []
    in_left = False
    for line in lines:
        for name, pattern in _FIGURES.items():
            found = pattern.search(line)
            if found:
                said[name] = int(found.group(1)), int(found.group(2))
        if _NOTHING in line:
            said["achieved"] = said.get("planned", (0, 0))[0], 0
        head, item = _HEAD.search(line), _ITEM.search(line)
        if head:
            in_left = head.group(1) == "Not compiled"
        elif item and in_left:
            left.append(LeftOperator(item.group(1), int(item.group(2)), item.group(3) == "supported"))
        elif item:
            compiled[item.group(1)] = int(item.group(2))
    if "planned" not in said and "achieved" not in said:
        return None
    return Placed(
        operators=said.get("planned", said.get("achieved", (0, 0)))[0],
        planned=said["planned"][1] if "planned" in said else None,
        achieved=said["achieved"][1] if "achieved" in said else None,
        parts=said["parts"][1] if "parts" in said else None,
        parts_compiled=said["parts"][0] if "parts" in said else None,
        compiled=compiled,
        left=tuple(left),
    )
