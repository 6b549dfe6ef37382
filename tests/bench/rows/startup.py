"""From the start of the process to a window that can be seen, and to one that has everything in it."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import NamedTuple

from tests.bench import watching
from tests.bench.bench import Bench
from tests.bench.desk import Desk, NotMeasured
from tests.bench.verdict import Row, ratio, seconds

WHAT = "start to first painted window, against a bare PySide6 window with the same number of widgets"
_ROUNDS = 7
_TIMEOUT_S = 60.0


def measure(bench: Bench) -> Row:
    """Bare, studio, bare, studio …; the first of each only warms the disk's cache and the studio's own."""
    bare, studio = list[_Start](), list[_Start]()
    counts = bench.run("count_widgets").strip()
    with bench.desk() as desk:
        for _ in range(_ROUNDS + 1):
            bare.append(_timed(bench, lambda: bench.started("bare_window", counts)))
            studio.append(_timed(bench, lambda: _opened(desk)))
    subject, baseline = (seconds([start.painted for start in starts[1:]]) for starts in (studio, bare))
    busy, busy_bare = (seconds([start.cpu for start in starts[1:]]) for starts in (studio, bare))
    full, full_bare = (seconds([start.furnished for start in starts[1:]]) for starts in (studio, bare))
    claims = (ratio("studio against bare window", subject, baseline, 1.3),)
    note = (
        f"CPU until then: {busy.in_words()} against {busy_bare.in_words()}, {busy.median / busy_bare.median:.2f} ×; "
        f"with everything in it: {full.in_words()} against {full_bare.in_words()}, "
        f"{full.median / full_bare.median:.2f} ×"
    )
    series = (
        ("studio", subject), ("bare window", baseline), ("studio, CPU", busy), ("bare window, CPU", busy_bare),
        ("studio, furnished", full), ("bare window, furnished", full_bare),
    )  # fmt: skip
    return Row("startup", WHAT, claims, note, series)


class _Start(NamedTuple):
    """Seconds until a window could be seen, the CPU that it took, and those until everything was in it."""

    painted: float
    cpu: float
    furnished: float


@contextmanager
def _opened(desk: Desk) -> Iterator[subprocess.Popen[bytes]]:
    with desk.open() as window:
        yield window.process


def _timed(bench: Bench, start: Callable[[], AbstractContextManager[subprocess.Popen[bytes]]]) -> _Start:
    # The CPU beside the time, which a busy machine stretches.
    if bench.screen.until(lambda: bench.screen.is_blank, _TIMEOUT_S) is None:
        raise NotMeasured("the screen was not blank before the window came")
    begun = time.monotonic()
    with start() as process:
        painted = bench.screen.until(lambda: not bench.screen.is_blank, _TIMEOUT_S)
        if painted is None:
            raise NotMeasured("no window was painted")
        cpu = watching.cpu_seconds(process.pid)
        furnished = bench.screen.until(lambda: bench.screen.is_furnished, _TIMEOUT_S)
        if furnished is None:
            raise NotMeasured("nothing came into the window")
        return _Start(painted - begun, cpu, furnished - begun)
