"""Compiles through the command line in an environment that holds a stand-in SDK, on a pretend machine or on none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from neuron_studio.wire.run_folder import RunFolder
from tests.sdk.environment import INF1, NEURONX, SdkEnvironment, install
from tests.sdk.hardware import pretend_machine
from tests.support.compiling import Compiled, run_pairs
from tests.support.workers import IS_OLDER, WORKER_PYTHON

INSTANCES = {INF1: "inf1.xlarge", NEURONX: "inf2.xlarge"}
# The older environment is that of Inf1 alone; torch-neuronx knows neither its Python nor its torch.
SDKS = (INF1,) if IS_OLDER else (INF1, NEURONX)


@dataclass(frozen=True)
class SdkRun:
    """A compile that has ended, with the calls that its compilers got and the run's own folder."""

    compiled: Compiled
    calls: tuple[list[str], ...]
    folder: RunFolder

    @property
    def report(self) -> dict[str, Any]:
        return self.compiled.report

    @property
    def decisions(self) -> str:
        return str(self.report["comparison"]["decisions"])

    @property
    def error(self) -> dict[str, Any]:
        assert self.report["error"] is not None, self.report["comparison"]
        return dict(self.report["error"])

    @property
    def log(self) -> str:
        return self.folder.log_file.read_text(encoding="utf-8", errors="replace")


class Bench:
    """One stand-in environment; each compile gets places, and where asked a pretend machine, of its own."""

    def __init__(self, folder: Path, sdk: str, **settings: Any) -> None:
        self._folder = folder
        self.sdk = sdk
        self.environment: SdkEnvironment = install(folder / "environment", sdk, WORKER_PYTHON, **settings)

    def machine(self, place: Path, instance: str = "") -> Path:
        """A pretend machine; the same place is the same machine."""
        return pretend_machine(place, instance or INSTANCES[self.sdk])

    def compile(
        self, place: Path, model: Path, *arguments: str, machine: Path | None = None, **variables: str
    ) -> SdkRun:
        """neuron-studio compile there, on this machine; a variable is NEURON_STAND_IN_ and its name."""
        return self._run(place, machine, variables, "compile", str(model), "--max-length", "32", *arguments)

    def compare(self, place: Path, bundle: Path, *arguments: str, machine: Path | None = None) -> SdkRun:
        """neuron-studio compare there, on this machine."""
        return self._run(place, machine, {}, "compare", str(bundle), *arguments)

    def _run(
        self, place: Path, machine: Path | None, variables: Mapping[str, str], command: str, *arguments: str
    ) -> SdkRun:
        record = place / "calls.jsonl"
        switches = {f"NEURON_STAND_IN_{name}": value for name, value in variables.items()}
        switches.update({"NEURON_STAND_IN_RECORD": str(record), "NEURON_STAND_IN_SECONDS": "0.05"} | switches)
        if machine is not None:
            switches["NEURON_STAND_IN_HARDWARE"] = str(machine)
        python = str(self.environment.python)
        with pytest.MonkeyPatch.context() as patch:
            for name, value in switches.items():
                patch.setenv(name, value)
            compiled = run_pairs(place, command, *arguments, "--python", python)
        lines = record.read_text(encoding="utf-8").splitlines() if record.exists() else []
        runs = sorted((place / "data" / "runs").glob("*"))
        calls = tuple(json.loads(line)["arguments"] for line in lines)
        return SdkRun(compiled, calls, RunFolder(runs[-1]) if runs else RunFolder(place))
