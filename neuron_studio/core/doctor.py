"""What a look at everything found: environments, devices, window and machine, each judged with its remedy."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from typing import Any, Dict, Iterator, Optional, Sequence, Tuple

from neuron_studio.core.environment import Environment
from neuron_studio.core.environment_findings import environment_findings
from neuron_studio.core.machine_findings import machine_findings
from neuron_studio.core.sdk_releases import numbers
from neuron_studio.core.wording import environment_title
from neuron_studio.wire.codec import encode
from neuron_studio.wire.findings import Finding, Level
from neuron_studio.wire.machine import Machine

SCHEMA = 1

_GIB = 1 << 30

# In float32 a model of 335 million parameters, BERT-large's size, takes 1.3 GB, and one of 110 million 0.4 GB.
_LARGE_MODEL = 1.3 * 1e9
_BASE_MODEL = 0.4 * 1e9

# A machine that is sold with 32 GiB shows a little less.
_ADVISED_MEMORY = 30 * _GIB

_FEW_OPEN_FILES = 1024
_BROKEN_QT = (6, 12, 0)
_QT_WANTED = "PySide6-Essentials>=6.8,!=6.12.0"


@dataclass(frozen=True)
class Place:
    """A folder that the studio writes to; models is how many copies of a model a run puts there, free is in bytes."""

    name: str
    path: str
    variable: str
    models: int
    free: Optional[int]
    is_writable: bool


@dataclass(frozen=True)
class Host:
    """The studio's own process and machine: versions by name, memory in bytes, window is what keeps it from opening."""

    python: str
    python_version: str
    system: str
    versions: Dict[str, str]
    machine: Machine
    places: Tuple[Place, ...] = ()
    memory: Optional[int] = None
    open_files: Optional[int] = None
    window: Optional[Finding] = None


@dataclass(frozen=True)
class Examination:
    """All that was seen; is_whole once nothing is looked at any more, obstacle where no interpreter could be asked."""

    host: Host
    environments: Tuple[Environment, ...] = ()
    is_whole: bool = False
    obstacle: Optional[Finding] = None

    @property
    def findings(self) -> Tuple[Finding, ...]:
        """What is to be said of it, in the order of the looking."""
        return (*self._of_environments(), *machine_findings(self.machine), *_of_host(self.host, self.environments))

    @property
    def machine(self) -> Machine:
        """The machine as it was seen best: an environment may bring tools that the system lacks."""
        seen = (self.host.machine, *(environment.machine for environment in self.environments))
        return next((machine for machine in seen if machine.listing is not None), self.host.machine)

    @property
    def has_problem(self) -> bool:
        """Whether anything is wrong that must be mended."""
        return any(finding.level is Level.PROBLEM for finding in self.findings)

    def _of_environments(self) -> Iterator[Finding]:
        can_trace = any(environment.can_trace for environment in self.environments)
        for environment in self.environments:
            title = environment_title(environment, self.host.python)
            for finding in environment_findings(environment):
                is_spare = environment.python == self.host.python and finding.code in ("no-torch", "no-transformers")
                level = Level.NOTE if is_spare and can_trace else finding.level
                yield replace(finding, level=level, subject=title)
        if self.obstacle is not None:
            yield self.obstacle
        elif self.is_whole and not can_trace:
            yield Finding(
                Level.PROBLEM, "nothing-traces", "No Python with torch and transformers was found.",
                "Install them beside the studio to emulate, or add the Python of a Neuron environment with "
                "neuron-studio environments add.",
                f"{shlex.quote(self.host.python)} -m pip install torch transformers safetensors", "environments",
            )  # fmt: skip


def as_json(examination: Examination) -> Dict[str, Any]:
    """The whole examination as one JSON object."""
    return {
        "schema": SCHEMA,
        "findings": encode(examination.findings),
        "environments": [environment_json(environment) for environment in examination.environments],
        "machine": {
            **encode(examination.machine),
            "system": examination.host.system,
            "memory": examination.host.memory,
            "places": encode(examination.host.places),
            "versions": examination.host.versions,
        },
    }


def environment_json(environment: Environment) -> Dict[str, Any]:
    """An environment for programs: its versions, what it can do, and what is wrong with it."""
    return {
        "python": environment.python,
        "python_version": environment.python_version,
        "versions": environment.versions,
        "backend": environment.backend,
        "compiler": environment.compiler,
        "offer": environment.offer,
        "imports": environment.imports,
        "problem": environment.problem or None,
        "findings": encode(environment_findings(environment)),
    }


def _of_host(host: Host, environments: Sequence[Environment]) -> Iterator[Finding]:
    yield host.window or Finding(Level.GOOD, "window", "The window can be opened here.", subject="display")
    yield from _qt(host)
    for place in host.places:
        yield _place(place)
    yield from _memory(host, environments)
    if host.open_files is not None and host.open_files < _FEW_OPEN_FILES:
        yield Finding(
            Level.WARNING, "few-open-files", f"A process here may open {host.open_files} files only.",
            "Raise the limit in the shell that starts the studio.", "ulimit -n 65535", "limits",
        )  # fmt: skip


def _qt(host: Host) -> Iterator[Finding]:
    version = host.versions.get("PySide6_Essentials")
    command = f"{shlex.quote(host.python)} -m pip install {shlex.quote(_QT_WANTED)}"
    if version is None:
        yield Finding(Level.WARNING, "no-qt", "PySide6 is not installed: no window can be opened.",
                      "Install it.", command, "Qt")  # fmt: skip
    elif numbers(version)[:3] == _BROKEN_QT and numbers(host.python_version) < (3, 12):
        yield Finding(
            Level.PROBLEM, "qt-broken", f"PySide6 {version} ends the window after a while on Python "
            f"{host.python_version}.", "Install another release.", command, "Qt",
        )  # fmt: skip
    else:
        yield Finding(Level.GOOD, "qt", f"PySide6 {version}", subject="Qt")


def _place(place: Place) -> Finding:
    if not place.is_writable:
        return Finding(
            Level.PROBLEM, "not-writable", f"{place.path} cannot be written to.",
            f"Mend its permissions, or set {place.variable} to another folder.", subject=place.name,
        )  # fmt: skip
    if place.free is None or not place.models:
        return Finding(Level.GOOD, "place", f"{place.path} can be written to.", subject=place.name)
    free = f"{place.free / 1e9:.1f} GB are free in {place.path}"
    remedy = f"Free some space, or set {place.variable} to a folder on another disk."
    if place.free < place.models * _BASE_MODEL:
        needed = f"a run with a model of 110 million parameters may put {place.models * _BASE_MODEL / 1e9:.1f} GB there"
        return Finding(Level.PROBLEM, "disk-full", f"{free}; {needed}.", remedy, subject=place.name)
    if place.free < place.models * _LARGE_MODEL:
        needed = (
            f"a run with a model of 335 million parameters may put {place.models * _LARGE_MODEL / 1e9:.1f} GB there"
        )
        return Finding(Level.WARNING, "disk-low", f"{free}; {needed}.", remedy, subject=place.name)
    return Finding(Level.GOOD, "disk", f"{free}.", subject=place.name)


def _memory(host: Host, environments: Sequence[Environment]) -> Iterator[Finding]:
    if host.memory is None:
        return
    found = f"{host.memory / _GIB:.1f} GiB of memory"
    compiles = any(environment.backend == "torch-neuron" for environment in environments)
    if compiles and host.memory < _ADVISED_MEMORY:
        yield Finding(
            Level.WARNING, "little-memory", f"{found}; AWS advises a c5.4xlarge (32 GiB) to compile for Inf1.",
            "Compile on a larger machine where the compiler is killed, or lower batch size and sequence length.",
            subject="memory",
        )  # fmt: skip
    else:
        yield Finding(Level.GOOD, "memory", f"{found}.", subject="memory")
