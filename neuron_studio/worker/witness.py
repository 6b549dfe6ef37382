"""Gather what shows that this process runs on NeuronCores: AWS's own tools, and torch's count of operators."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Callable, Dict, List, Optional, Tuple, Type

import torch

from neuron_studio.core.device_proof import NEURON_OPERATORS, held_by, use_by
from neuron_studio.core.neuron_devices import map_of
from neuron_studio.wire import monitor
from neuron_studio.wire.events import DeviceProof
from neuron_studio.wire.machine import this_machine, tool

# A report covers the period before it, so the last executions stand in one that comes after them.
_WAIT_S = 4.0


class Witness:
    """Watches this process from before its first execution on a device until after the last."""

    def __init__(self, work: Path) -> None:
        self._config = work / "neuron-monitor.json"
        self._monitor: Optional[subprocess.Popen[bytes]] = None
        self._uses: List[Tuple[Tuple[int, ...], Optional[int]]] = []
        self._told = threading.Event()
        self._counted: Optional[int] = None
        self._once_more: Optional[Callable[[], Any]] = None

    def __enter__(self) -> Witness:
        path = tool("neuron-monitor", sys.executable)
        if path is not None:
            with suppress(OSError):
                self._config.write_text(
                    json.dumps(monitor.config("neuroncore_counters", "execution_stats")), encoding="utf-8"
                )
                self._monitor = subprocess.Popen(
                    [path, "-c", str(self._config)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
                )
                threading.Thread(target=self._listen, args=(self._monitor,), daemon=True).start()
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        if self._monitor is not None:
            self._monitor.kill()
            self._monitor.wait()

    def watched(self, module: Any) -> Callable[..., Any]:
        """The module, whose first execution is looked into for calls of Neuron operators."""

        def run(*inputs: torch.Tensor) -> Any:
            if self._counted is not None:
                return module(*inputs)
            with torch.autograd.profiler.profile() as profile:
                output = module(*inputs)
            self._once_more = partial(module, *inputs)
            called = [event.count for event in profile.key_averages() if event.key.startswith(NEURON_OPERATORS)]
            self._counted = sum(called)
            return output

        return run

    def proof(self) -> DeviceProof:
        """What was seen, once the last report of the monitor is in; this process must still hold its cores."""
        self._await_executions()
        told_by: List[str] = []
        cores = tuple(sorted({core for held, _ in self._uses for core in held}))
        # A count may be of one period or of all: the largest is one that surely took place.
        executions = max((number for _, number in self._uses if number is not None), default=None)
        if self._uses:
            told_by.append("neuron-monitor")
        if not cores:
            cores = held_by(map_of(this_machine(sys.executable)), os.getpid())
            told_by.extend(["neuron-ls"] if cores else [])
        if executions is None:
            executions = self._counted or 0
            told_by.extend(["torch's profiler"] if executions else [])
        return DeviceProof(cores, executions, tuple(told_by))

    def _await_executions(self) -> None:
        deadline = time.monotonic() + _WAIT_S
        while self._monitor is not None and self._monitor.poll() is None and time.monotonic() < deadline:
            if any(number for _, number in self._uses):
                return
            if self._uses and self._once_more is not None:
                # It may have begun to count after a few quick executions; this one it cannot miss.
                with torch.no_grad():
                    self._once_more()
            self._told.wait(max(0.0, deadline - time.monotonic()))
            self._told.clear()

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            with suppress(ValueError):
                use = use_by(json.loads(line.decode("utf-8", "replace")), os.getpid())
                if use is not None:
                    self._uses.append(use)
            self._told.set()


def operators_of(module: Any) -> Tuple[Dict[str, int], int]:
    """How often each Neuron operator stands in a traced module's graph, and how many of torch's stand beside them."""
    kinds = Counter(_kinds(getattr(module, "inlined_graph", None)))
    neuron = {kind: count for kind, count in kinds.items() if kind.startswith(NEURON_OPERATORS)}
    return neuron, sum(count for kind, count in kinds.items() if kind.startswith("aten::"))


def _kinds(block: Any) -> List[str]:
    kinds: List[str] = []
    for node in block.nodes() if block is not None else ():
        kinds.append(node.kind())
        for inner in node.blocks():
            kinds.extend(_kinds(inner))
    return kinds
