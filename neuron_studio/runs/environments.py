"""Ask interpreters what they offer: quickly by what is installed, deeply by really importing it."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

from neuron_studio.core.diagnosis import signal_name
from neuron_studio.core.environment import Environment
from neuron_studio.core.environment_findings import environment_findings
from neuron_studio.runs import probe_cache
from neuron_studio.runs.added_environments import added, interpreter
from neuron_studio.runs.bounded import Ended, run_bounded
from neuron_studio.runs.interpreters import candidates
from neuron_studio.runs.launcher import worker_command, worker_environment
from neuron_studio.wire.findings import Level
from neuron_studio.wire.machine import this_machine

_PROBE_TIMEOUT_S = 20.0

# torch and an SDK are gigabytes, and a machine image fetches each block over the network when it is first read.
_IMPORTS_TIMEOUT_S = 240.0

# Said to the runtime before it starts; an import must not meet a wrong one.
_CORE_VARIABLES = ("NEURON_RT_NUM_CORES", "NEURON_RT_VISIBLE_CORES", "NEURONCORE_GROUP_SIZES")

# One at a time: an import takes a whole core, and whoever waited for the same one finds its answer kept.
_importing = threading.Lock()


def probe(python: str) -> Environment:
    """What one interpreter offers by what is installed; what is wrong with it stands in its problem."""
    python = interpreter(python)
    known = probe_cache.recall(python)
    if known is None:
        known, seen = _ask(python)
        if _is_settled(known):
            probe_cache.keep(known, seen)
    return known if known.problem else replace(known, machine=this_machine(python))


def examine(environment: Environment) -> Environment:
    """The same after its modules were really imported; as it is where that was done, or where there is nothing to."""
    if environment.problem or environment.imports is not None or "torch" not in environment.versions:
        return environment
    with _importing:
        known = probe_cache.recall(environment.python)
        if known is not None and known.imports is not None:
            return replace(known, machine=environment.machine)
        examined = replace(environment, imports=_imports(environment.python))
        if _is_settled(examined):
            probe_cache.keep_imports(examined)
        return examined


def find() -> Iterator[Environment]:
    """Every environment that can trace or ought to, the likeliest first, by what is installed."""
    is_inf1 = (this_machine(sys.executable).instance or "").startswith("inf1")
    wanted = {sys.executable, *added()}
    for python in candidates(is_inf1):
        environment = probe(python)
        if environment.can_trace or environment.backend != "emulator" or python in wanted:
            yield environment


def best() -> Environment:
    """The environment that a run takes where none is named: one with an SDK, else any that traces, else this one.

    An SDK in which something must be mended comes after those that are whole.
    """
    found = list(find())
    with_sdk = [environment for environment in found if environment.can_trace and environment.backend != "emulator"]
    whole = [environment for environment in with_sdk if not _has_problem(environment)]
    tracing = [environment for environment in found if environment.can_trace]
    own = [environment for environment in found if environment.python == sys.executable]
    return (whole or with_sdk or tracing or own)[0]


def _has_problem(environment: Environment) -> bool:
    return any(finding.level is Level.PROBLEM for finding in environment_findings(environment))


def _is_settled(environment: Environment) -> bool:
    # What mends a bad answer may lie outside of the environment, where its change is not noticed.
    lacks_compiler = environment.backend != "emulator" and environment.compiler is None
    return not environment.problem and not lacks_compiler and not any((environment.imports or {}).values())


def _ask(python: str) -> tuple[Environment, dict[str, Any]]:
    try:
        ended = _run(python, "probe", _PROBE_TIMEOUT_S)
    except OSError as error:
        return Environment(python, problem=f"{python} cannot be started: {error.strerror}."), {}
    if ended.status is None:
        return Environment(python, problem=f"{python} did not answer within {_PROBE_TIMEOUT_S:.0f} seconds."), {}
    try:
        answer = json.loads(ended.stdout.strip().splitlines()[-1])
        environment = Environment(
            python=python,
            python_version=str(answer["python_version"]),
            versions={str(name): str(version) for name, version in answer["versions"].items()},
            glibc=str(answer["glibc"]),
            compilers={str(name): str(path) for name, path in answer["compilers"].items()},
        )
        return environment, dict(answer["stamps"])
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        said = _last_line(ended.stderr) or "it said nothing"
        return Environment(python, problem=f"{python} could not be probed: {said.rstrip('.')}."), {}


def _imports(python: str) -> dict[str, str]:
    """The error of each module that was tried, empty where it went well."""
    try:
        ended = _run(python, "imports", _IMPORTS_TIMEOUT_S)
    except OSError as error:
        return {"torch": f"{python} cannot be started: {error.strerror}"}
    found: dict[str, str] = {}
    trying = "torch"
    for line in ended.stdout.splitlines():
        with suppress(ValueError, KeyError, TypeError):  # what a start-up hook of that environment prints
            answer = json.loads(line)
            if "trying" in answer:
                trying = answer["trying"]
            else:
                found[answer["module"]] = answer["error"]
    if ended.status != 0 or not found:
        found.setdefault(trying, _how_it_ended(ended))
    return found


def _how_it_ended(ended: Ended) -> str:
    if ended.status is None:
        return f"its import did not end within {_IMPORTS_TIMEOUT_S:.0f} seconds"
    if ended.status < 0:
        return f"its import crashed ({signal_name(-ended.status)})"
    return _last_line(ended.stderr) or f"its import ended the interpreter (status {ended.status})"


def _run(python: str, role: str, timeout_s: float) -> Ended:
    env = {name: value for name, value in worker_environment(python).items() if name not in _CORE_VARIABLES}
    return run_bounded(worker_command(python, role, "--nice", "10"), timeout_s, env)


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1].strip() if lines else ""
