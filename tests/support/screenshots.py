"""Pictures of the window in its main states: python -m tests.support.screenshots FOLDER [--size …] [--dark] [--font …].

The runs are scripted folders, the window is the real one. Without a display it draws offscreen; with --faults it
draws nothing and prints what cannot be read or overlaps, a line each, and in the end how large the window was.
"""

from __future__ import annotations

import argparse
import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.posing import dressed, own_places

if TYPE_CHECKING:
    from neuron_studio.runs.store import RunStore
    from neuron_studio.ui.studio import Studio
    from tests.support.gallery import Gallery

Size = tuple[int, int]
_SETTLED_S = 0.4
# What is asked of a window is known before it is painted.
_LAID_OUT_S = 0.05


async def visit(gallery: Gallery, sizes: Sequence[Size], keep: Callable[[str], None]) -> None:
    """Keep each state in every size, under its number and name."""
    window = gallery.studio.window
    for number, scene in enumerate(gallery.scenes, start=1):
        await scene()
        for size in sizes:
            if (window.width(), window.height()) != size:
                window.resize(*size)
                await asyncio.sleep(gallery.settle_s)
            keep(f"{number:02}-{scene.__name__.replace('_', '-')}")
    gallery.shown.close()
    window.close_now()


def main() -> None:
    """Take the pictures, or look for faults."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", nargs="+", type=_size, default=[(1180, 760)])
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--font", type=float, help="the desktop's font size in points")
    parser.add_argument("--faults", action="store_true", help="print what is wrong instead of drawing")
    wanted = parser.parse_args()
    wanted.folder.mkdir(parents=True, exist_ok=True)
    with own_places():
        _go_round(wanted)


def _size(text: str) -> Size:
    width, height = map(int, text.split("x"))
    return width, height


def _go_round(wanted: argparse.Namespace) -> None:
    from qasync import QEventLoop

    from neuron_studio.runs.store import RunStore
    from tests.support.faults_in_sight import faults
    from tests.support.gallery import Gallery

    loop = QEventLoop(dressed(wanted.dark, wanted.font))
    store = RunStore()
    studio = _open(store, wanted.size[0])
    gallery = Gallery(studio, store.root, _LAID_OUT_S if wanted.faults else _SETTLED_S)
    seen: Counter[str] = Counter()

    def keep(name: str) -> None:
        size = f"{studio.window.width()}x{studio.window.height()}"
        seen[f"{size}, {studio.window.devicePixelRatio():g} pixels a point"] += 1
        if wanted.faults:
            for fault in faults(gallery.shown):
                print(f"{name} at {size}: {fault}")
        else:
            suffix = f"-{size}" if len(wanted.size) > 1 else ""
            gallery.shown.grab().save(str(wanted.folder / f"{name}{suffix}.png"))

    loop.run_until_complete(visit(gallery, wanted.size, keep))
    loop.close()
    for size, count in seen.items():
        print(f"{count} states at {size}")


def _open(store: RunStore, size: Size) -> Studio:
    from neuron_studio.core.request import Request
    from neuron_studio.runs.resources import STARTER_MODEL
    from neuron_studio.ui.environment_finder import EnvironmentFinder
    from neuron_studio.ui.model_search import ModelSearch
    from neuron_studio.ui.preparation import Preparation
    from neuron_studio.ui.studio import Studio
    from neuron_studio.wire.spec import ModelChoice
    from tests.support.pictured_answers import describe, find, here, search

    finder = EnvironmentFinder(find, lambda python: next(find()), lambda environment: environment)
    preparation = Preparation(Request(ModelChoice(str(STARTER_MODEL))), describe)
    studio = Studio(store, finder, preparation, ModelSearch(search, here))
    studio.controller.keep_warm = lambda python: None  # type: ignore[method-assign]
    studio.window.resize(*size)
    studio.window.show()
    return studio


if __name__ == "__main__":
    main()
