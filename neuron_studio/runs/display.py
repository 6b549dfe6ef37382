"""Whether a window can be shown at all, asked before Qt aborts over it."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Mapping
from pathlib import Path

from neuron_studio.core.display import display_address, is_forwarded, platform_of
from neuron_studio.core.problem import Problem
from neuron_studio.runs.system_packages import install_libraries, install_xauth, missing_libraries
from neuron_studio.runs.x_server import Answer, Reply, ask
from neuron_studio.wire.errors import Blame

_LOG_IN_AGAIN = "Log in again with `ssh -Y -C`"


def display_problem(environ: Mapping[str, str] = os.environ) -> Problem | None:
    """Why no window can be opened here; None where one can."""
    platform = platform_of(environ)
    if platform == "wayland":
        return _wayland_problem(environ)
    if platform != "xcb":
        return None  # the user chose another platform, such as offscreen
    return _libraries_problem() or _x_problem(environ)


def _libraries_problem() -> Problem | None:
    libraries = missing_libraries()
    if not libraries:
        return None
    return _problem("qt-libraries-missing", f"Qt's system libraries are missing: {', '.join(libraries)}.",
                    install_libraries(libraries) or "Install the packages that bring them.")  # fmt: skip


def _x_problem(environ: Mapping[str, str]) -> Problem | None:
    display = environ.get("DISPLAY", "")
    if not display:
        return _no_display(environ)
    address = display_address(display)
    if address is None:
        return _problem("no-display", f"DISPLAY is {display!r}, which names no display.",
                        f"{_LOG_IN_AGAIN}, which sets it; this machine's own screen is :0 as a rule.")  # fmt: skip
    reply = ask(address, environ)
    return None if reply.answer is Answer.WELCOME else _unwelcome(display, reply, environ)


def _no_display(environ: Mapping[str, str]) -> Problem:
    if not environ.get("SSH_CONNECTION"):
        return _problem("no-display", "There is no display: DISPLAY is not set.",
                        "Start it in a desktop session, or log in from one with `ssh -Y -C`.")  # fmt: skip
    if shutil.which("xauth", path=f"{environ.get('PATH', '')}{os.pathsep}/usr/bin") is None:
        return _problem("no-xauth", "No display was forwarded: sshd needs xauth for that, which is not installed here.",
                        f"Install it, then log in again with `ssh -Y -C`: {install_xauth() or 'xauth'}")  # fmt: skip
    return _problem("no-display", "There is no display: DISPLAY is not set.",
                    f"{_LOG_IN_AGAIN}. If it is not set then either, this machine's /etc/ssh/sshd_config "
                    "needs the line X11Forwarding yes.")  # fmt: skip


def _unwelcome(display: str, reply: Reply, environ: Mapping[str, str]) -> Problem:
    is_far = is_forwarded(environ)
    if reply.answer is Answer.ABSENT:
        return _problem("display-absent", f"There is no display at {display}.",
                        f"{_LOG_IN_AGAIN}: a forwarded display ends with its connection. "
                        "In tmux or screen, set DISPLAY to what a new login shows." if is_far else
                        "Set DISPLAY to a display that is there, or log in with `ssh -Y -C`.")  # fmt: skip
    if reply.answer is Answer.SILENT:
        return _problem("display-silent", f"The display {display} does not answer.",
                        f"The connection to it may hang. {_LOG_IN_AGAIN}." if is_far else
                        "Its X server may have been stopped; start it again.")  # fmt: skip
    if reply.answer is Answer.TAKES_NONE:
        return _problem("display-closed", f"The forwarded display {display} takes no new windows.",
                        "`ssh -X` lets none in from 20 minutes after the login on, unless ~/.ssh/config at home says "
                        f"ForwardX11Timeout 0. {_LOG_IN_AGAIN}; an X server must be running at home.")  # fmt: skip
    reason = f": {reply.reason.rstrip('.')}" if reply.reason else ""
    message = f"The display {display} refused the connection{reason}."
    return _problem("display-refused", message, _refusal_remedy(environ))


def _refusal_remedy(environ: Mapping[str, str]) -> str:
    if environ.get("SUDO_USER"):
        return "Start it without sudo: the display lets in the user who logged in."
    if not shutil.which("xauth"):
        command = install_xauth() or "xauth"
        return f"xauth is not installed, so the display's cookie is not here. Install it, then log in again: {command}"
    if is_forwarded(environ):
        return f"{_LOG_IN_AGAIN}, as the user who starts it: another login or user has another cookie."
    return "Start it as the user whose screen it is, with that user's XAUTHORITY."


def _wayland_problem(environ: Mapping[str, str]) -> Problem | None:
    name = environ.get("WAYLAND_DISPLAY", "wayland-0")
    place = Path(environ.get("XDG_RUNTIME_DIR", ""), name)
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(3.0)
            client.connect(str(place))
    except OSError as error:
        return _problem("display-absent", f"The Wayland display {place} cannot be reached: {error.strerror}.",
                        "Start it in the desktop session itself, as the user whose it is.")  # fmt: skip
    return None


def _problem(code: str, message: str, remedy: str) -> Problem:
    return Problem("environment", code, message, remedy, Blame.ENVIRONMENT)
