"""neuronx-cc, the compiler for Inf2, Trn1 and Trn2, as its command line reference describes it."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any, Optional, Sequence

from neuron_stand_in import neff, switches
from neuron_stand_in.compiler import CompilerFailed, StrictParser, numpy_version, python_version, say, work
from neuron_stand_in.graph_file import read_model_folder
from neuron_stand_in.machine import this_machine

FAILED = 70
CORE_VERSIONS = {"inf2": "v2", "trn1": "v2", "trn1n": "v2", "trn2": "v3"}
# The release that stopped casting matrix products by default, and began to keep sums wide.
_NEW_DEFAULTS = (2, 22, 12471, 0)
_CASTS = ("none", "matmult", "all")
_CAST_TYPES = ("bf16", "fp16", "tf32", "fp8_e4m3")
_INTEGER_DOWNCASTS = ("default", "all", "none", "dot", "scatter", "all_reduce", "reduce_scatter", "pow")
_SWITCHES = ("--enable-mixed-precision-accumulation", "--disable-mixed-precision-accumulation",
             "--enable-saturate-infinity", "--enable-fast-context-switch",
             "--enable-fast-loading-neuron-binaries")  # fmt: skip
_NEFF_VERSION = (2, 0)

UNSUPPORTED = {
    "aten::sort": ("NCC_EVRF029", "Operation sort is not supported"),
    "aten::argsort": ("NCC_EVRF029", "Operation sort is not supported"),
    "aten::fft_fft": ("NCC_EVRF004", "Complex data types are not supported"),
    "aten::triangular_solve": ("NCC_EVRF001", "An unsupported operator was used: triangular-solve"),
}
_HLO = ("abs add and broadcast ceil clamp compare concatenate constant convert convolution copy cosine divide dot "
        "exponential floor gather iota log maximum minimum multiply negate not or pad parameter power reduce remainder "
        "reshape reverse rng rsqrt scatter select sine slice sqrt subtract tanh transpose tuple while xor")  # fmt: skip


def main(arguments: Sequence[str]) -> int:
    """Be neuronx-cc; gives the exit status."""
    switches.record({"program": "neuronx-cc", "arguments": list(arguments)})
    if list(arguments) == ["--version"]:
        say(_banner() + "\n")
        return 0
    if list(arguments[:1]) == ["list-operators"]:
        parser = StrictParser(prog="neuronx-cc list-operators")
        parser.add_argument("--framework", choices=["XLA"], required=True)
        parser.parse_args(list(arguments[1:]))
        say("\n".join(_HLO.split()) + "\n")
        return 0
    options = vars(_parser().parse_args(list(arguments)))
    try:
        _compile(options)
    except CompilerFailed as error:
        _say_failed(error, options)
        return FAILED
    say("\nCompiler status PASS\n")
    return 0


def arithmetic(options: dict[str, Any], version: tuple[int, ...]) -> dict[str, Any]:
    """What the casting options mean; the defaults are those of the compiler's release."""
    is_new = version >= _NEW_DEFAULTS
    cast = options["auto_cast"] or ("none" if is_new else "matmult")
    kind = options["auto_cast_type"]
    wide = options["enable_mixed_precision_accumulation"] or is_new
    return {
        "matmult": None if cast == "none" else kind,
        "other": kind if cast == "all" else None,
        "wide_sums": wide and not options["disable_mixed_precision_accumulation"],
        "saturate": options["enable_saturate_infinity"],
    }


def _parser() -> StrictParser:
    parser = StrictParser(prog="neuronx-cc")
    parser.add_argument("command", choices=["compile"])
    parser.add_argument("model", type=Path)
    parser.add_argument("--framework", choices=["XLA"], required=True)
    parser.add_argument("--target", choices=list(CORE_VERSIONS), default=None)
    parser.add_argument("--model-type", choices=["generic", "transformer", "unet-inference"], default="generic")
    parser.add_argument("--auto-cast", choices=_CASTS, default=None)
    parser.add_argument("--auto-cast-type", choices=_CAST_TYPES, default="bf16")
    parser.add_argument("--optlevel", "-O", choices=["1", "2", "3"], default="2")
    parser.add_argument("--logical-nc-config", "-lnc", "--lnc", choices=["1", "2"], default=None)
    parser.add_argument("--native-int64", choices=["default", "enabled", "disabled"], default="default")
    parser.add_argument("--implicit-integer-downcast", nargs="+", choices=_INTEGER_DOWNCASTS, default=["default"])
    parser.add_argument("--distribution-strategy", choices=["generic", "llm-training"], default="generic")
    parser.add_argument("--logfile", type=Path, default=Path("log-neuron-cc.txt"))
    parser.add_argument("--output", type=Path, default=Path("file.neff"))
    parser.add_argument("--verbose", choices=["info", "warning", "error", "critical", "debug"], default="warning")
    for switch in _SWITCHES:
        parser.add_argument(switch, action="store_true")
    return parser


def _compile(options: dict[str, Any]) -> None:
    target = options["target"] or _target_of_device()
    lnc = int(options["logical_nc_config"] or (2 if target == "trn2" else 1))
    if lnc != 1 and target != "trn2":
        raise CompilerFailed(f"Logical NeuronCore size {lnc} is not supported on {target}", code="NCC_EARG001")
    program, weights = read_model_folder(options["model"])
    _write_log(options, f"neuronx-cc {_version()} target {target}")
    _passes(options)
    work()
    if switches.fault("forcibly-killed"):
        raise CompilerFailed("neuronx-cc was forcibly killed - This most commonly occurs due to insufficient system "
                             "memory. Using a smaller data type, dimensions, batch size, or a larger instance type "
                             "may help.", code="F137")  # fmt: skip
    if switches.fault("error"):
        code = switches.word("ERROR_CODE", "NCC_EVRF001")
        raise CompilerFailed("An unsupported operator was used", code=code)
    for operator in program["operators"]:
        if operator in UNSUPPORTED:
            code, message = UNSUPPORTED[operator]
            raise CompilerFailed(f"{message} on {target}", code=code)
    program.update(arithmetic=arithmetic(options, _numbers()), core_version=CORE_VERSIONS[target], target=target)
    content = neff.pack(
        program, weights, _NEFF_VERSION, _version(), 1, lnc,
        compressed=not options["enable_fast_loading_neuron_binaries"],
    )  # fmt: skip
    if switches.fault("disk-full"):
        raise CompilerFailed(f"OSError: {len(content)} requested and {len(content) // 3} written")
    options["output"].write_bytes(content)
    say("Completed run_backend_driver.")


def _target_of_device() -> str:
    machine = this_machine()
    if machine is None:
        raise CompilerFailed("--target is required where there is no Neuron device", code="NCC_EARG001")
    return machine.instance_type.split(".")[0].replace("trn2u", "trn2")


def _passes(options: dict[str, Any]) -> None:
    if options["verbose"] in ("info", "debug"):
        for name in ("dep_opt", "dep_reduction"):
            say(f"{_now()} Running {name}\n{_now()} {name} finished after 0.011 seconds\n")


def _write_log(options: dict[str, Any], text: str) -> None:
    with open(str(options["logfile"]), "a", encoding="utf-8") as file:
        file.write(f"{_now()} INFO {os.getpid()} [root]: {text}\n")


def _say_failed(error: CompilerFailed, options: dict[str, Any]) -> None:
    named = f"[{error.code}] {error}" if error.code else str(error)
    lines: list[str] = [named]
    if error.code == "F137":
        sys.stderr.write(f"{_now()} {named}\n")
    else:
        stars = "*" * 63
        lines = [
            stars, " An Internal Compiler Error has occurred", stars, "", f"Error message:  {named}", "",
            f"Error class:    {error.error_class}", "Error location: Unknown", "", "Version information:",
            *("  " + line for line in _banner().splitlines()), "", f"Artifacts stored in: {os.getcwd()}",
        ]  # fmt: skip
        for line in lines:
            sys.stderr.write(f"{_now()} ERROR {os.getpid()} [neuronx-cc]: {line}\n")
    _write_log(options, named)


def _version() -> str:
    return switches.versions()["neuronx-cc"]


def _numbers() -> tuple[int, ...]:
    return tuple(int(part) for part in _version().split("+")[0].split("."))


def _banner() -> str:
    return "\n".join([
        f"NeuronX Compiler version {_full(_version())}", "", f"Python version {python_version()}",
        "HWM version {}.0-e34678757".format(".".join(_version().split(".")[:2])), f"NumPy version {numpy_version()}",
    ])  # fmt: skip


def _full(version: str, build: Optional[str] = "c5231f848") -> str:
    return version if "+" in version else f"{version}+{build}"


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
