"""Finds the cookie that an X server wants to see, by the rules of the library that Qt connects with."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path

# Only this protocol is read: servers of today know no other, and ssh forwards no other.
PROTOCOL = b"MIT-MAGIC-COOKIE-1"

_LOCAL = 256
_WILD = 65535
_INTERNET = {socket.AF_INET: 0, socket.AF_INET6: 6}


def cookie_for(connection: socket.socket, number: int, environ: Mapping[str, str]) -> bytes:
    """The cookie for the display behind this connection; empty where there is none."""
    family, address = _name_of(connection)
    try:
        content = _file(environ).read_bytes()
    except OSError:
        return b""
    for entry_family, entry_address, entry_number, protocol, cookie in _entries(content):
        is_there = entry_family == _WILD or (entry_family, entry_address) == (family, address)
        if is_there and entry_number in (b"", b"%d" % number) and protocol == PROTOCOL:
            return cookie
    return b""


def _file(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("XAUTHORITY") or Path(environ.get("HOME") or os.path.expanduser("~"), ".Xauthority"))


def _name_of(connection: socket.socket) -> tuple[int, bytes]:
    here = (_LOCAL, os.fsencode(socket.gethostname()))
    if connection.family == socket.AF_UNIX:
        return here
    address = socket.inet_pton(connection.family, connection.getpeername()[0])
    is_loopback = address[0] == 127 if len(address) == 4 else address == socket.inet_pton(socket.AF_INET6, "::1")
    return here if is_loopback else (_INTERNET[connection.family], address)


def _entries(content: bytes) -> Iterator[tuple[int, bytes, bytes, bytes, bytes]]:
    place = 0

    def take() -> bytes:
        nonlocal place
        (size,) = struct.unpack_from(">H", content, place)
        place += 2 + size
        return content[place - size : place]

    while place < len(content):
        try:
            (family,) = struct.unpack_from(">H", content, place)
            place += 2
            yield family, take(), take(), take(), take()
        except struct.error:
            return  # cut off, as by a full disk
