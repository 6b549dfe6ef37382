"""Look at everything that a run depends on, and tell what was seen as it comes; asks no network."""

from __future__ import annotations

import getpass
import os
import platform
import resource
import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib import metadata
from pathlib import Path

from neuron_studio.core.doctor import Examination, Host, Place
from neuron_studio.core.doctor_report import FailedRun, report_text
from neuron_studio.core.redaction import Private
from neuron_studio.core.run_state import Phase
from neuron_studio.runs import environments
from neuron_studio.runs.display import display_problem
from neuron_studio.runs.follower import read_state
from neuron_studio.runs.places import cache_folder, config_folder, data_folder
from neuron_studio.runs.store import RunStore
from neuron_studio.runs.system_packages import install_libraries, missing_libraries
from neuron_studio.wire.errors import ProtocolError, StudioError
from neuron_studio.wire.findings import Finding, Level
from neuron_studio.wire.machine import this_machine

# Of the studio's own interpreter; the distributions under their own names.
_PACKAGES = ("neuron-studio", "PySide6_Essentials", "qasync", "huggingface_hub", "tokenizers")

# More than a report shows, so that what is taken out is not cut in two.
_LOG_BYTES = 1 << 17


def examinations() -> Iterator[Examination]:
    """What is seen so far, as it grows: the machine, each environment quickly, then each deeply; the last is whole."""
    examination = Examination(_host())
    yield examination
    try:
        for environment in environments.find():
            examination = replace(examination, environments=(*examination.environments, environment))
            yield examination
    except StudioError as error:
        obstacle = Finding(Level.PROBLEM, error.code, error.message, error.remedy, subject="environments")
        yield replace(examination, is_whole=True, obstacle=obstacle)
        return
    for number, environment in enumerate(examination.environments):
        examined = environments.examine(environment)
        known = examination.environments
        examination = replace(examination, environments=(*known[:number], examined, *known[number + 1 :]))
        yield examination
    yield replace(examination, is_whole=True)


def examine() -> Examination:
    """The whole examination, once everything was looked at."""
    *_, whole = examinations()
    return whole


def report(examination: Examination) -> str:
    """The report to paste into an issue, with everything private taken out of it."""
    failed = _last_failure(RunStore())
    sentences = tuple(text for pair in (failed.spec.pairs if failed else ()) for text in (pair.first, pair.second))
    private = Private(str(Path.home()), _user(), socket.gethostname(), sentences)
    return report_text(examination, failed, private)


def _last_failure(store: RunStore) -> FailedRun | None:
    for folder in store.folders():
        try:
            state = read_state(folder)
        except ProtocolError:
            continue
        if state.phase is Phase.FAILED and state.failure is not None:
            return FailedRun(state.spec, state.failure, folder.log_tail(_LOG_BYTES))
    return None


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""  # a container may run under a number that has no name


def _host() -> Host:
    return Host(
        python=sys.executable,
        python_version=platform.python_version(),
        system=f"{_system_name()}, kernel {platform.release()}, {platform.machine()}, glibc {platform.libc_ver()[1]}",
        versions=_versions(),
        machine=this_machine(sys.executable),
        places=_places(),
        memory=_memory(),
        open_files=resource.getrlimit(resource.RLIMIT_NOFILE)[0],
        window=_window(),
    )


def _system_name() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.system()


def _versions() -> dict[str, str]:
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def _window() -> Finding | None:
    """What keeps the window from opening; the commands need none, so it is a warning."""
    problem = display_problem()
    if problem is None:
        return None
    command = install_libraries(missing_libraries()) if problem.code == "qt-libraries-missing" else ""
    if command:
        return Finding(Level.WARNING, problem.code, problem.message, "Install them.", command, "display")
    return Finding(Level.WARNING, problem.code, problem.message, problem.remedy, subject="display")


def _places() -> tuple[Place, ...]:
    from huggingface_hub.constants import HF_HUB_CACHE

    return (
        _place("runs", data_folder(), "NEURON_STUDIO_DATA", models=2),
        _place("downloaded models", Path(HF_HUB_CACHE), "HF_HOME", models=1),
        _place("cache", cache_folder(), "NEURON_STUDIO_CACHE", models=0),
        _place("settings", config_folder(), "NEURON_STUDIO_CONFIG", models=0),
    )


def _place(name: str, path: Path, variable: str, models: int) -> Place:
    existing = next((folder for folder in (path, *path.parents) if folder.exists()), Path("/"))
    is_writable = existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)
    try:
        free = shutil.disk_usage(existing).free
    except OSError:
        free = None
    return Place(name, str(path), variable, models, free, is_writable)


def _memory() -> int | None:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        return None
