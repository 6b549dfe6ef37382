"""The journal of a run: one JSON line, one record; appended by the worker alone, read by anyone."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import List, Tuple

from neuron_studio.wire.codec import decode, dumps, encode
from neuron_studio.wire.errors import ProtocolError
from neuron_studio.wire.events import EVENT_KINDS, Event


@dataclass(frozen=True)
class Entry:
    """A record and when it was written, in seconds since the epoch."""

    time: float
    event: Event


def to_line(entry: Entry) -> str:
    """The journal's line for an entry, line feed included."""
    record = {"event": type(entry.event).__name__, "time": round(entry.time, 3)}
    record.update(encode(entry.event))
    return dumps(record) + "\n"


def from_line(line: str) -> Entry:
    """The entry that a journal's line stands for; anything unknown is a ProtocolError."""
    try:
        record = json.loads(line)
        name, when = record.pop("event"), record.pop("time")
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise ProtocolError(f"The journal holds a line that is not a record: {line[:80]!r}.") from error
    if name not in EVENT_KINDS:
        raise ProtocolError(f"The journal holds a record of an unknown kind, {name!r}.")
    return Entry(float(when), decode(EVENT_KINDS[name], record))


class Journal:
    """The writing end; each record reaches the file in one append, so readers never see two mixed."""

    def __init__(self, path: Path) -> None:
        self._fd = os.open(str(path), os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        self._torn = self._ends_torn()

    def append(self, event: Event) -> None:
        """Write one record; raises OSError where the disk is full."""
        line = to_line(Entry(time.time(), event)).encode("utf-8")
        if self._torn:
            line = b"\n" + line
        self._torn = True
        if os.write(self._fd, line) == len(line):
            self._torn = False

    def _ends_torn(self) -> bool:
        size = os.fstat(self._fd).st_size
        return size > 0 and os.pread(self._fd, 1, size - 1) != b"\n"


class JournalReader:
    """The reading end; yields whatever whole lines arrived since the last call."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0

    def read(self) -> Tuple[Entry, ...]:
        """The new entries, in order; a last line without its line feed waits for the rest."""
        try:
            with open(self._path, "rb") as file:
                file.seek(self._offset)
                text = file.read()
        except FileNotFoundError:
            return ()
        whole = text[: text.rfind(b"\n") + 1]
        self._offset += len(whole)
        return tuple(from_line(line.decode("utf-8")) for line in _records(whole))


def _records(text: bytes) -> List[bytes]:
    # A line cut short by a full disk is followed by a line feed of its own; it never was a record.
    lines = [line for line in text.split(b"\n") if line]
    return [line for line in lines if line.endswith(b"}")]
