"""neuron-cc, the compiler for Inf1, as its command line reference describes it."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Optional, Sequence

from neuron_stand_in import neff, switches
from neuron_stand_in.compiler import CompilerFailed, StrictParser, numpy_version, python_version, say, work
from neuron_stand_in.graph_file import read_graph_def

_CASTS: dict[str, tuple[str, Optional[str], str]] = {
    "fp32-cast-all": ("bf16", "bf16", "bf16"),
    "fp32-cast-all-fp16": ("fp16", "fp16", "fp16"),
    "fp32-cast-matmult": ("bf16", None, "fp16"),
    "fp32-cast-matmult-bf16": ("bf16", None, "bf16"),
    "fp32-cast-matmult-fp16": ("fp16", None, "fp16"),
}
_RELAYOUTS = ("fast-relayout", "no-fast-relayout")
_OLD_CASTS = ("all", "matmult", "matmult-fp16", "matmult-bf16", "all-fp16")
_FRAMEWORKS = ("TENSORFLOW", "MXNET", "XLA")
_VERBOSE = ("WARN", "DEBUG", "INFO", "ERROR")
_UNSUPPORTED_TYPES = ("int64", "float64")
_NEFF_VERSION = (1, 0)


def main(arguments: Sequence[str]) -> int:
    """Be neuron-cc; gives the exit status."""
    switches.record({"program": "neuron-cc", "arguments": list(arguments)})
    if list(arguments) == ["--version"]:
        say(_banner() + "\n")
        return 0
    if list(arguments[:1]) == ["list-operators"]:
        return _list_operators(arguments[1:])
    options = _parser().parse_args(list(arguments))
    try:
        _compile(options)
    except CompilerFailed as error:
        say("\nCompiler status ERROR\n")
        _error_block(error, arguments)
        return 1
    say("\nCompiler status PASS\n")
    return 0


def fast_math(words: Sequence[str], old_cast: Optional[str] = None) -> dict[str, object]:
    """The arithmetic that --fast-math words mean; --fp32-cast overrides their cast part."""
    casts = [word for word in words if word in _CASTS]
    relayouts = [word for word in words if word in _RELAYOUTS]
    for kind in (casts, relayouts, [word for word in words if word in ("all", "none")]):
        if len(kind) > 1:
            raise CompilerFailed("--fast-math: {} exclude each other".format(" and ".join(kind)), "InvalidArgument")
    is_none = "none" in words
    cast = casts[0] if casts else "fp32-cast-matmult-bf16" if is_none else "fp32-cast-all"
    relayout = relayouts[0] if relayouts else "no-fast-relayout" if is_none else "fast-relayout"
    matmult, other, transpose = _CASTS["fp32-cast-" + old_cast if old_cast else cast]
    return {"matmult": matmult, "other": other, "transpose": transpose if relayout == "fast-relayout" else None}


def _parser() -> StrictParser:
    parser = StrictParser(prog="neuron-cc")
    parser.add_argument("command", choices=["compile"])
    parser.add_argument("graph", type=Path)
    parser.add_argument("--framework", choices=_FRAMEWORKS, required=True)
    # Not documented, but what torch_neuron itself passes.
    parser.add_argument("--pipeline", nargs="+", default=["compile"])
    parser.add_argument("--verbose", default="WARN", type=_verbosity)
    parser.add_argument("--neuroncore-pipeline-cores", "--num-neuroncores", type=int, default=1)
    parser.add_argument("--output", type=Path, default=Path("out.neff"))
    parser.add_argument("--io-config", type=json.loads, default=None)
    parser.add_argument("--fast-math", nargs="+", choices=["all", "none", *_CASTS, *_RELAYOUTS], default=["all"])
    parser.add_argument("--fp32-cast", choices=_OLD_CASTS, default=None)
    for switch in ("--enable-saturate-infinity", "--enable-fast-loading-neuron-binaries",
                   "--enable-fast-context-switch"):  # fmt: skip
        parser.add_argument(switch, action="store_true")
    return parser


def _verbosity(text: str) -> str:
    if text.isdigit() or text in _VERBOSE:
        return text
    raise ValueError(text)


def _compile(options: object) -> None:
    given = vars(options)
    arithmetic = fast_math(given["fast_math"], given["fp32_cast"])
    arithmetic["saturate"] = given["enable_saturate_infinity"]
    if not given["graph"].exists():
        raise CompilerFailed("{} does not exist".format(given["graph"]), "FileNotFoundError")
    for name, (_shape, dtype) in (given["io_config"] or {"inputs": {}})["inputs"].items():
        if dtype in _UNSUPPORTED_TYPES:
            raise CompilerFailed(f"Input {name} has the unsupported type {dtype}", "UnsupportedDataType")
    work()
    if switches.fault("error"):
        raise CompilerFailed("Non-zero exit status (134) for command: list_sch --hhir hh-tr-external-move.json")
    program, weights = read_graph_def(given["graph"])
    if program["half"]:
        arithmetic.update(matmult="fp16", other="fp16")
    program.update(arithmetic=arithmetic, core_version="v1", target="inf1")
    content = neff.pack(
        program, weights, _NEFF_VERSION, _version(), given["neuroncore_pipeline_cores"], 1,
        compressed=not given["enable_fast_loading_neuron_binaries"],
    )  # fmt: skip
    try:
        if switches.fault("disk-full"):
            raise OSError(28, os.strerror(28), str(given["output"]))
        given["output"].write_bytes(content)
    except OSError as error:
        raise CompilerFailed(str(error), "OSError") from error


def _list_operators(arguments: Sequence[str]) -> int:
    parser = StrictParser(prog="neuron-cc list-operators")
    parser.add_argument("--framework", choices=_FRAMEWORKS, required=True)
    parser.parse_args(list(arguments))
    say("\n".join(["Add", "BatchMatMul", "Cast", "Const", "Conv2D", "MatMul", "Mul", "Relu", "Reshape", "Softmax"]))
    say("\n")
    return 0


def _error_block(error: CompilerFailed, arguments: Sequence[str]) -> None:
    stars = "*" * 63
    lines: list[str] = [
        stars, " An Internal Compiler Error has occurred", stars, "",
        "Please contact Customer Support and provide the following details.", "",
        f"Error message:  {error}", "",
        f"Error class:    {error.error_class}",
        "Error location: job.Scheduler.3",
        "Command line:   {} {}".format(sys.argv[0], " ".join(arguments)), "",
        "Version information:", *("  " + line for line in _banner().splitlines()), "",
        f"Artifacts stored in: {os.getcwd()}",
    ]  # fmt: skip
    stamp = time.strftime("%m/%d/%Y %I:%M:%S %p")
    for line in lines:
        sys.stderr.write(f"{stamp} ERROR [neuron-cc]: {line}\n")


def _version() -> str:
    return switches.versions()["neuron-cc"]


def _banner() -> str:
    major = ".".join(_version().split(".")[:2])
    return "\n".join([
        f"Neuron Compiler version {_version()}+6001610955", "", f"HWM version {major}.0.0-0",
        "NEFF version Dynamic", f"TVM version {major}.0.0+0", f"NumPy version {numpy_version()}",
        "MXNet not available", "TF version 1.15.0", "", f"Python version {python_version()}",
    ])  # fmt: skip
