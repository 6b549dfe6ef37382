"""Find the interpreters that could trace, and ask each what it offers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from neuron_studio.core.environment import Environment
from neuron_studio.runs.launcher import worker_command, worker_environment
from neuron_studio.wire.codec import decode
from neuron_studio.wire.errors import ProtocolError
from neuron_studio.wire.machine import Machine

_PROBE_TIMEOUT_S = 20.0

# Where AWS puts its PyTorch environments; both spellings of the Inf1 one are documented.
_DOCUMENTED = ("aws_neuronx_venv_pytorch*", "aws_neuron_venv_pytorch*")


def candidates(root: Path = Path("/opt")) -> tuple[str, ...]:
    """The interpreters to ask, likeliest first; each once."""
    documented = sorted(
        (path for pattern in _DOCUMENTED for path in root.glob(pattern)), key=lambda path: path.name, reverse=True
    )
    active = [Path(os.environ[name]) for name in ("VIRTUAL_ENV", "CONDA_PREFIX") if os.environ.get(name)]
    folders = [*documented, *active]
    found = [str(folder / "bin" / "python") for folder in folders if (folder / "bin" / "python").exists()]
    return tuple(dict.fromkeys([*found, sys.executable]))


def probe(python: str) -> Environment:
    """What one interpreter offers; what is wrong with it stands in its problem."""
    try:
        done = subprocess.run(
            worker_command(python, "probe"),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PROBE_TIMEOUT_S,
            env=worker_environment(python),
            cwd="/",
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Environment(python, problem=f"{python} did not answer within {_PROBE_TIMEOUT_S:.0f} seconds.")
    except OSError as error:
        return Environment(python, problem=f"{python} cannot be started: {error.strerror}.")
    try:
        answer = json.loads(done.stdout.decode("utf-8", "replace").strip().splitlines()[-1])
        return Environment(
            python=python,
            python_version=str(answer["python_version"]),
            versions={str(name): str(version) for name, version in answer["versions"].items()},
            machine=decode(Machine, answer["machine"]),
        )
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, ProtocolError):
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        return Environment(python, problem=f"{python} could not be probed: {said[-1] if said else 'it said nothing'}.")


def find() -> Iterator[Environment]:
    """Every environment that answers, the likeliest first."""
    for python in candidates():
        environment = probe(python)
        if environment.can_trace or python == sys.executable:
            yield environment


def best() -> Environment:
    """The environment that a run takes where none is named: one with an SDK, else any that traces, else this one."""
    found = list(find())
    with_sdk = [environment for environment in found if environment.can_trace and environment.backend != "emulator"]
    tracing = [environment for environment in found if environment.can_trace]
    return (with_sdk or tracing or found)[0]
