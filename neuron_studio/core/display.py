"""What the environment says of the display: where it is, which of Qt's platforms shows it, whether it is far away."""

import re
from dataclasses import dataclass
from typing import Mapping, Optional

_DISPLAY = re.compile(r"^(?P<host>.*):(?P<number>\d{1,5})(\.\d+)?$")

# sshd gives the displays that it forwards numbers from here on (X11DisplayOffset).
_FIRST_FORWARDED = 10


@dataclass(frozen=True)
class DisplayAddress:
    """Where an X server listens: on this machine where no host is named."""

    host: str
    number: int


def display_address(display: str) -> Optional[DisplayAddress]:
    """What a DISPLAY names; None where it names nothing."""
    found = _DISPLAY.match(display)
    if found is None:
        return None
    host = found["host"].strip("[]")
    return DisplayAddress("" if host == "unix" else host, int(found["number"]))


def platform_of(environ: Mapping[str, str]) -> str:
    """Qt's platform for this environment: the one that was chosen, else X, else Wayland where there is no X."""
    chosen = environ.get("QT_QPA_PLATFORM", "").split(":")[0].split(";")[0]
    if chosen:
        return chosen
    return "wayland" if environ.get("WAYLAND_DISPLAY") and not environ.get("DISPLAY") else "xcb"


def is_forwarded(environ: Mapping[str, str]) -> bool:
    """Whether what is drawn crosses an SSH connection."""
    if not environ.get("SSH_CONNECTION") or platform_of(environ) != "xcb":
        return False
    address = display_address(environ.get("DISPLAY", ""))
    return address is not None and (address.host != "" or address.number >= _FIRST_FORWARDED)


def is_frugal(environ: Mapping[str, str], choice: Optional[bool]) -> bool:
    """Whether the window is to draw as little as it can: as the user chose, else wherever the display is forwarded."""
    return is_forwarded(environ) if choice is None else choice
