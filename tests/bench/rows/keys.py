"""How long a letter takes from the key to the screen, over a slow link, while the log goes on."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.bench.bench import Bench
from tests.bench.desk import TITLE, Desk, NotMeasured
from tests.bench.display import ROOT, Box, Meter, alternating
from tests.bench.verdict import Row, at_most, milliseconds, ratio
from tests.support.scripted_run import ScriptedRun, a_spec, new_run

WHAT = "key press to painted letter, 2 Mbit/s and 50 ms round trip, packed as by -C, 50 log lines a second"
_LINK = ("--rate-mbit", "2", "--delay-ms", "25", "--compressed")
_LINES_PER_SECOND = 50
_LOG_PAGE = (0.7, 0.65)  # where in the window, by its size, the page of the log surely is
_ROUNDS = 3
_KEYS = 12  # in each round; an even number, so that the field is left as it was found
_LOST_S = 8.0
_FILLED_S = 6.0
_PAINTED_S = 3.0
_LARGEST_LETTER = 40


def measure(bench: Bench) -> Row:
    """Quiet, talking, quiet, talking …, in one window, which shows the log of a run."""
    quiet, talking = [], []
    with bench.desk() as desk, Meter(bench.screen, *_LINK) as meter:
        desk.is_forwarded = True
        run = new_run(desk.store.root, a_spec()).take_lock().begin()
        with desk.open(meter.name) as window:
            window.take_keys(bench.keyboard)
            cell = _ready_to_type(bench)
            for _ in range(_ROUNDS):
                quiet += _typed(bench, cell)
                with _talking(desk, run):
                    time.sleep(_FILLED_S)
                    talking += _typed(bench, cell)
                time.sleep(_PAINTED_S)
        run.release_lock()
    subject, baseline = milliseconds(talking), milliseconds(quiet)
    claims = (
        ratio("median, talking against quiet", subject, baseline, 1.5),
        at_most("worst while talking", subject.worst, 1000.0, "ms", f"quiet: {baseline.worst:.0f} ms"),
    )
    return Row("keys", WHAT, claims, _note(talking), (("talking", subject), ("quiet", baseline)))


def _note(talking: list[float]) -> str:
    lost = sum(seconds >= _LOST_S for seconds in talking)
    return f"{lost} of {len(talking)} letters took longer than {_LOST_S:g} s" if lost else "a link without an sshd"


def _ready_to_type(bench: Bench) -> Box:
    """Put the keyboard into the log's search field; the place where its third letter appears."""
    window = bench.keyboard.geometry(TITLE)
    bench.keyboard.press("ctrl+2")
    time.sleep(_PAINTED_S)
    x, y = (int(begin + size * part) for begin, size, part in zip(window[:2], window[2:], _LOG_PAGE, strict=True))
    bench.keyboard.click(x, y)
    bench.keyboard.press("ctrl+f", "m", "m")
    without, shown = [], []
    for key, pictures in (("m", without), ("BackSpace", shown)) * 3:
        time.sleep(_PAINTED_S)
        pictures.append(bench.screen.pixels(window))
        bench.keyboard.press(key)
    time.sleep(_PAINTED_S)
    found = alternating(without, shown, window)
    if found is None or max(found.width, found.height) > _LARGEST_LETTER:
        raise NotMeasured(f"no letter appeared in the log's search field: {found}")
    # The blinking cursor stands at either edge of the letter.
    return Box(found.x + 2, found.y, max(1, found.width - 5), found.height)


def _typed(bench: Bench, cell: Box) -> list[float]:
    """A letter and its removal by turns, at a person's pace, each until the screen shows it."""
    pause = random.Random(7)
    taken = []
    for number in range(_KEYS):
        time.sleep(pause.uniform(0.25, 0.7))
        before = bench.screen.pixels(cell)
        pressed = bench.keyboard.press("BackSpace" if number % 2 else "m")
        painted = bench.screen.until_changed(cell, before, _LOST_S)
        taken.append(_LOST_S if painted is None else painted - pressed)
    return taken


@contextmanager
def _talking(desk: Desk, run: ScriptedRun) -> Iterator[None]:
    command = [sys.executable, "-m", "tests.bench.programs.talk", "1000000", str(_LINES_PER_SECOND)]
    with open(run.folder.log_file, "ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log)
    try:
        yield
    finally:
        process.terminate()
        process.wait()
