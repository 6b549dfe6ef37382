"""From the start of the process to a window that can be seen."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from tests.bench import watching
from tests.bench.bench import Bench
from tests.bench.desk import Desk, NotMeasured
from tests.bench.verdict import Row, ratio, seconds

WHAT = "start to first painted window, against a bare PySide6 window with the same number of widgets"
_ROUNDS = 7
_TIMEOUT_S = 60.0


def measure(bench: Bench) -> Row:
    """Bare, studio, bare, studio …; the first of each only warms the disk's cache and the studio's own."""
    bare, studio = [], []
    counts = bench.run("count_widgets").strip()
    with bench.desk() as desk:
        for _ in range(_ROUNDS + 1):
            bare.append(_until_painted(bench, lambda: bench.started("bare_window", counts)))
            studio.append(_until_painted(bench, lambda: _opened(desk)))
    subject, baseline = (seconds([taken for taken, _ in times[1:]]) for times in (studio, bare))
    busy, busy_bare = (seconds([cpu for _, cpu in times[1:]]) for times in (studio, bare))
    claims = (ratio("studio against bare window", subject, baseline, 1.3),)
    note = f"CPU until then: {busy.in_words()} against {busy_bare.in_words()}, {busy.median / busy_bare.median:.2f} ×"
    series = (("studio", subject), ("bare window", baseline), ("studio, CPU", busy), ("bare window, CPU", busy_bare))
    return Row("startup", WHAT, claims, note, series)


@contextmanager
def _opened(desk: Desk) -> Iterator[subprocess.Popen[bytes]]:
    with desk.open() as window:
        yield window.process


def _until_painted(
    bench: Bench, start: Callable[[], AbstractContextManager[subprocess.Popen[bytes]]]
) -> tuple[float, float]:
    """The time until it can be seen, and the CPU that it took, which a busy machine does not stretch."""
    if bench.screen.until(lambda: bench.screen.is_blank, _TIMEOUT_S) is None:
        raise NotMeasured("the screen was not blank before the window came")
    begun = time.monotonic()
    with start() as process:
        painted = bench.screen.until(lambda: not bench.screen.is_blank, _TIMEOUT_S)
        if painted is None:
            raise NotMeasured("no window was painted")
        return painted - begun, watching.cpu_seconds(process.pid)
