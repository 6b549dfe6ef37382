"""The graphs that a tracer hands to a compiler: one file for neuron-cc, a folder for neuronx-cc.

The real ones are a TensorFlow GraphDef and an XLA HLO; here both hold the stand-in's program as JSON.
"""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path
from typing import Any

_BITS = {"float64": 64, "int64": 64, "float32": 32, "int32": 32, "float16": 16, "bfloat16": 16, "int16": 16}


def write_graph_def(path: Path, program: dict[str, Any], weights: dict[str, bytes]) -> None:
    """The one file that neuron-cc reads."""
    with tarfile.open(str(path), "w") as tar:
        for name, content in [("graph.json", json.dumps(program).encode("utf-8")), *weights.items()]:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))


def read_graph_def(path: Path) -> tuple[dict[str, Any], list[tuple[str, bytes]]]:
    """The program, and the weights by the names that a NEFF gives them."""
    with tarfile.open(str(path)) as tar:
        files = {member.name: tar.extractfile(member).read() for member in tar.getmembers()}  # type: ignore[union-attr]
    program = json.loads(files.pop("graph.json").decode("utf-8"))
    return program, [("sg00/" + name, content) for name, content in files.items()]


def read_model_folder(path: Path) -> tuple[dict[str, Any], list[tuple[str, bytes]]]:
    """The same from the folder that the neuronx tracer writes; weights lie beside it as .npy files."""
    program = json.loads((path / "graph.hlo").read_text(encoding="utf-8"))
    weights = []
    for entry in program["weights"].values():
        if "file" in entry:
            content = (path.parent / "weights" / entry["npy"]).read_bytes()
            size = _bytes(entry["dtype"], entry["shape"])
            weights.append(("sg00/" + entry["file"], content[len(content) - size :]))
    return program, weights


def _bytes(dtype: str, shape: list[int]) -> int:
    count = 1
    for size in shape:
        count *= size
    return count * _BITS.get(dtype, 8) // 8
