"""A million log lines as fast as a process can write them."""

from __future__ import annotations

import re
import time
from functools import partial
from pathlib import Path

from tests.bench import watching
from tests.bench.bench import Bench
from tests.bench.desk import Window, ended
from tests.bench.ticks import gaps
from tests.bench.verdict import Row, at_most, growth

WHAT = "1,000,000 log lines: complete on disk, flat memory, no gap over 100 ms"
_FEW, _MANY = 10_000, 1_000_000
_FLAT = 1.2
_SHOWN_S = 5.0
_NUMBER = re.compile(rb"^(\d{9}) INFO", re.MULTILINE)


def measure(bench: Bench) -> Row:
    """Two runs in one window, the log in view: a usual one, which loads what any run needs, then the flood."""
    with bench.desk() as desk:
        lines = desk.folder / "lines"
        desk.during_trace(f"from tests.bench.programs.talk import talk\ntalk(int(open({str(lines)!r}).read()))")
        ticks = desk.folder / "ticks"
        with desk.open(ticks=ticks) as window:
            window.take_keys(bench.keyboard)
            usual, _, _ = _run(bench, window, lines, _FEW)
            flooded, missing, (begin, end) = _run(bench, window, lines, _MANY)
        loop = gaps(ticks, begin, end)
    claims = (
        at_most("lines missing on disk", missing, 0, ""),
        growth("most memory of the window", usual / 1e6, flooded / 1e6, _FLAT, "MB"),
        at_most("longest gap", loop.worst, 100.0, "ms"),
    )
    note = "memory against a run of 10,000 lines in the same window"
    return Row("flood", WHAT, claims, note, (("gaps", loop),))


def _run(bench: Bench, window: Window, lines: Path, count: int) -> tuple[float, int, tuple[float, float]]:
    """The most memory that the window held, how many lines are not on the disk, and from when to when."""
    lines.write_text(str(count))
    window.stand_by()
    memory: list[int] = []
    look = partial(_look_at_memory, window, memory)
    begin = time.monotonic()
    run, _ = window.start_run(bench.keyboard)
    ended(run, meanwhile=look)
    shown = time.monotonic() + _SHOWN_S
    while (end := time.monotonic()) < shown:
        look()
        time.sleep(0.1)
    written = [int(found) for found in _NUMBER.findall(run.log_file.read_bytes())]
    return max(memory), count if written != sorted(set(written)) else count - len(written), (begin, end)


def _look_at_memory(window: Window, memory: list[int]) -> None:
    memory.append(watching.memory_bytes(window.process.pid))
