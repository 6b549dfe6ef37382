"""Sees to it that Qt can start: its environment, and what it would abort over, as an error that says what to do."""

from __future__ import annotations

import ctypes
import os
import re
import shlex
import sys
from importlib.util import find_spec
from pathlib import Path

from neuron_studio.core.display import platform_of
from neuron_studio.wire.errors import Blame, StudioError

_TOO_OLD = re.compile(r"version `(GLIBC(?:XX)?_[\d.]+)' not found")

# With these set, Qt may look for its parts elsewhere: beside another program's Qt.
_MISLEADING = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_PLUGIN_PATH")

_OURS = ("xcb", "wayland", "offscreen")


def set_environment() -> None:
    """Set what Qt reads once, when it starts; whatever the user has set stays."""
    # Widgets need no OpenGL, and a forwarded display has none.
    os.environ.setdefault("QT_XCB_GL_INTEGRATION", "none")
    # So that Qt takes the display that was asked, and no other that is there too.
    os.environ.setdefault("QT_QPA_PLATFORM", platform_of(os.environ))


def check() -> None:
    """Raise StudioError where Qt or its platform cannot be loaded."""
    try:
        from PySide6.QtCore import QLibraryInfo
        from PySide6.QtWidgets import QApplication  # noqa: F401
    except ImportError as error:
        raise _unloadable(error) from error
    # Importing it brings asyncio in, which the first paint does without.
    if find_spec("qasync") is None:
        raise _broken("qasync, which joins Qt and asyncio, is not installed")
    folder = os.environ.get("QT_QPA_PLATFORM_PLUGIN_PATH") or QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)
    platform = platform_of(os.environ)
    found = sorted([*Path(folder).glob(f"libq{platform}*.so"), *Path(folder, "platforms").glob(f"libq{platform}*.so")])
    if not found:
        raise _broken(f"Qt has no plugin for the platform {platform} in {folder}")
    try:
        ctypes.CDLL(str(found[0]))
    except OSError as error:
        raise _unloadable(error) from error


def _unloadable(error: Exception) -> StudioError:
    too_old = _TOO_OLD.search(str(error))
    if too_old is not None:
        return StudioError("system-too-old", f"Qt needs {too_old[1]}, which is newer than this system's libraries.",
                           "Use the window on a newer system.", Blame.ENVIRONMENT)  # fmt: skip
    return _broken(f"Qt cannot be loaded: {error}")


def _broken(message: str) -> StudioError:
    misleading = [name for name in _MISLEADING if os.environ.get(name)]
    if platform_of(os.environ) not in _OURS:
        misleading.append("QT_QPA_PLATFORM")
    command = f"{shlex.quote(sys.executable)} -m pip install --force-reinstall PySide6_Essentials qasync"
    unset = f"Unset {' and '.join(misleading)}; if that does not help, install" if misleading else "Install"
    return StudioError("qt-broken", f"{message}.", f"{unset} Qt: {command}", Blame.ENVIRONMENT)
