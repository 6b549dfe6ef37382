"""Nothing is cut, overlaps or is blown up: on a small screen, with a large font, and where a point is four pixels."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def a_screen(folder: Path, width: int, height: int) -> str:
    """The offscreen platform with a screen of so many pixels."""
    screen = {"name": "one", "x": 0, "y": 0, "width": width, "height": height,
              "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}  # fmt: skip
    path = folder / "screen.json"
    path.write_text(json.dumps({"screens": [screen], "windowFrameMargins": False}))
    return f"offscreen:configfile={path}"


@pytest.mark.parametrize(
    ("pixels", "scale", "sizes", "choices"),
    [((1920, 1080), "2", ("1022x738", "958x510"), ()), ((1024, 768), "1", ("1022x738",), ("--font", "14", "--dark"))],
)
def test_that_every_state_of_the_window_can_be_read(
    tmp_path: Path, pixels: tuple[int, int], scale: str, sizes: tuple[str, ...], choices: tuple[str, ...]
) -> None:
    # The scale of a screen is read when Qt starts, and a process has one Qt.
    scaled = {**os.environ, "QT_SCALE_FACTOR": scale, "QT_QPA_PLATFORM": a_screen(tmp_path, *pixels)}
    scaled.pop("DISPLAY", None)
    looked = subprocess.run(
        [sys.executable, "-m", "tests.support.screenshots", str(tmp_path), "--faults", "--size", *sizes, *choices],
        cwd=ROOT, env=scaled, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert looked.stdout.splitlines() == [f"23 states at {size}, {scale} pixels a point" for size in sizes]
