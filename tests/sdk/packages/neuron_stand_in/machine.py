"""The pretend machine: its devices, its cores, and who holds them; shared by runtime and tools."""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

from neuron_stand_in import switches


@dataclass(frozen=True)
class Holder:
    """A process that owns cores."""

    pid: int
    command: str
    tag: str


@dataclass(frozen=True)
class Machine:
    """An instance with Neuron devices; cores are counted physically, lnc joins them to what programs see."""

    folder: Path
    instance_type: str
    instance_id: str
    core_version: str
    device_count: int
    cores_per_device: int
    device_memory: int
    default_lnc: int
    driver_version: str
    runtime_version: str

    @property
    def has_logical_cores(self) -> bool:
        """Whether the chip joins physical cores into logical ones."""
        return self.core_version in ("v3", "v4")

    def lnc(self) -> int:
        """How many physical cores make one that programs see, as this process' environment has it."""
        if not self.has_logical_cores:
            return 1
        named = os.environ.get("NEURON_LOGICAL_NC_CONFIG") or os.environ.get("NEURON_RT_VIRTUAL_CORE_SIZE")
        return int(named or self.default_lnc)

    def cores_on_device(self) -> int:
        """Cores of one device as programs see them."""
        return self.cores_per_device // self.lnc()

    def core_count(self) -> int:
        """Cores of the whole instance as programs see them."""
        return self.device_count * self.cores_on_device()

    def core_memory(self) -> int:
        """Bytes of device memory behind one core."""
        return self.device_memory // self.cores_on_device()

    def core_name(self) -> str:
        """The tools' word for the kind of core."""
        return self.core_version + ("d" if self.lnc() == 2 else "")

    def lock_files(self, core: int) -> list[Path]:
        """The locks of the physical cores behind a core."""
        (self.folder / "cores").mkdir(exist_ok=True)
        first = core * self.lnc()
        return [self.folder / "cores" / f"{number}.lock" for number in range(first, first + self.lnc())]

    def holder(self, core: int) -> Optional[Holder]:
        """Who owns a core; None where it is free."""
        for path in self.lock_files(core):
            found = _holder_of(path)
            if found is not None:
                return found
        return None

    def report_file(self, pid: int) -> Path:
        """Where a process leaves its counters for neuron-monitor."""
        (self.folder / "processes").mkdir(exist_ok=True)
        return self.folder / "processes" / f"{pid}.json"


def this_machine() -> Optional[Machine]:
    """The machine that the switch describes; None where there is no Neuron device."""
    path = switches.hardware_file()
    if path is None:
        return None
    plain: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return Machine(folder=path.parent, **plain)


def _holder_of(path: Path) -> Optional[Holder]:
    try:
        fd = os.open(str(path), os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)  # shared: two who look do not see each other
        return None
    except BlockingIOError:
        text = os.read(fd, 1 << 16).decode("utf-8", "replace")
        return Holder(**json.loads(text)) if text else Holder(0, "", "")
    finally:
        os.close(fd)
