"""Run things inside an environment that holds a stand-in SDK, and keep what they say."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.sdk.environment import INF1, SdkEnvironment, install
from tests.sdk.hardware import pretend_machine

Finished = subprocess.CompletedProcess[str]

_SCENARIOS = Path(__file__).parent / "scenarios.py"

_HOLD = """
import sys
from neuron_stand_in.runtime import runtime
print(runtime().cores, flush=True)
sys.stdin.read()
"""


@dataclass(frozen=True)
class Findings:
    """What was found without and with a device, what was written meanwhile, how compilers were called, and where."""

    alone: dict[str, Any]
    on_device: dict[str, Any]
    output: str
    log: str
    calls: list[list[str]]
    folder: Path
    environment: SdkEnvironment


def run(environment: SdkEnvironment, command: list[str], cwd: Path, **variables: str) -> Finished:
    """Run a command with an environment activated."""
    return subprocess.run(
        command, env={**os.environ, **environment.variables(), "NEURON_STAND_IN_SECONDS": "0.02", **variables},
        cwd=cwd, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip


def find_out(sdk: str, python: str, folder: Path) -> Findings:
    """What an SDK does on top of an interpreter that has torch, first without and then with a pretend machine."""
    environment = install(folder / "environment", sdk, python)
    machine = pretend_machine(folder / "machine", "inf1.xlarge" if sdk == INF1 else "inf2.xlarge")
    command = [str(environment.python), str(_SCENARIOS), sdk, str(folder), str(machine)]
    done = run(environment, command, folder, NEURON_STAND_IN_RECORD=str(folder / "calls.jsonl"))
    assert done.returncode == 0, done.stderr
    *output, last = done.stdout.splitlines()
    records = (folder / "calls.jsonl").read_text().splitlines()
    calls = [json.loads(line)["arguments"] for line in records]
    return Findings(
        **json.loads(last), output="\n".join(output), log=done.stderr, calls=calls, folder=folder,
        environment=environment,
    )  # fmt: skip


def hold_cores(environment: SdkEnvironment, **variables: str) -> subprocess.Popen[str]:
    """A process that takes cores, prints which, and keeps them until its stdin closes."""
    return subprocess.Popen(
        [str(environment.python), "-c", _HOLD], env={**os.environ, **variables}, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
