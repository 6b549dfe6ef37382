"""The proxy reads X11 as it is spoken: every request counted, wherever the stream was cut."""

from __future__ import annotations

import asyncio
import struct
from collections import Counter
from pathlib import Path

import pytest

from tests.support import x11_meter
from tests.support.x11_meter import Link, answers, feeder, requests

SETUP = struct.pack("<BxHHHHxx", ord("l"), 11, 0, 18, 16) + b"MIT-MAGIC-COOKIE-1\0\0" + b"c" * 16
# A window's first words: its title, a picture in BIG-REQUESTS form, a copy of it, and a word of an extension.
TITLE = struct.pack("<BBH", 18, 0, 8) + b"t" * 28
PICTURE = struct.pack("<BBHI", 72, 2, 0, 70_000) + b"p" * (280_000 - 8)
COPY = struct.pack("<BBH", 62, 0, 7) + b"c" * 24
EXTENSION = struct.pack("<BBH", 140, 3, 2) + b"e" * 4
ASKED = SETUP + TITLE + PICTURE + COPY + EXTENSION

WELCOME = struct.pack("<BxHHH", 1, 11, 0, 3) + b"w" * 12
REPLY = struct.pack("<BBHI", 1, 0, 1, 2) + b"r" * 24 + b"m" * 8
EVENT = b"\x0c" + b"e" * 31
SENT_EVENT = b"\x8c" + b"e" * 31
LONG_EVENT = struct.pack("<BBHI", 35, 140, 1, 1) + b"g" * 24 + b"m" * 4
ERROR = b"\x00" + b"x" * 31
ANSWERED = WELCOME + REPLY + EVENT + SENT_EVENT + LONG_EVENT + ERROR


class Tally:
    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.sizes: Counter[str] = Counter()

    def __call__(self, name: str, size: int) -> None:
        self.counts[name] += 1
        self.sizes[name] += size


@pytest.mark.parametrize("step", [1, 7, 4096, len(ASKED)])
def test_that_requests_are_counted_by_name_wherever_the_stream_is_cut(step: int) -> None:
    tally, order = Tally(), []
    feed = feeder(requests(tally, order))
    for begin in range(0, len(ASKED), step):
        feed(ASKED[begin : begin + step])
    assert order == ["<"]
    assert tally.counts == {"ChangeProperty": 1, "PutImage": 1, "CopyArea": 1, "extension 140.3": 1}
    assert tally.sizes == {"ChangeProperty": 32, "PutImage": 280_000, "CopyArea": 28, "extension 140.3": 8}


@pytest.mark.parametrize("step", [1, 5, len(ANSWERED)])
def test_that_replies_events_and_errors_are_told_apart(step: int) -> None:
    tally = Tally()
    feed = feeder(answers(tally, ["<"]))
    for begin in range(0, len(ANSWERED), step):
        feed(ANSWERED[begin : begin + step])
    assert tally.counts == {"reply": 1, "event": 3, "error": 1}
    assert tally.sizes == {"reply": 40, "event": 100, "error": 32}


def test_that_a_session_passes_unchanged_and_is_counted_both_ways(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(x11_meter, "SOCKETS", tmp_path)

    async def server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readexactly(len(ASKED)))
        writer.write(ANSWERED)
        writer.close()

    async def session(link: Link) -> bytes:
        async with (
            await asyncio.start_unix_server(server, str(tmp_path / "X7")),
            await asyncio.start_unix_server(link.serve, str(tmp_path / "X8")),
        ):
            reader, writer = await asyncio.open_unix_connection(str(tmp_path / "X8"))
            writer.write(ASKED)
            answered = await reader.read(-1)
            writer.close()
            await writer.wait_closed()
            return answered

    heard: list[bytes] = []
    link = Link(7, compressed=True)
    assert asyncio.run(session(link)) == ANSWERED
    assert heard == [ASKED]
    counted = link.counted()
    assert (counted["bytes_up"], counted["bytes_down"]) == (len(ASKED), len(ANSWERED))
    assert (counted["connections"], counted["requests"], counted["reply"]) == (1, 4, 1)
    assert int(str(counted["wire_bytes_up"])) < len(ASKED) / 100, "the picture is of one colour"
