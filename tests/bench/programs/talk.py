"""Writes lines as a compiler does: talk(10_000, per_second=500), or python -m tests.bench.programs.talk 10000 500."""

import os
import sys
import time

_BLOCK = 1000
_LINE = b"%09d INFO: fusing attention.output.dense into LayerNorm, 12 operators, 3 of 24 sub-graphs\n"


def talk(count, per_second=0.0):
    """Write numbered lines to the standard output; without a rate as fast as it takes them.

    Like the worker in which it may run, this must suit Python 3.8.
    """
    begun = time.monotonic()
    step = 1 if per_second else _BLOCK
    for first in range(0, count, step):
        if per_second:
            time.sleep(max(0.0, begun + first / per_second - time.monotonic()))
        _write(b"".join(_LINE % number for number in range(first, min(count, first + step))))


def _write(lines):
    while lines:
        lines = lines[os.write(1, lines) :]


if __name__ == "__main__":
    talk(int(sys.argv[1]), float(sys.argv[2]))
