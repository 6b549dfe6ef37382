"""torch_neuronx.trace: the whole model through neuronx-cc, as one operator."""

from __future__ import annotations

import json
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator, Optional, Sequence, Union

import torch
from neuron_stand_in import switches
from neuron_stand_in.artifact import CompiledPart, assemble, interface
from neuron_stand_in.compiler import die
from neuron_stand_in.log import neuron_logger
from neuron_stand_in.machine import this_machine
from neuron_stand_in.program import as_tuple, program
from neuron_stand_in.record import record
from neuron_stand_in.runtime import runtime
from neuron_stand_in.segments import Segment, whole
from neuron_stand_in.tape import Tape
from neuron_stand_in.tensors import save_npy

from torch_neuronx.partitioner import PartitionerConfig, partition_for

_NO_TARGET = (
    "If you want to compile on CPU, please supply compiler argument target, with one of options trn1, inf2, trn1n, "
    'or trn2. Ex: "--target trn1"'
)
_NO_DEVICE = (
    "Bad StatusOr access: INVALID_ARGUMENT: PJRT_Client_Create: error condition nullptr != (args)->client->Error(): "
    "Init: error condition !(num_devices > 0):"
)
_HINTS = {
    -9: "The neuronx-cc (neuron compiler) process was killed (SIG_KILL). This typically happens when there is "
    "insufficient memory to compile; consider an instance with more memory",
    -6: "The neuronx-cc (neuron compiler) process aborted (SIG_ABORT)",
    -11: "The neuronx-cc (neuron compiler) crashed (SEGFAULT)",
}
_MOST_POSITIONAL = 5


def trace(
    func: Any,
    example_inputs: Any,
    *_: Any,
    input_output_aliases: dict[Any, int] = {},  # noqa: B006  the documented signature
    compiler_workdir: Optional[Union[str, Path]] = None,
    compiler_args: Optional[Union[list[str], str]] = None,
    partitioner_config: Optional[PartitionerConfig] = None,
    inline_weights_to_neff: bool = True,
    cpu_backend: bool = False,
) -> torch.jit.ScriptModule:
    """A module that runs on the device; what cannot be compiled raises, unless a partitioner_config moves it away."""
    if _:
        text = f"Received {2 + len(_)} positional arguments but expected 2, which is deprecated"
        warnings.warn(text, DeprecationWarning, stacklevel=2)
        compiler_workdir, compiler_args = _positional(_, compiler_workdir, compiler_args)
    if input_output_aliases:
        raise NotImplementedError("the stand-in keeps no state on the device")
    arguments = shlex.split(compiler_args) if isinstance(compiler_args, str) else list(compiler_args or [])
    target = _target(arguments, cpu_backend)
    example = as_tuple(example_inputs)
    traced = torch.jit.trace(func, example, strict=False)
    if switches.fault("trace-segfault"):
        die(signal.SIGSEGV)
    tape = record(traced, example)
    segments = partition_for(tape, partitioner_config) if partitioner_config else [whole(tape)]
    _warn_of_unused(tape)
    parts = []
    with _folder(compiler_workdir) as folder:
        for segment in segments:
            place = folder if len(segments) == 1 else folder / str(segment.number)
            parts.append(_compile(tape, segment, place, target, arguments, inline_weights_to_neff))
    return assemble(tape, segments, parts, example)


def _positional(given: Sequence[Any], workdir: Any, arguments: Any) -> Any:
    if len(given) > _MOST_POSITIONAL:
        raise RuntimeError(f"Received {2 + len(given)} positional arguments but expected 2")
    _states, _aliases, old_workdir, old_arguments, _options = (*given, *[None] * (_MOST_POSITIONAL - len(given)))
    return old_workdir if old_workdir is not None else workdir, old_arguments or arguments


def _target(arguments: Sequence[str], cpu_backend: bool) -> Optional[str]:
    """The target that trace itself passes on; takes the cores, unless it is told to do without a device."""
    named = any(word.split("=")[0] == "--target" for word in arguments)
    machine = this_machine()
    if cpu_backend:
        if not named:
            raise RuntimeError(_NO_TARGET)
        return None
    if machine is None:
        raise RuntimeError(_NO_DEVICE)
    runtime()
    return machine.instance_type.split(".")[0].replace("trn2u", "trn2")


def _warn_of_unused(tape: Tape) -> None:
    used = tape.used()
    for index, number in enumerate(tape.inputs):
        if number not in used:
            tensor = tape.examples[number]
            seen = f"(index={index}, shape={tensor.shape}, dtype={tensor.dtype})"
            warnings.warn(f"Received an input tensor that was unused. Tensor will be ignored. {seen}", stacklevel=3)


def _compile(
    tape: Tape, segment: Segment, folder: Path, target: Optional[str], arguments: Sequence[str], inline: bool
) -> CompiledPart:
    executable = _compiler()
    plain, weights = program(tape, segment, separate=not inline)
    (folder / "model").mkdir(parents=True, exist_ok=True)
    (folder / "weights").mkdir(exist_ok=True)
    (folder / "model" / "graph.hlo").write_text(json.dumps(plain), encoding="utf-8")
    described = interface(tape, segment)
    (folder / "model" / "metadata.json").write_text(json.dumps(described), encoding="utf-8")
    for number, tensor in weights.items():
        save_npy(folder / "weights" / f"{number}.npy", tensor)
    output = folder / "graph.neff"
    own = ["--target", target] if target else []
    command = [executable, "compile", str(folder / "model"), "--framework", "XLA", *own, "--output", str(output)]
    command.extend(arguments)
    names = [Path(word).name for word in command]
    (folder / "command.txt").write_text(" ".join(names), encoding="utf-8")
    status = subprocess.run(command, check=False).returncode
    if status != 0:
        if status in _HINTS:
            neuron_logger().warning(_HINTS[status])
        raise RuntimeError(f"neuronx-cc failed with {status}")
    apart = {} if inline else {plain["weights"][str(number)]["name"]: tensor for number, tensor in weights.items()}
    return CompiledPart("forward_v2", output.read_bytes(), described, apart)


def _compiler() -> str:
    try:
        import neuronxcc  # noqa: F401
    except ImportError as error:
        raise RuntimeError("neuronx-cc is not installed.") from error
    # The real tracer looks along PATH alone, so an environment that is not activated has no compiler.
    executable = shutil.which("neuronx-cc")
    if executable is None:
        raise RuntimeError("neuronx-cc compiler binary does not exist")
    sys.stdout.flush()
    return executable


@contextmanager
def _folder(workdir: Optional[Union[str, Path]]) -> Iterator[Path]:
    if workdir is None:
        with tempfile.TemporaryDirectory() as name:
            yield Path(name)
        return
    Path(workdir).mkdir(parents=True, exist_ok=True)
    yield Path(workdir)
