"""The runtime of one process: it takes cores once, keeps them until the process ends, loads and counts."""

from __future__ import annotations

import fcntl
import json
import os
import sys
import threading
import time
from typing import Any, Optional

from neuron_stand_in import switches
from neuron_stand_in.log import runtime_error
from neuron_stand_in.machine import Machine, this_machine

NOT_INITIALIZED = (
    "The PyTorch Neuron Runtime could not be initialized. Neuron Driver issues are logged to your system logs. "
    "See the Neuron Runtime's troubleshooting guide for help on this topic."
)
CORES_UNKNOWN = "Neuron runtime cannot be initialized; cannot determine the number of available NeuronCores"
_RETRIES = 5


class Runtime:
    """The cores that this process owns, the models on them, and what they did."""

    def __init__(self, machine: Machine, cores: list[int], locks: list[int]) -> None:
        self.machine = machine
        self.cores = cores
        self.lnc = machine.lnc()
        self._locks = locks  # held by these descriptors until the process ends
        self._models = dict.fromkeys(cores, 0)
        self._memory = dict.fromkeys(cores, 0)
        self._completed = dict.fromkeys(cores, 0)
        self._with_nan = 0
        self._seconds: list[float] = []
        self._counting = threading.Lock()
        self._report()

    def emptiest(self, count: int = 1) -> int:
        """The place of the first of `count` adjoining cores with the fewest models, counted within the process."""
        starts = range(len(self.cores) - count + 1)
        return min(starts, key=lambda place: self._models[self.cores[place]])

    def take_memory(self, place: int, size: int) -> None:
        """Account for a model on a core; raises RuntimeError when the device is full."""
        core = self.cores[place]
        with self._counting:
            self._take_memory(core, size)

    def _take_memory(self, core: int, size: int) -> None:
        if switches.fault("device-memory") or self._memory[core] + size > self.machine.core_memory():
            device = core // self.machine.cores_on_device()
            runtime_error("TDRV", "mc_alloc", f"device mempool [{device}:{core}] allocation failed for {size} bytes")
            raise RuntimeError("Could not load the model status=4 message=Allocation Failure")
        self._memory[core] += size
        self._models[core] += 1
        self._report()

    def executed(self, place: int, seconds: float, has_nan: bool) -> None:
        """Count one execution."""
        with self._counting:
            self._completed[self.cores[place]] += 1
            self._with_nan += has_nan
            self._seconds = [*self._seconds, seconds][-1000:]
            self._report()

    def _report(self) -> None:
        report: dict[str, Any] = {
            "pid": os.getpid(), "tag": os.environ.get("NEURON_PROCESS_TAG", str(os.getpid())), "time": time.time(),
            "models": sum(self._models.values()), "memory": self._memory, "completed": self._completed,
            "with_nan": self._with_nan, "seconds": self._seconds,
        }  # fmt: skip
        path = self.machine.report_file(os.getpid())
        aside = path.with_suffix(".tmp")
        aside.write_text(json.dumps(report), encoding="utf-8")
        os.replace(str(aside), str(path))


_runtime: Optional[Runtime] = None
_asked: Optional[tuple[Optional[str], Optional[str]]] = None


def runtime() -> Runtime:
    """The runtime of this process, initialised on first use; raises RuntimeError where it cannot be."""
    global _runtime, _asked
    if _runtime is None:
        if _asked is None:
            _asked = os.environ.get("NEURON_RT_VISIBLE_CORES"), os.environ.get("NEURON_RT_NUM_CORES")
        _runtime = _initialise(*_asked)
    return _runtime


def _initialise(visible: Optional[str], count: Optional[str]) -> Runtime:
    machine = this_machine()
    if machine is None:
        runtime_error("TDRV", "tdrv_get_dev_info", "No neuron device available")
        raise RuntimeError(NOT_INITIALIZED)
    if visible:
        wanted = _visible(machine, visible)
        return _take(machine, wanted, f"{wanted[0]}-{_prefix(machine)}{wanted[-1]}")
    number = int(count or 0) or machine.core_count()
    asked = f"{number}-{_prefix(machine)}{number}"
    free = [core for core in range(machine.core_count()) if machine.holder(core) is None]
    for first in free:
        wanted = list(range(first, first + number))
        if set(wanted) <= set(free):
            return _take(machine, wanted, asked)
    raise _not_available(machine, asked, len(free))


def _visible(machine: Machine, text: str) -> list[int]:
    cores: list[int] = []
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        if not first.isdigit() or (last and not last.isdigit()):
            raise _invalid(f"NEURON_RT_VISIBLE_CORES is not a list of cores: {text}")
        cores.extend(range(int(first), int(last or first) + 1))
    if not cores or cores != list(range(cores[0], cores[0] + len(cores))):
        raise _invalid(f"NEURON_RT_VISIBLE_CORES must be contiguous and ascending: {text}")
    if cores[-1] >= machine.core_count():
        device = cores[-1] // machine.cores_on_device()
        runtime_error("TDRV", "tdrv_init_mla_phase1", f"Could not open the nd{device}")
        raise RuntimeError(NOT_INITIALIZED)
    return cores


def _invalid(message: str) -> RuntimeError:
    runtime_error("NRT", "nrt_init", message)
    return RuntimeError(NOT_INITIALIZED)


def _take(machine: Machine, cores: list[int], asked: str) -> Runtime:
    locks: list[int] = []
    for core in cores:
        for path in machine.lock_files(core):
            fd = os.open(str(path), os.O_RDWR | os.O_CREAT, 0o644)
            locks.append(fd)
            if switches.fault("busy") or not _lock(fd):
                for other in locks:
                    os.close(other)
                free = [c for c in cores if machine.holder(c) is None] if not switches.fault("busy") else []
                raise _not_available(machine, asked, len(free))
            _sign(fd)
    return Runtime(machine, cores, locks)


def _lock(fd: int) -> bool:
    for _ in range(_RETRIES):
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            time.sleep(0.02)  # a tool may just be looking whether the core is free
    return False


def _sign(fd: int) -> None:
    command = " ".join([sys.executable, *sys.argv])
    holder = {"pid": os.getpid(), "command": command, "tag": os.environ.get("NEURON_PROCESS_TAG", str(os.getpid()))}
    os.ftruncate(fd, 0)
    os.pwrite(fd, json.dumps(holder).encode("utf-8"), 0)


def _prefix(machine: Machine) -> str:
    return "lnc" if machine.has_logical_cores else "nc"


def _not_available(machine: Machine, asked: str, available: int) -> RuntimeError:
    if machine.has_logical_cores:
        text = f"Logical Neuron Core(s) not available - Requested:lnc{asked} Available:{available}"
        text += f" Logical Core size:{machine.lnc()} (cores busy, ret=-16)"
    else:
        text = f"NeuronCore(s) not available - Requested:nc{asked} Available:{available}"
    runtime_error("NRT", "nrt_allocate_neuron_cores", text)
    return RuntimeError(NOT_INITIALIZED)
