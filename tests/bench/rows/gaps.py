"""How long the window's event loop is away while a large model is traced."""

from __future__ import annotations

import time

from tests.bench.bench import Bench
from tests.bench.desk import began, ended
from tests.bench.ticks import gaps
from tests.bench.verdict import Row, Series, at_most

WHAT = "longest event-loop gap while BERT-base is traced"
_ROUNDS = 2
_IDLE_S = 10.0


def measure(bench: Bench) -> Row:
    """Idle, run, idle, run …, in one window; a tick every 5 ms."""
    idle, traced, whole = [], [], []
    with bench.desk() as desk:
        desk.remember(request={"model": {"id": str(bench.bert)}})
        ticks = desk.folder / "ticks"
        with desk.open(ticks=ticks) as window:
            window.take_keys(bench.keyboard)
            for _ in range(_ROUNDS):
                window.stand_by()
                quiet = time.monotonic()
                time.sleep(_IDLE_S)
                idle.append((quiet, time.monotonic()))
                # Records bear the wall clock, ticks the one that never jumps.
                offset = time.time() - time.monotonic()
                run, pressed = window.start_run(bench.keyboard)
                trace, infer = (began(run, stage).time - offset for stage in ("trace", "infer"))
                whole.append((pressed - offset, ended(run).time - offset))
                traced.append((trace, infer))
        told = [_joined([gaps(ticks, *when) for when in times]) for times in (idle, traced, whole)]
    at_rest, tracing, running = told
    claims = (
        at_most("longest gap", tracing.worst, 50.0, "ms", f"idle: {at_rest.worst:.0f} ms"),
        at_most("99 of 100 gaps", tracing.percentile(99), 16.0, "ms", f"idle: {at_rest.percentile(99):.1f} ms"),
    )
    note = f"longest gap of the whole runs: {running.worst:.0f} ms"
    return Row("gaps", WHAT, claims, note, (("idle", at_rest), ("tracing", tracing)))


def _joined(series: list[Series]) -> Series:
    return Series(tuple(value for one in series for value in one.values), "ms")
