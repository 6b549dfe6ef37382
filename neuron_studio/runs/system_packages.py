"""The system libraries that Qt's window needs, and the command that installs what is missing on this system."""

from __future__ import annotations

import ctypes
import shlex
import shutil
from collections.abc import Iterable

# What the xcb platform plugin links, with the Debian package that brings each.
_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}


def missing_libraries() -> tuple[str, ...]:
    """The libraries that Qt needs and that are not here."""
    return tuple(library for library in _LIBRARIES if not _loads(library))


def missing_packages() -> tuple[str, ...]:
    """The Debian packages of those."""
    return tuple(_LIBRARIES[library] for library in missing_libraries())


def install_libraries(libraries: Iterable[str]) -> str:
    """The command that installs these libraries here; empty where it is not known."""
    # RPM systems name their packages differently from release to release; all find one by what it brings.
    wanted = list(libraries)
    return _install([_LIBRARIES[library] for library in wanted], [f"{library}()(64bit)" for library in wanted])


def install_xauth() -> str:
    """The command that installs xauth here; empty where it is not known."""
    return _install(["xauth"], ["/usr/bin/xauth"])


def _install(debian: list[str], rpm: list[str]) -> str:
    if shutil.which("apt-get"):
        return f"sudo apt-get install -y {shlex.join(debian)}"
    for program in ("dnf", "yum"):
        if shutil.which(program):
            return f"sudo {program} install -y {shlex.join(rpm)}"
    return ""


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
