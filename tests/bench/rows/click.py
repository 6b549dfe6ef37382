"""From the click to the proven bundle, with a worker standing by."""

from __future__ import annotations

import time

from neuron_studio.runs.resources import STARTER_MODEL
from tests.bench.bench import Bench
from tests.bench.desk import Window, ended
from tests.bench.verdict import Row, ratio, seconds

WHAT = "click to proven bundle, starter model, standby up, against the bare script's whole process"
_ROUNDS = 5


def measure(bench: Bench) -> Row:
    """Script, click, script, click …, in one window, whose worker stands by anew before each click."""
    script, click = [], []
    with bench.desk() as desk, desk.open() as window:
        window.take_keys(bench.keyboard)
        for _ in range(_ROUNDS):
            script.append(_script(bench))
            click.append(_click(bench, window))
    subject, baseline = seconds(click), seconds(script)
    claims = (ratio("click against script", subject, baseline, 0.5),)
    return Row("click", WHAT, claims, series=(("click to bundle", subject), ("bare script", baseline)))


def _script(bench: Bench) -> float:
    begun = time.monotonic()
    bench.run("bare_script", str(STARTER_MODEL), str(bench.scratch / "bare.pt"))
    return time.monotonic() - begun


def _click(bench: Bench, window: Window) -> float:
    window.stand_by()
    run, pressed = window.start_run(bench.keyboard)
    return ended(run).time - pressed
