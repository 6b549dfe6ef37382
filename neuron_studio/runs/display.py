"""Whether a window can be shown at all, asked before Qt aborts over it."""

from __future__ import annotations

import ctypes
import os
import re
import socket

from neuron_studio.core.validation import Problem
from neuron_studio.wire.errors import Blame

# What the xcb platform plugin links, with the Debian package that brings each.
_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
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

_DISPLAY = re.compile(r"^(?P<host>[^:]*):(?P<number>\d+)(\.\d+)?$")
_CONNECT_TIMEOUT_S = 10.0


def display_problem() -> Problem | None:
    """Why no window can be opened here; None where one can."""
    if os.environ.get("QT_QPA_PLATFORM", "xcb").split(":")[0] not in ("xcb", ""):
        return None  # the user chose another platform, such as offscreen
    packages = missing_packages()
    if packages:
        return _problem("qt-libraries-missing", "Qt's system libraries are missing.",
                        f"sudo apt-get install -y {' '.join(packages)}")  # fmt: skip
    display = os.environ.get("DISPLAY", "")
    if not display:
        return _problem("no-display", "There is no display: DISPLAY is not set.",
                        "Log in again with `ssh -Y -C`, or run `neuron-studio compile` in this terminal.")  # fmt: skip
    if not _answers(display):
        return _problem("display-refused", f"The display {display} does not answer.",
                        "Log in again with `ssh -Y -C`: a forwarded display ends with its connection.")  # fmt: skip
    return None


def missing_packages() -> tuple[str, ...]:
    """The Debian packages that Qt needs and that are not here."""
    return tuple(package for library, package in _LIBRARIES.items() if not _loads(library))


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _answers(display: str) -> bool:
    found = _DISPLAY.match(display)
    if found is None:
        return False
    number = int(found["number"])
    addresses = [(found["host"], 6000 + number)] if found["host"] not in ("", "unix") else []
    return any(_connects(socket.AF_INET, address) for address in addresses) or (
        not addresses and any(_connects(socket.AF_UNIX, f"{prefix}/tmp/.X11-unix/X{number}") for prefix in ("\0", ""))
    )


def _connects(family: socket.AddressFamily, address: str | tuple[str, int]) -> bool:
    try:
        if family == socket.AF_INET:
            socket.create_connection(address, _CONNECT_TIMEOUT_S).close()  # type: ignore[arg-type]
            return True
        with socket.socket(family, socket.SOCK_STREAM) as client:
            client.connect(address)
            return True
    except OSError:
        return False


def _problem(code: str, message: str, remedy: str) -> Problem:
    return Problem("environment", code, message, remedy, Blame.ENVIRONMENT)
