"""Pictures of the window in its main states: python -m tests.support.screenshots FOLDER [--size …] [--dark] [--font …].

The runs are scripted folders, the window is the real one. Without a display it draws offscreen.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from neuron_studio.core.environment import Environment
from neuron_studio.core.model_facts import ModelFacts, ModelFile
from neuron_studio.core.model_offers import Offer, hub_offer, local_offer
from neuron_studio.core.request import Request
from neuron_studio.runs.local_models import STARTER_OFFER
from neuron_studio.runs.resources import STARTER_MODEL
from neuron_studio.ui.chart_desk import Kind
from neuron_studio.wire import events, stages
from neuron_studio.wire.errors import StudioError
from neuron_studio.wire.run_folder import RunFolder
from neuron_studio.wire.spec import ModelChoice, SentencePair
from tests.support.scripted_run import (
    FLIPPED,
    LABELS,
    PAIRS,
    ScriptedRun,
    a_beat,
    a_spec,
    an_outcome,
    failed_run,
    finished_run,
    new_run,
)

if TYPE_CHECKING:
    from neuron_studio.ui.studio import Studio

VERSIONS = {"torch": "2.13.0", "transformers": "5.23.0"}


def find() -> Iterator[Environment]:
    """This Python, as a laptop without a device has it."""
    yield Environment(sys.executable, "3.11.7", VERSIONS)


def describe(choice: ModelChoice) -> ModelFacts:
    """The starter model, or the model of the tutorial."""
    config = {
        "architectures": ["BertForSequenceClassification"],
        "model_type": "bert",
        "id2label": dict(enumerate(LABELS)),
        "max_position_embeddings": 512,
    }
    if choice.id == "acme/roberta-large":
        files = (ModelFile("config.json"), ModelFile("model.safetensors", 1_420_000_000))
        return ModelFacts(
            choice.id,
            {**config, "architectures": ["RobertaForMaskedLM"]},
            files,
            parameters=355_000_000,
            licence="mit",
            size=1_420_000_000,
            to_fetch=1_420_000_000,
            free=52_000_000_000,
        )
    parameters = 720_000 if choice.id == str(STARTER_MODEL) else 108_311_810
    files = (ModelFile("model.safetensors"), ModelFile("tokenizer.json"))
    # Whatever the model is called here, its tokens are those of the starter model.
    return ModelFacts(str(STARTER_MODEL), config, files, parameters=parameters, is_folder=True)


def search(text: str) -> Sequence[Offer]:
    """What a hub has for "mrpc"; the numbers are made up."""
    return (
        hub_offer("bert-base-cased-finetuned-mrpc", "text-classification", (), 52_431, 12, 433_000_000),
        hub_offer("Intel/bert-base-uncased-mrpc", "text-classification", (), 3_912, 4, 438_000_000),
        *(
            hub_offer(f"acme/{name}-mrpc", "text-classification", (), downloads, likes, size)
            for name, downloads, likes, size in (
                ("roberta-large", 1_230_000, 430, 1_420_000_000),
                ("deberta-v3-base", 89_400, 31, 738_000_000),
                ("distilbert", 7_020, 3, 268_000_000),
                ("albert-base-v2", 411, 0, 46_700_000),
                ("electra", 9, 0, None),
            )
        ),
        hub_offer("acme/mrpc-sentence-vectors", "sentence-similarity", (), 2_310, 8, 91_000_000),
        hub_offer("acme/t5-mrpc-writer", "text2text-generation", (), 120, 1, 892_000_000),
    )


def here() -> Sequence[Offer]:
    """The shipped model, and a cache with one."""
    return (
        STARTER_OFFER, local_offer("cross-encoder/stsb-roberta-base", "RobertaForSequenceClassification", 499_000_000),
    )  # fmt: skip


def _unplugged(text: str) -> Sequence[Offer]:
    raise StudioError("hub-unreachable", "The hub is out of reach.", "Check the network.")


class Gallery:
    """The window, brought into one state after the other."""

    def __init__(self, studio: Studio, runs: Path, folder: Path) -> None:
        self.studio, self.runs, self.folder = studio, runs, folder

    async def until(self, is_so: Callable[[], object]) -> None:
        """Let the window work until something is the case, and has been painted."""
        for _ in range(1000):
            if is_so():
                break
            await asyncio.sleep(0.02)
        else:
            raise TimeoutError(f"the window never came to {is_so}")
        await asyncio.sleep(0.4)

    async def show(self, run: ScriptedRun) -> None:
        """Open a run, as from the history."""
        self.studio.view.comparison.show_sides(None)
        self.studio.controller.attach(run.folder)
        await self.until(lambda: self.studio.view.phase.text())
        self.studio.view.tabs.setCurrentWidget(self.studio.view.comparison)

    async def charted(self) -> None:
        """Wait for the numbers and their chart."""
        await self.until(lambda: self.studio.view.comparison.pairs.model.rowCount())
        await self.until(lambda: self.studio.view.comparison.charts.view.chart)

    def keep(self, name: str) -> None:
        """Save a picture."""
        self.studio.window.grab().save(str(self.folder / f"{name}.png"))

    async def first_start(self) -> None:
        await self.until(self.studio.bar.start.isEnabled)

    async def choosing(self) -> None:
        self.studio.form.picker.unfold.pressed.emit()
        await self.until(self.studio.form.picker.offers.isVisible)

    async def typing(self) -> None:
        line = self.studio.form.picker.line
        line.setFocus()
        line.selectAll()
        line.insert("mrpc")
        line.textEdited.emit("mrpc")
        await self.until(lambda: "models for" in self.studio.form.picker.offers.state.text())

    async def offline(self) -> None:
        self.studio.search._search = _unplugged
        line = self.studio.form.picker.line
        line.setText("nli")
        line.textEdited.emit("nli")
        await self.until(lambda: "Offline" in self.studio.form.picker.offers.state.text())

    async def unsuited(self) -> None:
        self.studio.form.picker.offers.close_now()
        self.studio.form.show_request(Request(ModelChoice("acme/roberta-large", "v2.1"), PAIRS))
        self.studio.form.settings.sequence_length.setValue(96)
        self.studio.form.settings.sequence_length.setValue(128)
        await self.until(lambda: "Will not" in self.studio.form.picker.verdict.text())

    async def problem(self) -> None:
        self.studio.form.pairs.model.replace_all((*PAIRS[:2], SentencePair("A lonely sentence", "")))
        self.studio.form.settings.sequence_length.setValue(600)
        self.studio.form.settings.neuron_cores.setValue(16)
        await self.until(lambda: not self.studio.bar.start.isEnabled())

    async def tracing(self) -> None:
        self.studio.form.show_request(Request(ModelChoice("bert-base-cased-finetuned-mrpc"), PAIRS))
        self.studio.form.settings.sequence_length.setValue(96)
        self.studio.form.settings.sequence_length.setValue(128)
        on_inf1 = a_spec(backend="torch-neuron")
        for number, seconds in enumerate((61.0, 70.2, 74.8)):
            earlier = new_run(self.runs, on_inf1, f"20261119-1702{number}7-bert-base-cased-finetuned-mrpc")
            earlier.begin(so_far_s=seconds).write(a_beat()).judge(trace_s=seconds).finish()
        run = new_run(self.runs, on_inf1, "20261122-210217-bert-base-cased-finetuned-mrpc").take_lock()
        run.begin(seconds=(0.1, 12.4, 0.1, 1.6), so_far_s=42)
        for number in range(60):
            run.log(f"INFO:Neuron: subgraph {number:3}: fusing attention.output.dense into LayerNorm, 12 operators\n")
        run.write(a_beat())
        self.running = run
        await self.show(run)
        self.studio.view.tabs.setCurrentWidget(self.studio.view.log)
        await self.until(lambda: self.studio.view.log.page.top)

    async def stuck(self) -> None:
        self.running.write(a_beat(silent_s=412.0, idle_s=408.0, cores=0.0))
        await self.until(lambda: "stuck" in self.studio.view.pulse.text())

    async def downloading(self) -> None:
        self.running.release_lock()
        run = new_run(self.runs, name="20261122-210317-bert-base-cased-finetuned-mrpc").take_lock()
        run.begin(stages.LOAD, so_far_s=11).write(events.Progressed(stages.LOAD, 312_000_000, 433_300_000, "bytes"))
        self.running = run
        await self.show(run)

    async def same(self) -> None:
        self.running.release_lock()
        await self.show(finished_run(self.runs, name="20261122-205501-bert-base-cased-finetuned-mrpc"))
        await self.charted()

    async def artifact(self) -> None:
        self.studio.view.tabs.setCurrentWidget(self.studio.view.artifact)
        await self.until(lambda: self.studio.view.artifact.files.toPlainText())

    async def operators(self) -> None:
        self.studio.view.tabs.setCurrentWidget(self.studio.view.operators)
        await self.until(lambda: self.studio.view.operators.model.rowCount())

    async def flipped(self) -> None:
        await self.show(finished_run(self.runs, FLIPPED, "20261122-204903-bert-base-cased-finetuned-mrpc"))
        await self.charted()

    async def invalid(self) -> None:
        outcomes = (*FLIPPED[:2], an_outcome(2, (0.5, 0.1), (float("nan"), 0.1)))
        await self.show(finished_run(self.runs, outcomes, "20261122-203310-bert-base-cased-finetuned-mrpc"))
        await self.charted()

    async def versus(self) -> None:
        names = ("20261122-204903", "20261122-205501")
        first, second = (RunFolder(self.runs / f"{name}-bert-base-cased-finetuned-mrpc") for name in names)
        self.studio.history.compare_asked.emit(first, second)
        await self.until(self.studio.view.comparison.sides.isVisible)
        self.studio.view.comparison.charts.chooser.setCurrentIndex(list(Kind).index(Kind.MARGIN))
        await self.until(lambda: self.studio.view.comparison.charts.view.chart.title == "Margin and error")

    async def deep(self) -> None:
        spec = replace(a_spec(), deep=True)
        run = new_run(self.runs, spec, "20261122-202101-bert-base-cased-finetuned-mrpc").begin(so_far_s=46)
        names = (
            "bert.embeddings",
            *(f"bert.encoder.layer.{number}" for number in range(12)),
            "bert.pooler",
            "classifier",
        )
        sizes = [40.0 + 3 * place for place in range(13)] + [19.0, 4.1]
        errors = [0.004 * size * (30 if place > 7 else 1) for place, size in enumerate(sizes)]
        layers = [
            events.LayerError(name, error, 0.0045 * size, size)
            for name, error, size in zip(names, errors, sizes, strict=True)
        ]
        run.judge(FLIPPED).write(events.LayersCompared(4, tuple(layers))).finish()
        await self.show(run)
        await self.charted()
        self.studio.view.comparison.charts.chooser.setCurrentIndex(list(Kind).index(Kind.LAYERS))
        await self.until(lambda: "layer" in self.studio.view.comparison.charts.view.chart.title.casefold())

    async def failed(self) -> None:
        await self.show(failed_run(self.runs, "20261121-173044-cross-encoder-nli-deberta-v3-base"))
        self.studio.view.tabs.setCurrentWidget(self.studio.view.log)
        await self.until(lambda: self.studio.view.card.isVisible())

    async def compiled_only(self) -> None:
        spec = a_spec(PAIRS[:2], backend="torch-neuron")
        run = new_run(self.runs, spec, "20261120-101500-bert-base-cased-finetuned-mrpc").begin(so_far_s=46)
        outcomes = [replace(outcome, neuron=()) for outcome in FLIPPED[:2]]
        await self.show(run.judge(outcomes).finish())

    async def reattached(self) -> None:
        self.studio.controller.detach()
        run = new_run(self.runs, name="20261122-210917-bert-base-cased-finetuned-mrpc").take_lock()
        run.begin(so_far_s=42).write(a_beat())
        self.running = run
        self.studio.returning_run.begin()
        await self.until(self.studio.place.notice.isVisible)
        self.studio.view.tabs.setCurrentWidget(self.studio.view.comparison)
        await asyncio.sleep(0.4)

    async def history(self) -> None:
        self.studio.view.tabs.setCurrentWidget(self.studio.history)
        await self.until(lambda: self.studio.history.model.rowCount() > 4)

    @property
    def scenes(self) -> Sequence[Callable[[], Awaitable[None]]]:
        """The states in the order in which the window goes through them."""
        return (self.first_start, self.choosing, self.typing, self.offline, self.unsuited, self.problem, self.tracing,
                self.stuck, self.downloading, self.same, self.operators, self.artifact, self.flipped, self.invalid,
                self.versus, self.deep, self.failed, self.compiled_only, self.reattached, self.history)  # fmt: skip


async def take_all(gallery: Gallery) -> None:
    """One picture of each state."""
    for number, scene in enumerate(gallery.scenes, start=1):
        await scene()
        gallery.keep(f"{number:02}-{scene.__name__.replace('_', '-')}")
    gallery.studio.window.close_now()


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", default="1180x760")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--font", type=float, help="the desktop's font size in points")
    wanted = parser.parse_args()
    wanted.folder.mkdir(parents=True, exist_ok=True)
    if not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as places:
        for name in ("DATA", "CONFIG"):
            os.environ[f"NEURON_STUDIO_{name}"] = str(Path(places, name.lower()))
        _take(wanted.folder, tuple(map(int, wanted.size.split("x"))), wanted.dark, wanted.font)


def _take(folder: Path, size: tuple[int, ...], is_dark: bool, points: float | None) -> None:
    from PySide6.QtGui import QColor, QPalette
    from PySide6.QtWidgets import QApplication
    from qasync import QEventLoop

    from neuron_studio.runs.store import RunStore
    from neuron_studio.ui import theme
    from neuron_studio.ui.environment_finder import EnvironmentFinder
    from neuron_studio.ui.model_search import ModelSearch
    from neuron_studio.ui.preparation import Preparation
    from neuron_studio.ui.studio import Studio

    app = QApplication(["neuron-studio"])
    if is_dark:
        app.setPalette(QPalette(QColor("#2f3136"), QColor("#26282c")))
    if points:
        font = app.font()
        font.setPointSizeF(points)
        app.setFont(font)
    theme.apply(app)
    loop = QEventLoop(app)

    app.setQuitOnLastWindowClosed(False)
    store = RunStore()
    request = Request(ModelChoice(str(STARTER_MODEL)))
    finder = EnvironmentFinder(find, lambda python: next(find()), lambda environment: environment)
    studio = Studio(store, finder, Preparation(request, describe), ModelSearch(search, here))
    studio.controller.keep_warm = lambda python: None  # type: ignore[method-assign]
    studio.window.resize(*size)
    studio.window.show()
    loop.run_until_complete(take_all(Gallery(studio, store.root, folder)))
    loop.close()


if __name__ == "__main__":
    main()
