"""Tells where torch-neuron put the operators, from what it wrote to the log while it compiled."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from neuron_studio.core.placement import placement_in
from neuron_studio.wire.journal import Journal


@contextmanager
def journal_placement(log: Path, journal: Journal) -> Iterator[None]:
    """Journal what the log gains within a block, where it tells of a placement; other compilers do not."""
    begin = log.stat().st_size
    yield
    sys.stdout.flush()
    sys.stderr.flush()
    with open(str(log), "rb") as file:
        file.seek(begin)
        placed = placement_in(line.decode("utf-8", "replace") for line in file)
    if placed is not None:
        journal.append(placed)
