"""A real X server whose picture is read from outside, the proxy before it, and a keyboard."""

from __future__ import annotations

import json
import mmap
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from tests.support.x11_meter import SOCKETS

ROOT = Path(__file__).resolve().parents[2]
_SIZE = (1280, 900)
_LOOK_EVERY_S = 0.001


class Box(NamedTuple):
    """A rectangle of the screen."""

    x: int
    y: int
    width: int
    height: int


# Inside every window that is measured, wherever it stands without a window manager.
_MIDDLE = Box(440, 300, 300, 200)
# Where every window that is measured has its content.
_FURNITURE = Box(40, 40, 1000, 640)


def alternating(without: Sequence[bytes], shown: Sequence[bytes], box: Box) -> Box | None:
    """The part of a box that was one thing in all pictures without something and another in all that showed it.

    What moves by itself, such as a clock, is not the same in all of either.
    """
    places = [
        place
        for place, (before, after) in enumerate(zip(_pixelwise(without), _pixelwise(shown), strict=True))
        if len(before) == len(after) == 1 and before != after
    ]
    if not places:
        return None
    columns = [place % box.width for place in places]
    left, right, top, bottom = min(columns), max(columns), places[0] // box.width, places[-1] // box.width
    return Box(box.x + left, box.y + top, right - left + 1, bottom - top + 1)


def _pixelwise(pictures: Sequence[bytes]) -> Iterator[set[int]]:
    return map(lambda *colours: set(colours), *(memoryview(picture).cast("I") for picture in pictures))


class Screen:
    """Xvfb without MIT-SHM, so that every pixel crosses the wire; its frame buffer is a file that anybody may read.

    Reading the file tells when something can be seen, without a request that the server would have to answer.
    """

    def __init__(self) -> None:
        self._folder = tempfile.mkdtemp(prefix="neuron-studio-bench-")
        reading, writing = os.pipe()
        size = f"{_SIZE[0]}x{_SIZE[1]}x24"
        command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-fbdir", self._folder,
                   "-nocursor", "-nolisten", "tcp", "-noreset", "-extension", "MIT-SHM"]  # fmt: skip
        self._server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
        os.close(writing)
        with os.fdopen(reading) as said:
            self.number = int(said.readline())
        with open(Path(self._folder, "Xvfb_screen0"), "rb") as file:
            self._picture = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        header = struct.unpack(">25I", self._picture[:100])
        self._stride, self._begin = header[12], header[0] + 12 * header[19]

    @property
    def name(self) -> str:
        """What DISPLAY is to be."""
        return f":{self.number}"

    @property
    def version(self) -> str:
        """The server's release, as it tells it to every client."""
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(SOCKETS / f"X{self.number}"))
            client.sendall(struct.pack("<BxHHHHxx", ord("l"), 11, 0, 0, 0))
            with client.makefile("rb") as said:
                release = struct.unpack("<8xI", said.read(12))[0]
        return f"Xvfb {release // 100_000 % 100}.{release // 1000 % 100}.{release % 1000}"

    def pixels(self, box: Box) -> bytes:
        """What a part of the screen shows, row by row."""
        first = self._begin + box.y * self._stride + box.x * 4
        rows = range(first, first + box.height * self._stride, self._stride)
        return b"".join(self._picture[row : row + box.width * 4] for row in rows)

    @property
    def is_blank(self) -> bool:
        """Whether no window was painted yet."""
        return not any(self.pixels(_MIDDLE))

    @property
    def is_furnished(self) -> bool:
        """Whether more than half of a window's lines show something: an empty one has its ground and a word."""
        width = _FURNITURE.width * 4
        shown = self.pixels(_FURNITURE)
        lines = [shown[start : start + width] for start in range(0, len(shown), width)]
        return sum(line != line[:4] * _FURNITURE.width for line in lines) > len(lines) / 2

    def until_changed(self, box: Box, before: bytes, timeout_s: float) -> float | None:
        """When a part of the screen no longer showed this; None where it went on showing it."""
        return self.until(lambda: self.pixels(box) != before, timeout_s)

    def until(self, is_so: Callable[[], bool], timeout_s: float) -> float | None:
        """When something was first the case, looked at every millisecond."""
        deadline = time.monotonic() + timeout_s
        while (now := time.monotonic()) < deadline:
            if is_so():
                return now
            time.sleep(_LOOK_EVERY_S)
        return None

    def until_still(self, box: Box, for_s: float = 2.0) -> bytes:
        """What a part of the screen shows once it has shown the same for so long."""
        shown, since = self.pixels(box), time.monotonic()
        while time.monotonic() - since < for_s:
            time.sleep(0.05)
            if (now := self.pixels(box)) != shown:
                shown, since = now, time.monotonic()
        return shown

    def close(self) -> None:
        """End the server and remove its picture."""
        self._picture.close()
        self._server.terminate()
        self._server.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


class Meter:
    """The proxy before a display, in a process of its own, counting for as long as it is open."""

    def __init__(self, screen: Screen, *options: str) -> None:
        command = [sys.executable, "-m", "tests.support.x11_meter", str(screen.number), *options]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )  # fmt: skip
        self.name = f":{self._said().strip()}"

    def counted(self) -> dict[str, Any]:
        """What has crossed it so far."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        counted: dict[str, Any] = json.loads(self._said())
        return counted

    def total_bytes(self) -> int:
        """All bytes so far, in both directions."""
        counted = self.counted()
        return int(counted["bytes_up"]) + int(counted["bytes_down"])

    def _said(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def __enter__(self) -> Meter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()


class Keyboard:
    """One xdotool that stays up, so that a key costs no start of a process; it speaks to the server itself."""

    def __init__(self, screen: Screen) -> None:
        self._display = {**os.environ, "DISPLAY": screen.name}
        self._process = subprocess.Popen(["xdotool", "-"], stdin=subprocess.PIPE, text=True, env=self._display)

    def press(self, *keys: str) -> float:
        """Press keys one after the other; when the last one was sent."""
        now = 0.0
        for key in keys:
            now = time.monotonic()
            self._do(f"key --clearmodifiers {key}")
        return now

    def click(self, x: int, y: int) -> None:
        """Click there."""
        self._do(f"mousemove {x} {y} click 1")

    def focus(self, title: str) -> None:
        """Give the keyboard to the window of this title: there is no window manager that would."""
        command = ["xdotool", "search", "--sync", "--onlyvisible", "--name", title, "windowfocus", "--sync"]
        subprocess.run(command, env=self._display, check=True, timeout=60, stdout=subprocess.DEVNULL)

    def geometry(self, title: str) -> Box:
        """Where the window of this title stands."""
        command = ["xdotool", "search", "--onlyvisible", "--name", title, "getwindowgeometry", "--shell"]
        said = subprocess.run(command, env=self._display, check=True, timeout=60, capture_output=True, text=True)
        told = dict(line.split("=") for line in said.stdout.split() if "=" in line)
        return Box(int(told["X"]), int(told["Y"]), int(told["WIDTH"]), int(told["HEIGHT"]))

    def _do(self, words: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(words + "\n")
        self._process.stdin.flush()

    def close(self) -> None:
        """Let the keyboard go."""
        self._process.communicate()
