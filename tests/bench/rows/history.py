"""A thousand past runs in the history."""

from __future__ import annotations

import os
import shutil
import time

from neuron_studio.runs.resources import STARTER_MODEL
from neuron_studio.wire.run_folder import RunFolder
from tests.bench import watching
from tests.bench.bench import Bench
from tests.bench.desk import Desk
from tests.bench.scrolling import scrolled
from tests.bench.ticks import gaps
from tests.bench.verdict import Row, Series, at_most, growth, milliseconds

WHAT = "1,000 past runs in the history: no gap over 100 ms, flat memory, the list scrolls at once"
_FEW, _MANY = 100, 1000
_FLAT = 1.2
_GAP_MS = 100.0


def measure(bench: Bench) -> Row:
    """A real run and copies of it, some and then many, each time in a window of its own."""
    with bench.desk() as desk:
        run = desk.compile(str(STARTER_MODEL))
        _copy(run, 1, _FEW)
        little, _, _ = _shown(bench, desk)
        _copy(run, _FEW, _MANY)
        much, loop, keys = _shown(bench, desk)
    times = milliseconds(keys)
    claims = (
        at_most("longest gap", loop.worst, _GAP_MS, "ms"),
        growth(f"memory of the window, against {_FEW} runs", little / 1e6, much / 1e6, _FLAT, "MB"),
        at_most("key to scrolled list, median", times.median, _GAP_MS, "ms", times.in_words()),
    )
    return Row("history", WHAT, claims, "", (("gaps", loop), ("scrolled", times)))


def _copy(run: RunFolder, first: int, last: int) -> None:
    # Of one content, but each of its own minute, which is what the history shows of their time.
    for number in range(first, last):
        name = f"20260101-{number // 60:02}{number % 60:02}00-copy"
        shutil.copytree(run.path, run.path.with_name(name), copy_function=os.link)


def _shown(bench: Bench, desk: Desk) -> tuple[float, Series, list[float]]:
    """The window's memory, the gaps in its loop from the key that shows the history on, and the times of the keys."""
    ticks = desk.folder / "ticks"
    with desk.open(ticks=ticks) as window:
        window.take_keys(bench.keyboard)
        window.stand_by()
        begin = time.monotonic()
        bench.keyboard.press("ctrl+5")
        window.settle()
        times = scrolled(bench)
        memory = watching.memory_bytes(window.process.pid)
        end = time.monotonic()
    return memory, gaps(ticks, begin, end), times
