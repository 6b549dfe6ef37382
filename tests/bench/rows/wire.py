"""What a whole run sends to the display while its log is talkative."""

from __future__ import annotations

import time

from tests.bench.bench import Bench
from tests.bench.desk import ended
from tests.bench.display import Meter
from tests.bench.verdict import Row, megabytes, ratio

WHAT = "X11 bytes, a whole run with 10,000 log lines at 500 a second, against the plain app"
_LINES = 10_000
_PER_SECOND = 500
_ROUNDS = 2
_PAINTED_S = 3.0


def measure(bench: Bench) -> Row:
    """Plain app, run in the studio, plain app, …; both from a window that stands to one that stands still again."""
    plain, studio = [], []
    for _ in range(_ROUNDS):
        plain.append(_plain(bench))
        studio.append(_studio(bench))
    subject, baseline = megabytes(studio), megabytes(plain)
    claims = (ratio("studio against plain app", subject, baseline, 1 / 50),)
    note = "the plain app shows the lines alone; the studio the run from the click to the bundle"
    return Row("wire", WHAT, claims, note, (("studio", subject), ("plain app", baseline)))


def _plain(bench: Bench) -> int:
    with Meter(bench.screen) as meter:
        with bench.started("plain_app", str(_LINES), str(_PER_SECOND), display=meter.name) as process:
            process.wait()
        return meter.total_bytes()


def _studio(bench: Bench) -> int:
    with bench.desk() as desk, Meter(bench.screen) as meter:
        desk.is_forwarded = True
        desk.during_trace(f"from tests.bench.programs.talk import talk\ntalk({_LINES}, {_PER_SECOND})")
        with desk.open(meter.name) as window:
            window.take_keys(bench.keyboard)
            window.stand_by()
            before = meter.total_bytes()
            run, _ = window.start_run(bench.keyboard)
            ended(run)
            time.sleep(_PAINTED_S)
            return meter.total_bytes() - before
