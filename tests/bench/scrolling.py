"""From keys to a table that has scrolled, as its user sees it."""

from __future__ import annotations

from tests.bench.bench import Bench
from tests.bench.desk import TITLE, NotMeasured
from tests.bench.display import Box

_TABLE = (0.7, 0.4)  # where in the window, by its size, a table of the run surely is
_KEYS = ("Page_Down", "Page_Down", "ctrl+End", "Page_Up", "ctrl+Home") * 3


def scrolled(bench: Bench) -> list[float]:
    """Click into the table, then press the keys, each when all is still: the seconds until it looked different."""
    window = bench.keyboard.geometry(TITLE)
    x, y = (int(begin + size * part) for begin, size, part in zip(window[:2], window[2:], _TABLE, strict=True))
    # From its left edge on: of rows that are much alike only their names differ.
    width = window.width // 4
    rows = Box(x - width, y - 40, 2 * width, 80)
    bench.keyboard.click(x, y)
    taken = []
    for key in _KEYS:
        before = bench.screen.until_still(rows, 0.6)
        pressed = bench.keyboard.press(key)
        painted = bench.screen.until_changed(rows, before, 10.0)
        if painted is None:
            raise NotMeasured(f"the table did not scroll at {key}")
        taken.append(painted - pressed)
    return taken
