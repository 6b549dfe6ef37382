"""Measure the promises about speed: python -m tests.bench [ROW ...] [--json FILE]."""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.bench import machine, table
from tests.bench.bench import Bench
from tests.bench.desk import NotMeasured
from tests.bench.rows import click, cold, flood, gaps, history, idle, keys, pairs, startup, wire
from tests.bench.verdict import Row

ROWS = {
    "startup": startup, "click": click, "cold": cold, "gaps": gaps, "wire": wire, "keys": keys, "idle": idle,
    "flood": flood, "pairs": pairs, "history": history,
}  # fmt: skip
_NEEDED = {"Xvfb": "xvfb", "xdotool": "xdotool"}


def main(arguments: Sequence[str]) -> int:
    """Measure the rows that are asked for, print each as it is there; 0 however they come out."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"some of: {' '.join(ROWS)}; all where none is named")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every measurement there as well")
    asked = parser.parse_args(arguments)
    unknown = [name for name in asked.rows if name not in ROWS]
    if unknown:
        parser.error(f"no row is called {unknown[0]!r}: they are {' '.join(ROWS)}")
    missing = [package for program, package in _NEEDED.items() if shutil.which(program) is None]
    if missing:
        parser.error(f"a program is missing: sudo apt-get install -y {' '.join(missing)}")
    # Whoever ends the bench also ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    _measure_all([name for name in ROWS if name in asked.rows or not asked.rows], asked.json)
    return 0


def _measure_all(names: Sequence[str], file: Path | None) -> None:
    bench = Bench()
    try:
        facts = {**machine.described(), "X server": f"{bench.screen.version}, without MIT-SHM"}
        for name, value in facts.items():
            print(f"{name + ':':<20}{value}")
        rows = []
        for name in names:
            rows.append(_measured(name, ROWS[name].WHAT, lambda name=name: ROWS[name].measure(bench)))
            print("", *table.row_lines(rows[-1]), sep="\n", flush=True)
        print(f"\n{table.ending(rows)}")
    finally:
        bench.close()
    if file is not None:
        file.write_text(json.dumps(table.as_plain(rows, facts), indent=1) + "\n")


def _measured(name: str, what: str, measure: Callable[[], Row]) -> Row:
    try:
        return measure()
    # The latter two: what was waited for never came, or a program that was started failed.
    except (NotMeasured, AssertionError, subprocess.SubprocessError) as error:
        return Row(name, what, not_measured=str(error))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
