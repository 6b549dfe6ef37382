"""The command line as a user starts it, two runs at a time, each in places of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.workers import ROOT

_TIMEOUT_S = 170


@dataclass(frozen=True)
class Compiled:
    """How a compile or a compare ended: its exit code, its report and what it said on the way."""

    exit_code: int
    report: dict[str, Any]
    said: str

    @property
    def pairs(self) -> list[dict[str, Any]]:
        return list(self.report["pairs"])


def compile_pairs(place: Path, *arguments: str) -> Compiled:
    """neuron-studio compile … --json in a process of its own; runs and bundles stay below the place."""
    return run_pairs(place, "compile", *arguments)


def run_pairs(place: Path, command: str, *arguments: str) -> Compiled:
    """The same of compile or compare."""
    environment = {
        **os.environ, "NEURON_STUDIO_DATA": str(place / "data"), "HF_HOME": str(place / "hf"),
        "HF_ENDPOINT": "http://127.0.0.1:9",
    }  # fmt: skip
    words = [sys.executable, "-m", "neuron_studio", command, *arguments, "--json"]
    done = subprocess.run(
        words, capture_output=True, text=True, check=False, cwd=ROOT, env=environment, timeout=_TIMEOUT_S
    )
    assert done.stdout, done.stderr
    return Compiled(done.returncode, json.loads(done.stdout), done.stderr)


class Compilations:
    """Many compiles by name, begun at once and run two at a time; result waits for its own alone."""

    def __init__(self, place: Path, wanted: Mapping[str, Sequence[str]]) -> None:
        self._pool = ThreadPoolExecutor(2)
        self._runs: dict[str, Future[Compiled]] = {
            name: self._pool.submit(compile_pairs, place / str(number), *arguments)
            for number, (name, arguments) in enumerate(wanted.items())
        }

    def result(self, name: str) -> Compiled:
        """The compile of this name, once it has ended; raises what kept it from ending."""
        return self._runs[name].result()

    def abandon(self) -> None:
        """Begin no more, and wait for those that have begun."""
        for run in self._runs.values():
            run.cancel()
        self._pool.shutdown()
