"""The states of the window that are looked at, each reached from the one before."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QWidget

from neuron_studio.core.doctor import Examination, Host
from neuron_studio.core.request import Request
from neuron_studio.ui.chart_desk import Kind
from neuron_studio.ui.doctor_dialog import DoctorDialog
from neuron_studio.wire import events, stages
from neuron_studio.wire.machine import Machine
from neuron_studio.wire.run_folder import RunFolder
from neuron_studio.wire.spec import ModelChoice, SentencePair
from tests.support.pictured_answers import VERSIONS, find, unplugged
from tests.support.scripted_run import (
    FLIPPED,
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

_WITH_BROKEN_ROWS = """first,second,expected
The museum opens at ten.,The museum is open from ten on.,paraphrase
The museum opens at ten.,The museum is closed on Mondays.,not paraphrase
,A second sentence without a first.,paraphrase
only one cell
"""


class Gallery:
    """The window, brought into one state after the other."""

    def __init__(self, studio: Studio, runs: Path, settle_s: float) -> None:
        """Every state is given so long to be painted after it was reached."""
        self.studio, self.runs, self.settle_s = studio, runs, settle_s
        self.shown: QWidget = studio.window

    async def until(self, is_so: Callable[[], object]) -> None:
        """Let the window work until something is the case, and has been painted."""
        for _ in range(1000):
            if is_so():
                break
            await asyncio.sleep(0.02)
        else:
            raise TimeoutError(f"the window never came to {is_so}")
        await asyncio.sleep(self.settle_s)

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
        self.studio.search._search = unplugged
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
        await asyncio.sleep(self.settle_s)

    async def history(self) -> None:
        self.studio.view.tabs.setCurrentWidget(self.studio.history)
        await self.until(lambda: self.studio.history.model.rowCount() > 4)

    async def keys_dialog(self) -> None:
        self.studio.place.help.click()
        self.shown = self.studio.window.findChild(QDialog, "keys")
        await self.until(self.shown.isVisible)

    async def doctor_dialog(self) -> None:
        self._put_away()
        host = Host(sys.executable, "3.11.7", "Ubuntu 22.04", {"PySide6_Essentials": "6.11.3"}, Machine())
        placeholder = {**VERSIONS, "torch-neuron": "1.0"}
        seen = Examination(host, (*find(), replace(next(find()), versions=placeholder)), is_whole=True)
        dialog = DoctorDialog(lambda: iter((seen,)), lambda examination: "", self.studio.window)
        self.shown = dialog
        dialog.open_or_raise()
        await self.until(dialog.copy.isEnabled)

    async def import_dialog(self) -> None:
        self._put_away()
        path = self.runs.parent / "museum.csv"
        path.write_text(_WITH_BROKEN_ROWS)
        self.studio.form.pairs.file_chosen.emit(path)
        self.shown = self.studio.window.findChild(QDialog, "import")
        await self.until(self.shown.start.isEnabled)

    def _put_away(self) -> None:
        self.shown.close()
        self.shown = self.studio.window

    @property
    def scenes(self) -> Sequence[Callable[[], Awaitable[None]]]:
        """The states in the order in which the window goes through them."""
        return (self.first_start, self.choosing, self.typing, self.offline, self.unsuited, self.problem, self.tracing,
                self.stuck, self.downloading, self.same, self.operators, self.artifact, self.flipped, self.invalid,
                self.versus, self.deep, self.failed, self.compiled_only, self.reattached, self.history,
                self.keys_dialog, self.doctor_dialog, self.import_dialog)  # fmt: skip
