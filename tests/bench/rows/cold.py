"""A whole compile from the terminal, nothing warm, on a model of BERT-base's shape."""

from __future__ import annotations

import time

from tests.bench.bench import Bench
from tests.bench.desk import Desk, began, ended
from tests.bench.verdict import Row, ratio, seconds

WHAT = "cold compile, BERT-base shape with random weights, until verify begins, against the bare script"
_ROUNDS = 3


def measure(bench: Bench) -> Row:
    """Script, compile, script, compile …"""
    script, compiled, whole = [], [], []
    bench.run("bare_script", str(bench.bert), str(bench.scratch / "bare.pt"))
    with bench.desk() as desk:
        for _ in range(_ROUNDS):
            script.append(_script(bench))
            until_verify, until_end = _compile(bench, desk)
            compiled.append(until_verify)
            whole.append(until_end)
    subject, baseline = seconds(compiled), seconds(script)
    claims = (ratio("compile until verify against script", subject, baseline, 1.15),)
    series = (("until verify", subject), ("whole compile", seconds(whole)), ("bare script", baseline))
    return Row("cold", WHAT, claims, f"with verify {series[1][1].in_words()}", series)


def _script(bench: Bench) -> float:
    begun = time.monotonic()
    bench.run("bare_script", str(bench.bert), str(bench.scratch / "bare.pt"))
    return time.monotonic() - begun


def _compile(bench: Bench, desk: Desk) -> tuple[float, float]:
    known, begun = desk.runs, time.time()
    process = desk.command("compile", str(bench.bert))
    run = desk.run_after(known)
    until_verify = began(run, "verify").time - begun
    until_end = ended(run).time - begun
    process.wait()
    desk.store.remove(run)
    return until_verify, until_end
