"""Asks an X server whether it takes a new client, as any client does first: one short exchange, never a long wait."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from enum import Enum

from neuron_studio.core.display import DisplayAddress
from neuron_studio.runs.x_authority import PROTOCOL, cookie_for

# Enough for a slow link, on which an answer takes two round trips.
_ANSWER_S = 10.0

# Whoever takes no client at all hangs up at once; whoever waits for a first word waits longer than this.
_HANG_UP_S = 3.0


class Answer(Enum):
    """What became of the question."""

    WELCOME = "welcome"
    ABSENT = "absent"
    REFUSED = "refused"
    HUNG_UP = "hung up"
    TAKES_NONE = "takes none"
    SILENT = "silent"


@dataclass(frozen=True)
class Reply:
    """The answer, and the server's own words where it refused.

    An X server says why it refuses. ssh, which carries the connection of a forwarded display, only hangs up:
    after the first word where the cookie is wrong (HUNG_UP), before it where it opens no more connections (TAKES_NONE).
    """

    answer: Answer
    reason: str = ""


def ask(address: DisplayAddress, environ: Mapping[str, str], answer_s: float = _ANSWER_S) -> Reply:
    """Whether the server at this address takes a client with the cookie that is found here."""
    deadline = time.monotonic() + answer_s
    try:
        with closing(_connect(address, deadline)) as connection:
            connection.sendall(_setup(cookie_for(connection, address.number, environ)))
            return _reply(connection, deadline)
    except TimeoutError:
        return Reply(Answer.SILENT)
    except (EOFError, ConnectionResetError, BrokenPipeError):
        return Reply(Answer.TAKES_NONE if _hangs_up_first(address) else Answer.HUNG_UP)
    except OSError:
        return Reply(Answer.ABSENT)


def _connect(address: DisplayAddress, deadline: float) -> socket.socket:
    failure: OSError = ConnectionRefusedError()
    for family, place in _places(address):
        connection = socket.socket(family, socket.SOCK_STREAM)
        try:
            connection.settimeout(_left(deadline))
            connection.connect(place)
            return connection
        except OSError as error:
            connection.close()
            failure = error
    raise failure


def _places(address: DisplayAddress) -> Iterator[tuple[socket.AddressFamily, str | tuple[str, int]]]:
    if not address.host:
        yield socket.AF_UNIX, f"\0/tmp/.X11-unix/X{address.number}"
        yield socket.AF_UNIX, f"/tmp/.X11-unix/X{address.number}"
    for found in socket.getaddrinfo(address.host or "localhost", 6000 + address.number, type=socket.SOCK_STREAM):
        yield found[0], (str(found[4][0]), int(found[4][1]))


def _setup(cookie: bytes) -> bytes:
    protocol = PROTOCOL if cookie else b""
    head = struct.pack("<BxHHHHxx", ord("l"), 11, 0, len(protocol), len(cookie))
    return head + _padded(protocol) + _padded(cookie)


def _padded(content: bytes) -> bytes:
    return content + bytes(-len(content) % 4)


def _reply(connection: socket.socket, deadline: float) -> Reply:
    kind, length, _, _, words = struct.unpack("<BBHHH", _read(connection, 8, deadline))
    if kind == 1:
        return Reply(Answer.WELCOME)
    said = _read(connection, 4 * words, deadline)
    reason = (said[:length] if kind == 0 else said).rstrip(b"\0\n ").decode("latin-1")
    return Reply(Answer.REFUSED, "".join(letter if letter.isprintable() else " " for letter in reason))


def _read(connection: socket.socket, size: int, deadline: float) -> bytes:
    content = b""
    while len(content) < size:
        connection.settimeout(_left(deadline))
        more = connection.recv(size - len(content))
        if not more:
            raise EOFError
        content += more
    return content


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _hangs_up_first(address: DisplayAddress) -> bool:
    deadline = time.monotonic() + _HANG_UP_S
    try:
        with closing(_connect(address, deadline)) as connection:
            _read(connection, 1, deadline)
    except TimeoutError:
        return False
    except (EOFError, OSError):
        return True
    return False
