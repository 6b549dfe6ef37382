"""How the test hub puts answers on the wire: whole, in part, slowly, or cut off in the middle."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

from tests.support.hub_content import StoredFile

if TYPE_CHECKING:
    from tests.support.hub_server import HubServer, Listener

CHUNK_BYTES = 1 << 16
PORTAL = b"<!doctype html><html><head><title>Sign in</title></head><body>Accept the terms first.</body></html>"


@dataclass(frozen=True)
class Trouble:
    """What goes wrong with the requests it befalls; every time, unless `times` says how often.

    `only` is a part of the address, such as "/api/" or "model.safetensors". `cut_after` counts the bytes of one answer
    that carries a file, and `bytes_per_s` is a limit for each answer.
    """

    latency_s: float = 0.0
    status: int | None = None
    retry_after_s: int = 0
    html: bool = False
    bytes_per_s: int | None = None
    cut_after: int | None = None
    ignores_ranges: bool = False
    only: str = ""
    times: int | None = None


class Refusal(Exception):
    """An answer that is not what was asked for, worded as the real hub words it."""

    def __init__(self, status: int, message: str, code: str = "", headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        told = {"X-Error-Code": code, "X-Error-Message": message}
        self.status = status
        self.headers = {**{name: text for name, text in told.items() if text}, **(headers or {})}


class Transfer(BaseHTTPRequestHandler):
    """One connection to a client, and the ways of answering on it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # headers and body are two writes; Nagle would hold the second back for 40 ms
    server: Listener
    troubles: Sequence[Trouble] = ()

    @property
    def hub(self) -> HubServer:
        return self.server.hub

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent: the hub keeps its own record."""

    def suffer(self) -> None:
        """Let the request's troubles happen before it is looked at."""
        for trouble in self.troubles:
            if self.hub.is_closing.wait(trouble.latency_s):
                raise ConnectionAbortedError
            if trouble.status:
                raise Refusal(trouble.status, "Something went wrong on our side.", headers=_waiting_time(trouble))

    def send_refusal(self, refusal: Refusal) -> None:
        self.send_json({"error": str(refusal)}, refusal.status, refusal.headers)

    def send_json(self, plain: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        self.send_bytes(json.dumps(plain).encode(), "application/json", status, headers)

    def send_bytes(self, body: bytes, kind: str, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        portal = next((trouble for trouble in self.troubles if trouble.html), None)
        if portal:  # stands for the proxy or hotel network that answers in the hub's place
            body, kind, status, headers = PORTAL, "text/html; charset=utf-8", portal.status or 200, None
        self._begin(status, {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})})
        if self.command == "GET":
            for part in self._paced(0, len(body)):
                self.wfile.write(body[part.start : part.stop])

    def send_file(self, stored: StoredFile, headers: Mapping[str, str]) -> None:
        """Send a file, or the one range of it that was asked for."""
        if any(trouble.html for trouble in self.troubles):
            self.send_bytes(PORTAL, "text/html")
            return
        wanted = asked_range(self.headers.get("Range", ""))
        if any(trouble.ignores_ranges for trouble in self.troubles):
            wanted = None
        start, stop = _bounds(*wanted, stored.size) if wanted else (0, stored.size)
        headers = {**headers, "ETag": f'"{stored.etag}"', "Accept-Ranges": "bytes", "Content-Length": str(stop - start)}
        if wanted:
            headers["Content-Range"] = f"bytes {start}-{stop - 1}/{stored.size}"
        self._begin(206 if wanted else 200, {**headers, "Content-Type": "application/octet-stream"})
        if self.command == "GET":
            self._pour(stored, start, stop)

    def _begin(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _pour(self, stored: StoredFile, start: int, stop: int) -> None:
        cuts = [each for each in self.troubles if each.cut_after is not None and each.cut_after < stop - start]
        cut_after = next((each.cut_after for each in cuts if self.hub.claim(each)), None)
        if cut_after is not None:
            stop = start + cut_after
        with stored.source.open("rb") as stream:
            stream.seek(start)
            for part in self._paced(start, stop):
                self.wfile.write(stream.read(len(part)))
        if cut_after is not None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)  # an orderly end, so that the bytes before it do arrive

    def _paced(self, start: int, stop: int) -> Iterator[range]:
        """The parts of an answer, each given once its time has come."""
        rate = min((each.bytes_per_s for each in self.troubles if each.bytes_per_s), default=None)
        chunk_bytes = max(1, min(CHUNK_BYTES, rate // 20)) if rate else CHUNK_BYTES
        began = time.monotonic()
        for position in range(start, stop, chunk_bytes):
            part = range(position, min(position + chunk_bytes, stop))
            yield part
            ahead_s = (part.stop - start) / rate - (time.monotonic() - began) if rate else 0.0
            if ahead_s > 0 and self.hub.is_closing.wait(ahead_s):
                raise ConnectionAbortedError


def _waiting_time(trouble: Trouble) -> dict[str, str]:
    if trouble.status != 429:
        return {"Retry-After": str(trouble.retry_after_s)} if trouble.retry_after_s else {}
    policy = '"fixed window";"api";q=500;w=300'
    return {"RateLimit": f'"api";r=0;t={trouble.retry_after_s}', "RateLimit-Policy": policy}


def asked_range(header: str) -> tuple[int | None, int | None] | None:
    """The first and last byte that a Range header names; None where it names none."""
    numbers = re.fullmatch(r"\s*bytes=(\d*)-(\d*)\s*", header)
    if numbers is None or not any(numbers.groups()):
        return None
    first, last = (int(number) if number else None for number in numbers.groups())
    return first, last


def _bounds(first: int | None, last: int | None, size: int) -> tuple[int, int]:
    """Where a range begins, and where the bytes after it do."""
    if first is None:
        return max(0, size - (last or 0)), size
    stop = size if last is None else min(last + 1, size)
    if first >= stop:
        headers = {"Content-Range": f"bytes */{size}"}
        raise Refusal(416, "The range is not within the file.", headers=headers)
    return first, stop
