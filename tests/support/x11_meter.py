"""A byte-counting X11 proxy, as slow as a link on demand: python -m tests.support.x11_meter TARGET [--rate-mbit 2 …].

Says on its first line which display it offers; answers every further line on stdin with what it has counted, as
JSON, and leaves when stdin closes. The server behind it must be without MIT-SHM: pixels in shared memory bypass it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import struct
import sys
import time
import zlib
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import suppress
from pathlib import Path

SOCKETS = Path("/tmp/.X11-unix")
_FIRST_DISPLAY = 400
_NAMES = {18: "ChangeProperty", 20: "GetProperty", 53: "CreatePixmap", 62: "CopyArea", 72: "PutImage"}
_ANSWERS = {0: "error", 1: "reply"}
_LONG_ANSWERS = (1, 35)  # a reply and a generic event tell their own length
_EXTENSIONS = 128
_PIECE = 16384

# Takes the bytes it asked for, and asks: n for the next n bytes, -n to have n bytes passed over.
Splitter = Generator[int, bytes, None]
Tally = Callable[[str, int], None]


def requests(tally: Tally, order: list[str]) -> Splitter:
    """Counts what a client asks; the byte order that it chose is left in order for those who read the answers."""
    head = yield 12
    order.append("<" if head[:1] == b"l" else ">")
    yield -sum((length + 3) // 4 * 4 for length in struct.unpack(f"{order[0]}HH", head[6:10]))
    while True:
        head = yield 4
        taken, size = 4, struct.unpack(f"{order[0]}H", head[2:])[0] * 4
        if not size:  # BIG-REQUESTS: the length follows in a word of its own
            taken, size = 8, struct.unpack(f"{order[0]}I", (yield 4))[0] * 4
        tally(_request_name(head), size)
        yield taken - size


def answers(tally: Tally, order: list[str]) -> Splitter:
    """Counts what a server says: replies, an upper bound on round trips, events and errors."""
    head = yield 8
    yield -4 * struct.unpack(f"{order[0]}H", head[6:])[0]
    while True:
        head = yield 32
        kind = head[0] & 0x7F
        more = struct.unpack(f"{order[0]}I", head[4:8])[0] * 4 if kind in _LONG_ANSWERS else 0
        tally(_ANSWERS.get(kind, "event"), 32 + more)
        yield -more


def _request_name(head: bytes) -> str:
    code = head[0]
    return _NAMES.get(code) or (f"core {code}" if code < _EXTENSIONS else f"extension {code}.{head[1]}")


def feeder(splitter: Splitter) -> Callable[[bytes], None]:
    """A function that drives a splitter with the stream's pieces, wherever they were cut."""
    wanted, kept = next(splitter), b""
    left = abs(wanted)

    def feed(piece: bytes) -> None:
        nonlocal wanted, kept, left
        while piece:
            taken, piece = piece[:left], piece[left:]
            left -= len(taken)
            kept += taken if wanted > 0 else b""
            while not left:
                wanted, kept = splitter.send(kept), b""
                left = abs(wanted)

    return feed


class Way:
    """One direction of the link: what went along it, and when it is free again."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.bytes = self.wire_bytes = 0
        self.counts: Counter[str] = Counter()
        self.sizes: Counter[str] = Counter()
        self._packer = zlib.compressobj(6) if link.is_compressed else None
        self._free_at = 0.0
        self._in_flight = 0
        self._room = asyncio.Event()

    def tally(self, name: str, size: int) -> None:
        """Count one request or answer."""
        self.counts[name] += 1
        self.sizes[name] += size

    async def take(self, piece: bytes) -> float:
        """Let a piece onto the link once the window has room for it; when it arrives at the far end."""
        while self._in_flight and self._in_flight + len(piece) > self.link.window:
            self._room.clear()
            await self._room.wait()
        self._in_flight += len(piece)
        size = self._size_on_wire(piece)
        self.bytes += len(piece)
        self.wire_bytes += size
        self._free_at = max(time.monotonic(), self._free_at) + (size / self.link.rate if self.link.rate else 0.0)
        return self._free_at + self.link.delay_s

    def arrived(self, piece: bytes) -> None:
        """Give the window its room back, once the far end's word of it is here."""
        asyncio.get_running_loop().call_later(self.link.delay_s, self._acknowledge, len(piece))

    def _acknowledge(self, size: int) -> None:
        self._in_flight -= size
        self._room.set()

    def _size_on_wire(self, piece: bytes) -> int:
        # As `ssh -C` does it: one stream for the whole connection, flushed after every packet.
        if self._packer is None:
            return len(piece)
        return len(self._packer.compress(piece)) + len(self._packer.flush(zlib.Z_SYNC_FLUSH))


class Link:
    """What lies between the programs and their display; OpenSSH gives a forwarded display a window of 64 KiB."""

    def __init__(
        self, target: int, rate_mbit: float = 0.0, delay_ms: float = 0.0, compressed: bool = False, window: int = 65536
    ) -> None:
        self.target = SOCKETS / f"X{target}"
        self.rate, self.delay_s, self.is_compressed, self.window = (
            rate_mbit * 1e6 / 8,
            delay_ms / 1e3,
            compressed,
            window,
        )
        self.connections = 0
        self.up, self.down = Way(self), Way(self)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Stand between one program and the server until both have left."""
        from_server, to_server = await asyncio.open_unix_connection(str(self.target))
        self.connections += 1
        order: list[str] = []
        with suppress(ConnectionError, asyncio.CancelledError):
            await asyncio.gather(
                _carry(reader, to_server, self.up, feeder(requests(self.up.tally, order))),
                _carry(from_server, writer, self.down, feeder(answers(self.down.tally, order))),
            )

    def counted(self) -> dict[str, object]:
        """Everything that has gone over the link so far."""
        return {
            "connections": self.connections,
            "bytes_up": self.up.bytes,
            "bytes_down": self.down.bytes,
            "wire_bytes_up": self.up.wire_bytes,
            "wire_bytes_down": self.down.wire_bytes,
            "requests": self.up.counts.total(),
            **{kind: self.down.counts[kind] for kind in ("reply", "event", "error")},
            "largest": dict(self.up.sizes.most_common(6)),
        }


async def _carry(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: Way, feed: Callable[[bytes], None]
) -> None:
    queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(64)
    delivering = asyncio.create_task(_deliver(queue, writer, way))
    while piece := await reader.read(_PIECE):
        feed(piece)
        await queue.put((await way.take(piece), piece))
    await queue.put((0.0, b""))
    await delivering


async def _deliver(queue: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter, way: Way) -> None:
    while (item := await queue.get())[1]:
        due, piece = item
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        if not writer.is_closing():
            writer.write(piece)
            await writer.drain()
        way.arrived(piece)
    writer.close()


def _free_display() -> tuple[int, socket.socket]:
    SOCKETS.mkdir(mode=0o1777, exist_ok=True)
    for number in range(_FIRST_DISPLAY, _FIRST_DISPLAY + 200):
        listening = socket.socket(socket.AF_UNIX)
        try:
            listening.bind(str(SOCKETS / f"X{number}"))
        except OSError:
            listening.close()
            continue
        return number, listening
    raise OSError("no display number is free")


async def run(link: Link) -> None:
    """Serve until stdin closes."""
    number, listening = _free_display()
    try:
        server = await asyncio.start_unix_server(link.serve, sock=listening)
        print(number, flush=True)
        while await asyncio.to_thread(sys.stdin.readline):
            print(json.dumps(link.counted()), flush=True)
        server.close()
    finally:
        os.unlink(SOCKETS / f"X{number}")


async def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", type=int, help="the number of the display behind it")
    parser.add_argument("--rate-mbit", type=float, default=0.0, help="each way; 0: as fast as it goes")
    parser.add_argument("--delay-ms", type=float, default=0.0, help="one way; the round trip is twice that")
    parser.add_argument("--compressed", action="store_true", help="pace by the size that `ssh -C` would send")
    parser.add_argument("--window", type=int, default=65536, help="bytes under way at once, each way")
    given = parser.parse_args()
    await run(Link(given.target, given.rate_mbit, given.delay_ms, given.compressed, given.window))


if __name__ == "__main__":
    asyncio.run(_main())
