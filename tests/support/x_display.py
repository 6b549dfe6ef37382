"""A real X server without a screen, which lets in whoever has its cookie, and keys pressed on it."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROGRAMS = ("Xvfb", "xauth", "xdotool")


def missing(*programs: str) -> str:
    """Those of these programs that are not installed, for the reason of a skip."""
    folders = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin"))
    return ", ".join(program for program in programs if shutil.which(program, path=folders) is None)


@dataclass(frozen=True)
class XDisplay:
    """A display: its name, the file with its cookie, its server."""

    name: str
    authority: Path
    server: subprocess.Popen[bytes]

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs to know to open a window on it."""
        return {"DISPLAY": self.name, "XAUTHORITY": str(self.authority)}

    def titles(self) -> list[str]:
        """The titles of the windows that are shown."""
        found = self._do("search", "--onlyvisible", "--name", ".").split()
        return [title for window in found if (title := self._do("getwindowname", window).strip())]

    def press(self, title: str, keys: str) -> None:
        """Press keys in the window with this in its title, where there is one."""
        # Nobody manages windows here, so that nobody else gives them the focus.
        self._do("search", "--onlyvisible", "--name", title, "windowfocus", "--sync", "key", keys)

    def _do(self, *arguments: str) -> str:
        environment = {**os.environ, **self.environment}
        return subprocess.run(
            ["xdotool", *arguments], env=environment, capture_output=True, text=True, check=False, timeout=20
        ).stdout


@contextmanager
def x_display(folder: Path) -> Iterator[XDisplay]:
    """A display for as long as the block lasts; its cookie lies in this folder."""
    authority = folder / "authority"
    reading, writing = os.pipe()
    # One cookie for whatever number the server finds free.
    cookie = secrets.token_hex(16)
    _add(authority, ":0", cookie)
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-auth", str(authority), "-screen", "0", "1280x900x24",
         "-nolisten", "tcp", "-noreset", "+extension", "SECURITY"],
        pass_fds=[writing], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writing)
    try:
        with open(reading, encoding="ascii") as told:
            name = f":{told.readline().strip()}"
        _add(authority, name, cookie)
        yield XDisplay(name, authority, server)
    finally:
        server.kill()
        server.wait()


def _add(authority: Path, name: str, cookie: str) -> None:
    # xauth warns about a file that it makes itself.
    authority.touch(mode=0o600)
    subprocess.run(["xauth", "-q", "-f", str(authority), "add", name, ".", cookie], check=True)
