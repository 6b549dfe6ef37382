"""The journal of a run: one JSON line, one record; appended by whoever holds the run's lock, read by anyone."""

from __future__ import annotations

import errno
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Tuple

from neuron_studio.wire.codec import decode, dumps, encode
from neuron_studio.wire.errors import ProtocolError
from neuron_studio.wire.events import EVENT_KINDS, Event

# Put behind a line that a full disk cut short: what stands before it never was a record. No JSON text holds it.
_VOID = b"\x18"


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


def from_line(line: bytes) -> Entry:
    """The entry that a journal's line stands for; anything unknown is a ProtocolError."""
    try:
        record = json.loads(line.decode("utf-8"))
        kind, when = EVENT_KINDS[record.pop("event")], record.pop("time")
    except (ValueError, LookupError, AttributeError, TypeError) as error:
        raise ProtocolError(f"The journal holds a line that is no known record: {line[:80]!r}.") from error
    return Entry(decode(float, when), decode(kind, record))


class Journal:
    """The writing end; each record reaches the file in one append, so readers never see two mixed."""

    def __init__(self, path: Path) -> None:
        self._fd = os.open(str(path), os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)

    def append(self, event: Event, at: Optional[float] = None) -> None:
        """Write one record, dated now or at the given time; raises OSError where the disk is full."""
        line = to_line(Entry(time.time() if at is None else at, event)).encode("utf-8")
        if self._ends_torn():
            line = _VOID + b"\n" + line
        if os.write(self._fd, line) < len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._fd)

    def _ends_torn(self) -> bool:
        # Asked anew each time: it may be the other process that the full disk cut short.
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
            with open(str(self._path), "rb") as file:
                file.seek(self._offset)
                text = file.read()
        except FileNotFoundError:
            return ()
        whole = text[: text.rfind(b"\n") + 1]
        entries = tuple(from_line(line) for line in whole.split(b"\n")[:-1] if not line.endswith(_VOID))
        self._offset += len(whole)
        return entries
