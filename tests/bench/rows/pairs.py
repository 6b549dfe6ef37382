"""Ten thousand pairs: how the time grows with them, and the window that shows them."""

from __future__ import annotations

import json
import time
from pathlib import Path

from neuron_studio.runs.follower import read_state
from neuron_studio.runs.resources import STARTER_MODEL
from neuron_studio.wire.run_folder import RunFolder
from tests.bench import watching
from tests.bench.bench import Bench
from tests.bench.desk import Desk
from tests.bench.scrolling import scrolled
from tests.bench.ticks import gaps
from tests.bench.verdict import Row, at_most, growth, milliseconds, ratio, seconds

WHAT = "10,000 pairs compared: the table scrolls at once, linear time, flat memory in the window"
_FEW, _MANY = 1000, 10_000
_LINEAR = 1.2
_FLAT = 1.2
_AT_ONCE_MS = 100.0
_PER_PAIR = ("infer", "compare")


def measure(bench: Bench) -> Row:
    """A real run of each size, then a window that shows the one and the other."""
    with bench.desk() as desk:
        few, many = _compared(desk, _FEW), _compared(desk, _MANY)
        each = [seconds((_taken(run) / count,)) for run, count in ((few, _FEW), (many, _MANY))]
        little, quick, _ = _shown(bench, desk, few)
        much, slow, longest = _shown(bench, desk, many)
    times = milliseconds(slow)
    claims = (
        ratio("time a pair, 10,000 against 1,000", each[1], each[0], _LINEAR),
        growth("memory of the window, likewise", little / 1e6, much / 1e6, _FLAT, "MB"),
        at_most("key to scrolled table, median", times.median, _AT_ONCE_MS, "ms",
                f"{times.in_words()}; of 1,000 pairs: {milliseconds(quick).in_words()}"),
    )  # fmt: skip
    note = f"longest gap from the window's start to the last key: {longest:.0f} ms"
    return Row("pairs", WHAT, claims, note, (("scrolled", times),))


def _compared(desk: Desk, count: int) -> RunFolder:
    file = desk.folder / f"{count}.jsonl"
    _write_pairs(file, count)
    return desk.compile(str(STARTER_MODEL), "--pairs", str(file), "--max-length", "32")


def _write_pairs(file: Path, count: int) -> None:
    pairs = (
        {"first": f"Train {number} leaves at nine", "second": f"At nine train {number + number % 2} departs"}
        for number in range(count)
    )
    file.write_text("".join(json.dumps(pair) + "\n" for pair in pairs))


def _taken(run: RunFolder) -> float:
    return sum(stage.seconds or 0.0 for stage in read_state(run).stages if stage.name in _PER_PAIR)


def _shown(bench: Bench, desk: Desk, run: RunFolder) -> tuple[float, list[float], float]:
    """The window's memory, the times from keys to the scrolled table, and the longest gap in its loop, in ms."""
    desk.remember(run=run.name)
    ticks, begin = desk.folder / "ticks", time.monotonic()
    with desk.open(ticks=ticks) as window:
        window.take_keys(bench.keyboard)
        window.stand_by()
        times = scrolled(bench)
        memory = watching.memory_bytes(window.process.pid)
        end = time.monotonic()
    return memory, times, gaps(ticks, begin, end).worst
