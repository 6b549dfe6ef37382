"""What an idle window sends."""

from __future__ import annotations

import time

from tests.bench.bench import Bench
from tests.bench.display import Meter
from tests.bench.verdict import Row, Series, at_most

WHAT = "X11 bytes of an idle window"
_IDLE_S = 30.0
_ROUNDS = 2


def measure(bench: Bench) -> Row:
    """The window with the keyboard's focus, once all that it began at its start has ended."""
    rates = []
    with bench.desk() as desk, Meter(bench.screen) as meter, desk.open(meter.name) as window:
        window.take_keys(bench.keyboard)
        window.stand_by()
        for _ in range(_ROUNDS):
            before = meter.total_bytes()
            time.sleep(_IDLE_S)
            rates.append((meter.total_bytes() - before) / _IDLE_S)
    series = Series(tuple(rates), "B/s")
    return Row("idle", WHAT, (at_most("bytes a second", series.worst, 0.0, "B/s"),), series=(("idle", series),))
