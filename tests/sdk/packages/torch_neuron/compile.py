"""One sub-graph through neuron-cc, a child process."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator, Optional, Sequence

import torch
from neuron_stand_in import switches
from neuron_stand_in.artifact import interface
from neuron_stand_in.graph_file import write_graph_def
from neuron_stand_in.log import neuron_logger
from neuron_stand_in.program import compiler_path, program, size_of
from neuron_stand_in.segments import Segment
from neuron_stand_in.tape import Tape
from neuron_stand_in.tensors import raw

# Beyond this a GraphDef cannot be read again; tests lower it to be quick.
_GRAPH_LIMIT = 2 * (1 << 30)
_FIRST_WITH_SEPARATE_WEIGHTS = (1, 13)

DecodeError = type("DecodeError", (Exception,), {"__module__": "google.protobuf.message"})


class NeuronCCFailed(subprocess.SubprocessError):
    """neuron-cc gave up on a sub-graph."""


@dataclass(frozen=True)
class CompilerSettings:
    """What the caller of trace asked for."""

    arguments: Optional[Sequence[str]]
    timeout_s: Optional[float]
    workdir: Optional[str]
    separate_weights: bool
    half: bool


def compile_segment(tape: Tape, segment: Segment, settings: CompilerSettings) -> bytes:
    """The NEFF of a segment; raises NeuronCCFailed, or TimeoutExpired when time runs out."""
    executable = compiler_path("neuron-cc", beside_interpreter=True)
    if executable is None:
        raise RuntimeError("neuron-cc was not found. Please check that neuron-cc is installed and working properly")
    plain, weights = program(tape, segment)
    plain["half"] = settings.half
    _check_size(size_of(weights), settings)
    with _folder(segment, settings) as folder:
        return _run(executable, tape, segment, settings, plain, weights, folder)


def _run(
    executable: str, tape: Tape, segment: Segment, settings: CompilerSettings, plain: dict[str, Any],
    weights: dict[int, torch.Tensor], folder: Path,
) -> bytes:  # fmt: skip
    graph, output = folder / "graph_def.pb", folder / "graph_def.neff"
    write_graph_def(graph, plain, {entry["file"]: raw(weights[int(number)])
                                   for number, entry in plain["weights"].items()})  # fmt: skip
    arguments = list(settings.arguments or [])
    command = [
        executable, "compile", str(graph), "--framework", "TENSORFLOW", "--pipeline", "compile", "SaveTemps",
        "--output", str(output), "--io-config", json.dumps(_io_config(tape, segment)), "--verbose", "35", *arguments,
    ]  # fmt: skip
    if settings.arguments is not None:
        neuron_logger().info("Compiler args type is %s value is %s", type(settings.arguments), settings.arguments)
    line = " ".join(shlex.quote(word) for word in command)
    neuron_logger().info("Compiling with command line: '%s'", line)
    status = subprocess.run(command, timeout=settings.timeout_s, cwd=str(folder), check=False).returncode
    if status != 0 or not output.exists():
        sys.stdout.write(f"Compile command returned: {status}\n")
        sys.stdout.flush()
        raise NeuronCCFailed(f"neuron-cc failed with the following command line call:\n{line}")
    return output.read_bytes()


@contextmanager
def _folder(segment: Segment, settings: CompilerSettings) -> Iterator[Path]:
    if settings.workdir is None:
        with tempfile.TemporaryDirectory() as name:
            yield Path(name)
        return
    # The real lay-out for several sub-graphs is not documented.
    folder = Path(settings.workdir) / str(segment.number)
    folder.mkdir(parents=True, exist_ok=True)
    yield folder


def _io_config(tape: Tape, segment: Segment) -> Any:
    described = interface(tape, segment)
    outputs: list[str] = [f"{number}:0" for number in segment.outputs]
    return {"inputs": {f"{index}:0": each for index, each in enumerate(described["inputs"])}, "outputs": outputs}


def _check_size(size: int, settings: CompilerSettings) -> None:
    numbers = tuple(int(part) for part in switches.versions()["neuron-cc"].split("+")[0].split(".")[:2])
    if settings.separate_weights:
        if numbers < _FIRST_WITH_SEPARATE_WEIGHTS:
            raise NotImplementedError("separate_weights is not supported by this version of neuron-cc, please upgrade")
    elif size > switches.number("GRAPH_LIMIT", _GRAPH_LIMIT):
        raise DecodeError("Error parsing message with type 'tensorflow.GraphDef'")
