"""The README's two pictures, of a run that is real: python -m tests.support.readme_pictures FOLDER.

The shipped model is compiled for an emulated Inf1 with a comparison layer by layer; the numbers are what came out.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.posing import dressed, own_places

if TYPE_CHECKING:
    from neuron_studio.ui.studio import Studio

SIZE = (1180, 760)
PAIRS = (
    ("The train to Oslo leaves at nine.", "At nine the train to Oslo departs.", "paraphrase"),
    ("The train to Oslo leaves at nine.", "The train to Bergen leaves at ten.", "not paraphrase"),
    ("She sold her old bicycle to a neighbour.", "Her neighbour bought her old bicycle.", "paraphrase"),
    ("She sold her old bicycle to a neighbour.", "She bought an old bicycle in town.", "not paraphrase"),
    ("The shop opens every day except Sunday.", "Every day but Sunday the shop is open.", "paraphrase"),
    ("The shop opens every day except Sunday.", "The museum is closed on Mondays.", "not paraphrase"),
)


async def take(studio: Studio, folder: Path) -> None:
    """Press the button, wait for the end, and keep the answer for a pair and for the layers."""
    from neuron_studio.ui.chart_desk import Kind

    await _until(studio.bar.start.isEnabled)
    studio.bar.start.click()
    await _until(lambda: studio.view.phase.text().startswith(("finished", "failed")))
    comparison = studio.view.comparison
    await _until(lambda: comparison.pairs.model.total == len(PAIRS))
    for kind, name in ((Kind.PAIR, "finished"), (Kind.LAYERS, "layers")):
        comparison.charts.chooser.setCurrentIndex(list(Kind).index(kind))
        studio.view.lead_to_comparison()
        await asyncio.sleep(1.0)  # for what is still to be counted and painted
        studio.window.grab().save(str(folder / f"{name}.png"))
    studio.window.close_now()


async def _until(is_so: Callable[[], bool]) -> None:
    while not is_so():
        await asyncio.sleep(0.05)


def main() -> None:
    """Take both pictures."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with own_places():
        _take(folder)


def _take(folder: Path) -> None:
    from qasync import QEventLoop

    from neuron_studio.core.request import Request
    from neuron_studio.runs import environments
    from neuron_studio.runs.models import describe
    from neuron_studio.runs.resources import STARTER_MODEL
    from neuron_studio.ui.environment_finder import EnvironmentFinder
    from neuron_studio.ui.preparation import Preparation
    from neuron_studio.ui.studio import Studio
    from neuron_studio.wire.spec import ModelChoice, SentencePair

    loop = QEventLoop(dressed())
    request = Request(ModelChoice(str(STARTER_MODEL)), tuple(SentencePair(*pair) for pair in PAIRS), deep=True)
    finder = EnvironmentFinder(lambda: iter([environments.probe(sys.executable)]))
    studio = Studio(finder=finder, preparation=Preparation(request, describe))
    studio.controller.keep_warm = lambda python: None  # type: ignore[method-assign]
    studio.form.show_request(request)
    studio.window.resize(*SIZE)
    studio.window.show()
    loop.run_until_complete(take(studio, folder))
    loop.close()


if __name__ == "__main__":
    main()
