"""What every row is measured with: one screen, one keyboard, and the large model, made when it is first wanted."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from neuron_studio.runs.resources import STARTER_MODEL
from tests.bench.desk import Desk
from tests.bench.display import ROOT, Keyboard, Screen


class Bench:
    """The equipment; rows use it one after the other."""

    def __init__(self) -> None:
        self.screen = Screen()
        self.keyboard = Keyboard(self.screen)
        self._folder = Path(tempfile.mkdtemp(prefix="neuron-studio-bench-"))

    @cached_property
    def bert(self) -> Path:
        """A model of BERT-base's shape with random weights."""
        folder = self._folder / "bert-base"
        self.run("make_bert", str(STARTER_MODEL), str(folder))
        return folder

    @property
    def scratch(self) -> Path:
        """Where the baselines may write."""
        return self._folder

    def run(self, program: str, *arguments: str) -> str:
        """Run one of the programs to its end; what it printed."""
        done = subprocess.run(self._command(program, *arguments), cwd=ROOT, env=self._environment(), check=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)  # fmt: skip
        return done.stdout

    @contextmanager
    def started(self, program: str, *arguments: str, display: str = "") -> Iterator[subprocess.Popen[bytes]]:
        """Start one of the programs on the display, and end it afterwards."""
        environment = self._environment(display or self.screen.name)
        process = subprocess.Popen(self._command(program, *arguments), cwd=ROOT, env=environment)
        try:
            yield process
        finally:
            process.terminate()
            process.wait()

    def desk(self) -> Desk:
        """A home for a studio."""
        return Desk(self.screen)

    def close(self) -> None:
        """Leave nothing behind."""
        self.keyboard.close()
        self.screen.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _command(self, program: str, *arguments: str) -> list[str]:
        return [sys.executable, "-m", f"tests.bench.programs.{program}", *arguments]

    def _environment(self, display: str = "") -> dict[str, str]:
        platform = "xcb" if display else "offscreen"
        return {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": platform, "HF_HUB_OFFLINE": "1"}
