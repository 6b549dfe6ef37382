"""What a compiler is doing, read from its own lines as they come; neither compiler tells how far it is."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Callable, Match, Pattern, Sequence, Tuple

# Of an unfinished line no more is kept: heartbeats may go on for hours without a line feed.
_LONGEST_LINE = 4096
_LONGEST_NAME = 40


@dataclass(frozen=True)
class CompilerLog:
    """A log as far as it has been read: what the compiler does, in words, and the line that is not yet whole."""

    backend: str
    phase: str = ""
    rest: str = ""
    unsupported: int = 0
    sub_graphs: int = 0


def new_log(backend: str) -> CompilerLog:
    """A log of which nothing has been read: the framework records the model before it calls its compiler."""
    return CompilerLog(backend, {"torch-neuron": "tracing", "torch-neuronx": "lowering"}.get(backend, ""))


def read_on(log: CompilerLog, piece: bytes) -> CompilerLog:
    """The log after one more piece, wherever it was cut."""
    if log.backend not in _RULES:
        return log
    # Latin-1 gives each byte a character, so that a character cut in two does no harm.
    *lines, rest = (log.rest + piece.decode("latin-1")).replace("\r", "\n").split("\n")
    for line in lines:
        log = _after_line(log, line)
    if log.backend == "torch-neuronx" and rest.startswith("."):
        log = _beating(log)
    return replace(log, rest=rest[:1] + rest[1:][-_LONGEST_LINE:])


def _after_line(log: CompilerLog, line: str) -> CompilerLog:
    words = line.lstrip(".")
    if log.backend == "torch-neuronx" and line != words:
        log = _beating(log)
    for pattern, rule in _RULES[log.backend]:
        found = pattern.search(words)
        if found:
            return rule(log, found)
    return log


def _beating(log: CompilerLog) -> CompilerLog:
    return log if log.phase.startswith("compiling") else replace(log, phase="compiling")


def _unsupported(log: CompilerLog, found: Match[str]) -> CompilerLog:
    return replace(log, unsupported=int(found[1]), phase=f"partitioning, {found[1]} operators unsupported")


def _supported(log: CompilerLog, found: Match[str]) -> CompilerLog:
    return replace(log, unsupported=0, phase="partitioning")


def _planned(log: CompilerLog, found: Match[str]) -> CompilerLog:
    return replace(log, phase=f"partitioning {found[1]} operators, {log.unsupported} unsupported")


def _sub_graph(log: CompilerLog, found: Match[str]) -> CompilerLog:
    # How many there will be is told by no line before the last.
    number = log.sub_graphs + 1
    return replace(log, sub_graphs=number, phase=f"compiling sub-graph {number} ({found[1][:_LONGEST_NAME]})")


def _sub_graph_done(log: CompilerLog, found: Match[str]) -> CompilerLog:
    return replace(log, phase=f"sub-graph {log.sub_graphs} {'compiled' if found[1] == 'PASS' else 'failed'}")


def _sub_graph_failed(log: CompilerLog, found: Match[str]) -> CompilerLog:
    return replace(log, phase=f"sub-graph {log.sub_graphs} failed")


def _compiling(log: CompilerLog, found: Match[str]) -> CompilerLog:
    return _beating(log)


def _pass(log: CompilerLog, found: Match[str]) -> CompilerLog:
    return replace(log, phase=f"compiling ({found[1][:_LONGEST_NAME]})")


def _finishing(log: CompilerLog, found: Match[str]) -> CompilerLog:
    return replace(log, phase="finishing")


def _failed(log: CompilerLog, found: Match[str]) -> CompilerLog:
    return replace(log, phase="compiler failed")


Rule = Callable[[CompilerLog, Match[str]], CompilerLog]


def _rules(*rules: Tuple[str, Rule]) -> Sequence[Tuple[Pattern[str], Rule]]:
    return [(re.compile(pattern), rule) for pattern, rule in rules]


# The lines of torch-neuron and neuron-cc from 1.0 on, and of torch-neuronx and neuronx-cc.
_RULES = {
    "torch-neuron": _rules(
        (r"There are (\d+) ops of \d+ different types in the TorchScript that are not compiled", _unsupported),
        (r"All operators are compiled by neuron-cc", _supported),
        (r"arithmetic operators \(pre-compilation\) before = (\d+)", _planned),
        (r"(?i)compiling (?:function|module) ([\w$]+) with neuron-cc", _sub_graph),
        (r"Compiler status (PASS|ERROR)", _sub_graph_done),
        (r"Compile command returned: -?[1-9]|falling back to native python function call", _sub_graph_failed),
        (r"\(post-compilation\) before = |The neuron partitioner created |No operator is placed on", _finishing),
    ),
    "torch-neuronx": _rules(
        (r"^\S+Z Running (\w+)$", _pass),
        (r"Completed run_backend_driver\.|^Compiler status PASS", _finishing),
        (r"^Compiler status ERROR|neuronx-cc failed with -?\d+|neuronx-cc was forcibly killed", _failed),
        (r"Call compiler with cmd: |For faster compilation time please use -O1", _compiling),
        (r"Using a cached neff at ", _finishing),
    ),
}
