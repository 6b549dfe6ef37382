"""The whole window: what is asked, what is shown, and what survives it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from neuron_studio.core.request import DEFAULT_PAIRS, Request
from neuron_studio.runs import added_environments, worker_lock
from neuron_studio.runs.local_models import STARTER_TITLE
from neuron_studio.runs.pair_files.reading import read_pairs
from neuron_studio.runs.resources import STARTER_MODEL
from neuron_studio.ui import settings
from neuron_studio.ui.import_dialog import ImportDialog
from neuron_studio.ui.models.comparison_model import Column
from neuron_studio.ui.studio import Studio
from neuron_studio.wire import events
from neuron_studio.wire.spec import ModelChoice, SentencePair
from tests.support.scripted_run import FLIPPED, SAME, failed_run, finished_run, new_run
from tests.support.scripted_worker import ROOT, scripted_python
from tests.ui.conftest import Desk, Run, an_environment, until

START = Request(ModelChoice(str(STARTER_MODEL)))


async def ready(desk: Desk, request: Request | None = None) -> Studio:
    """The window, once a run could start."""
    studio = desk.open(request)
    await until(studio.bar.start.isEnabled)
    return studio


def test_that_the_first_start_is_ready_with_the_starter_model_and_the_two_pairs(desk: Desk, run: Run) -> None:
    studio = run(ready(desk))
    assert studio.form.picker.line.text() == STARTER_TITLE
    assert studio.form.pairs.model.pairs == DEFAULT_PAIRS
    assert studio.bar.environment.currentText().startswith("This Python · ")
    assert studio.bar.reason.text() == ""
    assert desk.warmed == [sys.executable]


def test_that_one_click_ends_in_a_verdict_and_a_bundle(desk: Desk, run: Run, tmp_path: Path, qtbot: QtBot) -> None:
    desk.environments = [an_environment(scripted_python(tmp_path))]

    async def scene() -> None:
        studio = await ready(desk)
        shown = []
        studio.view.tabs.currentChanged.connect(lambda tab: shown.append(studio.view.tabs.widget(tab)))
        qtbot.mouseClick(studio.bar.start, Qt.MouseButton.LeftButton)
        assert not studio.bar.start.isEnabled()
        assert studio.bar.reason.text() == "A run is going on."
        await until(lambda: studio.view.phase.text().startswith("finished"))
        assert shown == [studio.view.log, studio.view.comparison]
        assert studio.view.comparison.head.verdict.text() == "✓ SAME DECISIONS"
        assert studio.view.badge.isVisible()
        assert studio.window.windowTitle() == "✓ same – Neuron Studio"
        assert studio.bar.start.isEnabled()
        studio.view.tabs.setCurrentWidget(studio.view.artifact)
        await until(lambda: studio.view.artifact.files.toPlainText())
        assert studio.view.artifact.verified.text().startswith("✓ Reproduced")

    run(scene())


def test_that_a_start_that_fails_leaves_no_other_run_in_its_place(desk: Desk, run: Run, qtbot: QtBot) -> None:
    async def scene() -> None:
        studio = await ready(desk)
        studio.controller.attach(finished_run(desk.store.root).folder)
        await until(lambda: studio.view.phase.text().startswith("finished"))
        shutil.rmtree(desk.store.root)
        desk.store.root.write_text("in the way")
        qtbot.mouseClick(studio.bar.start, Qt.MouseButton.LeftButton)
        await until(studio.place.card.isVisible)
        assert studio.view.title.text() == "No run yet"
        assert studio.view.phase.text() == ""
        assert studio.bar.start.isEnabled()

    run(scene())


def test_that_escape_stops_a_run_and_the_window_is_ready_again(
    desk: Desk, run: Run, tmp_path: Path, qtbot: QtBot
) -> None:
    desk.environments = [an_environment(scripted_python(tmp_path, "linger"))]

    async def scene() -> None:
        studio = await ready(desk)
        qtbot.mouseClick(studio.bar.start, Qt.MouseButton.LeftButton)
        await until(lambda: studio.place.strip.cells["trace"].title.text() == "▸ trace")
        qtbot.mouseClick(studio.bar.stop, Qt.MouseButton.LeftButton)
        await until(lambda: studio.view.phase.text().startswith("stopped"))
        assert studio.bar.start.isEnabled()
        assert not studio.bar.stop.isEnabled()
        assert studio.place.strip.cells["trace"].title.text() == "■ trace"

    run(scene())


def test_that_a_problem_disables_the_start_and_stands_beside_its_field(desk: Desk, run: Run) -> None:
    async def scene() -> None:
        studio = await ready(desk)
        studio.form.pairs.model.insert(2, [SentencePair("alone", "")])
        assert not studio.bar.start.isEnabled()
        assert studio.bar.reason.text() == "Pair 3 has an empty second sentence."
        assert studio.form.pairs.problem.isVisible()
        studio.form.pairs.model.remove([2])
        assert studio.bar.start.isEnabled()
        assert not studio.form.pairs.problem.isVisible()

    run(scene())


def test_that_the_trace_example_is_chosen_in_the_table_and_remembered(desk: Desk, run: Run) -> None:
    async def scene() -> None:
        studio = await ready(desk)
        studio.form.pairs.model.trace_with(1)
        assert studio.preparation.spec().trace_pair == 1
        await desk.close()
        again = await ready(desk, settings.load().request)
        assert again.form.pairs.model.trace_pair == 1

    run(scene())


def test_that_a_pair_that_is_no_text_is_refused_with_its_row_and_kept(desk: Desk, run: Run) -> None:
    async def scene() -> None:
        studio = await ready(desk)
        studio.form.pairs.model.insert(2, [SentencePair("nul\0", "half\ud800")])
        assert studio.bar.reason.text().startswith("Pair 3: the first sentence holds a NUL character")
        assert studio.form.pairs.model.pairs[2] == SentencePair("nul\0", "half\ud800")

    run(scene())


def test_that_closing_leaves_the_run_running_after_one_question(
    desk: Desk, run: Run, tmp_path: Path, qtbot: QtBot
) -> None:
    desk.environments = [an_environment(scripted_python(tmp_path, "linger"))]

    async def scene() -> None:
        studio = await ready(desk)
        qtbot.mouseClick(studio.bar.start, Qt.MouseButton.LeftButton)
        await until(lambda: studio.place.strip.cells["trace"].title.text() == "▸ trace")
        folder, process = studio.controller.folder, next(iter(studio.controller._processes.values()))
        studio.window.close()
        assert studio.window.isVisible()
        question = studio.window.findChild(QMessageBox)
        assert question.text() == "The run goes on in the background; start neuron-studio again to see it."
        answer = next(found for found in question.findChildren(QPushButton) if found.text() == "Close the window")
        qtbot.mouseClick(answer, Qt.MouseButton.LeftButton)
        await until(lambda: not studio.window.isVisible())
        assert worker_lock.is_held(folder)
        again = desk.open()
        await until(lambda: again.place.strip.cells["trace"].title.text() == "▸ trace")
        assert again.controller.folder == folder
        assert again.place.notice.isVisible()
        again.view.tabs.setCurrentWidget(again.view.log)
        await until(lambda: again.view.log.page._count == 1)
        again.controller.stop()
        await until(lambda: again.view.phase.text().startswith("stopped"))
        process.wait()

    run(scene())


def test_that_a_run_that_ended_while_the_window_was_away_is_shown(desk: Desk, run: Run) -> None:
    finished_run(desk.store.root, name="20261122-205502-later")
    done = finished_run(desk.store.root, FLIPPED, "20261122-205501-mine")
    settings.save(settings.Memory(run=done.folder.name))

    async def scene() -> None:
        studio = await ready(desk)
        await until(lambda: studio.view.comparison.head.verdict.text() == "✗ FLIPPED")
        assert studio.place.notice._message.text() == "This run ended while the window was closed."

    run(scene())


def test_that_finished_runs_are_left_alone_at_a_start(desk: Desk, run: Run) -> None:
    finished_run(desk.store.root)

    async def scene() -> None:
        studio = await ready(desk)
        assert studio.controller.folder is None
        assert not studio.place.notice.isVisible()

    run(scene())


def test_that_several_runs_that_go_on_are_all_told_of(desk: Desk, run: Run) -> None:
    going = [new_run(desk.store.root, name=f"20261122-20550{number}-x").take_lock().begin() for number in range(3)]

    async def scene() -> None:
        studio = desk.open()
        await until(lambda: studio.view.phase.text() == "running")
        assert studio.controller.folder == going[2].folder
        assert studio.place.notice._message.text() == "2 more runs go on in the background."
        studio.place.notice._action.click()
        await until(lambda: studio.history.model.rowCount() == 3)

    run(scene())
    for each in going:
        each.write(events.RunStopped("trace")).release_lock()


def test_that_a_past_run_opens_from_the_history_with_its_failure(desk: Desk, run: Run) -> None:
    failed_run(desk.store.root)

    async def scene() -> None:
        studio = await ready(desk)
        studio.view.tabs.setCurrentWidget(studio.history)
        await until(lambda: studio.history.model.rowCount() == 1)
        studio.history._open.click()
        await until(studio.view.card.isVisible)
        said = studio.view.card.as_text()
        assert "Failed during trace" in said
        assert "The compiler was killed (signal 9)" in said
        assert "It was said: Compile command returned: -9" in said
        assert "an instance with 32 GB of memory or more" in said
        assert studio.view.tabs.currentWidget() is studio.view.comparison
        assert studio.view.badge.isVisible()
        assert studio.bar.start.isEnabled()

    run(scene())


def test_that_the_form_comes_back_at_the_next_start(desk: Desk, run: Run) -> None:
    async def scene() -> None:
        studio = await ready(desk)
        studio.form.settings.sequence_length.setValue(96)
        studio.form.settings.target.setCurrentIndex(studio.form.settings.target.findData("inf2"))
        studio.form.pairs.model.replace_all((SentencePair("one", "two", "paraphrase"),))
        studio.window.resize(1100, 700)
        await desk.close()
        again = await ready(desk, settings.load().request)
        assert again.form.settings.sequence_length.value() == 96
        assert again.form.settings.target.currentData() == "inf2"
        assert again.form.pairs.model.pairs == (SentencePair("one", "two", "paraphrase"),)
        assert again.window.height() == 700

    run(scene())


def test_that_the_remembered_environment_is_taken_though_another_is_found_first(desk: Desk, run: Run) -> None:
    settings.save(settings.Memory(python="/opt/mine/bin/python"))
    desk.environments = [an_environment("/opt/other/bin/python"), an_environment("/opt/mine/bin/python")]

    async def scene() -> None:
        studio = await ready(desk)
        await until(lambda: studio.bar.environment.currentText().startswith("mine · "))
        assert desk.warmed[-1] == "/opt/mine/bin/python"

    run(scene())


def test_that_pairs_are_imported_into_the_untouched_form_and_added_to_a_used_one(
    desk: Desk, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "pairs.tsv").write_text("sentence1\tsentence2\na\tb\nc\td\nlonely\n")

    async def scene() -> None:
        studio = await ready(desk)
        for count in (2, 4):
            studio.form.pairs.file_chosen.emit(tmp_path / "pairs.tsv")
            (dialog,) = studio.window.findChildren(ImportDialog)
            await until(dialog.start.isEnabled)
            dialog.start.click()
            assert studio.form.pairs.model.rowCount() == count
            assert studio.form.pairs.model.pairs[0] == SentencePair("a", "b")
            assert studio.form.pairs.table.selected_rows == (count - 2, count - 1)
            await until(lambda: not studio.window.findChildren(ImportDialog))
        said = studio.place.notice._message.text()
        assert said == "2 pairs imported from pairs.tsv; 1 broken row left out."

    run(scene())


def test_that_pairs_are_exported_and_a_refusal_is_a_card(
    desk: Desk, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        studio = await ready(desk)
        monkeypatch.setattr("sys.excepthook", studio.show_error)
        studio.form.pairs.export_chosen.emit(tmp_path / "pairs.jsonl")
        await until(lambda: "exported into" in studio.place.notice._message.text())
        assert read_pairs(tmp_path / "pairs.jsonl")[1].pairs == studio.form.pairs.model.pairs
        studio.form.pairs.model.insert(0, [SentencePair("two\nlines", "b")])
        studio.form.pairs.export_chosen.emit(tmp_path / "pairs.tsv")
        await until(lambda: "Pair 1 holds a tab or a line end" in studio.place.card.as_text())
        assert not (tmp_path / "pairs.tsv").exists()

    run(scene())


def test_that_a_failure_in_the_window_becomes_a_card_and_not_the_end(desk: Desk, run: Run) -> None:
    async def scene() -> None:
        studio = await ready(desk)
        try:
            raise KeyError("a slip")
        except KeyError as error:
            studio.show_error(type(error), error, error.__traceback__)
        assert "KeyError: 'a slip'" in studio.place.card.as_text()
        assert "test_studio.py" in studio.place.card.as_text()
        assert studio.bar.start.isEnabled()

    run(scene())


def test_that_notes_of_a_run_are_in_sight(desk: Desk, run: Run) -> None:
    note = events.Noted("truncated", "1 pair was cut to 128 tokens.", "Choose a longer sequence.")
    noted = new_run(desk.store.root).take_lock().begin().write(note)

    async def scene() -> None:
        studio = desk.open()
        await until(studio.view.notes.isVisible)
        assert studio.view.notes.text() == "⚠ 1 pair was cut to 128 tokens. Choose a longer sequence."

    run(scene())
    noted.write(events.RunStopped("trace")).release_lock()


def test_that_emulated_is_said_on_every_tab_and_not_of_a_real_run(desk: Desk, run: Run) -> None:
    emulated = finished_run(desk.store.root, SAME, "20261122-205501-a")
    real = finished_run(desk.store.root, SAME, "20261122-205502-b")
    spec = json.loads(real.folder.spec_file.read_text())
    spec["target"]["backend"] = "torch-neuron"
    real.folder.spec_file.write_text(json.dumps(spec))

    async def scene() -> None:
        studio = await ready(desk)
        for each, is_emulated in ((emulated, True), (real, False)):
            studio.controller.attach(each.folder)
            await until(lambda: studio.view.phase.text().startswith("finished"))
            for tab in range(studio.view.tabs.count()):
                studio.view.tabs.setCurrentIndex(tab)
                assert studio.view.badge.isVisible() is is_emulated

    run(scene())


def test_that_the_first_window_is_no_larger_than_its_screen(desk: Desk, run: Run) -> None:
    async def scene() -> None:
        window = (await ready(desk)).window
        available = window.screen().availableGeometry()
        assert window.frameGeometry().height() <= available.height()
        assert window.width() <= max(available.width(), window.minimumSizeHint().width())

    run(scene())


@pytest.mark.parametrize("size", [(1024, 738), (1180, 760), (1920, 1050)])
def test_that_nothing_is_cut_off_at_this_size(desk: Desk, run: Run, size: tuple[int, int]) -> None:
    async def scene() -> None:
        studio = await ready(desk)
        studio.window.resize(*size)
        await until(lambda: (studio.window.width(), studio.window.height()) == size)
        inside = studio.form.widget()
        assert inside.minimumSizeHint().width() <= studio.form.viewport().width()
        studio.form.settings.sequence_length.setValue(600)
        studio.form.settings.neuron_cores.setValue(16)
        studio.form.pairs.model.insert(2, [SentencePair("alone", "")])
        await until(lambda: len([label for label in studio.form.settings._problems if label.isVisible()]) == 2)
        assert inside.minimumSizeHint().height() <= studio.form.viewport().height()

    run(scene())


# What the first paint does not need: libraries, the other commands, and dialogs and charts that nobody sees yet.
AFTER_THE_FIRST_PAINT = {
    *("torch", "transformers", "numpy", "huggingface_hub", "tokenizers", "importlib.metadata", "statistics"),
    *("neuron_studio.cli.render", "neuron_studio.cli.compile_command", "neuron_studio.core.report"),
    *("neuron_studio.ui.doctor_dialog", "neuron_studio.runs.doctor", "neuron_studio.core.redaction"),
    *("neuron_studio.ui.import_dialog", "neuron_studio.core.charts", "neuron_studio.ui.widgets.chart_painting"),
}


def test_that_the_first_paint_waits_for_nothing_that_it_does_not_need() -> None:
    script = (
        "import sys\n"
        "import neuron_studio.cli.main\n"
        "from PySide6.QtWidgets import QApplication\n"
        "app = QApplication([])\n"
        "from neuron_studio.ui.studio import Studio\n"
        "studio = Studio()\n"
        "studio.place.painted.disconnect()\n"
        "studio.place.painted.connect(lambda title: (print(*sys.modules, sep='\\n'), app.quit()))\n"
        "studio.window.show()\n"
        "app.exec()\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=False)
    imported = set(done.stdout.split())
    assert "neuron_studio.ui.studio" in imported, done.stderr
    assert not AFTER_THE_FIRST_PAINT & imported


def test_that_a_changed_request_is_on_disk_before_a_run_begins(
    desk: Desk, run: Run, tmp_path: Path, qtbot: QtBot
) -> None:
    desk.environments = [an_environment(scripted_python(tmp_path, "linger"))]

    async def scene() -> None:
        studio = await ready(desk, replace(START, sequence_length=64))
        studio.form.settings.sequence_length.setValue(72)
        qtbot.mouseClick(studio.bar.start, Qt.MouseButton.LeftButton)
        await until(lambda: settings.load().run is not None)
        assert settings.load().request.sequence_length == 72
        assert settings.load().run == studio.controller.folder.name
        studio.controller.stop()
        await until(lambda: studio.view.phase.text().startswith("stopped"))

    run(scene())


def test_that_an_environment_whose_import_fails_is_refused_with_its_remedy(desk: Desk, run: Run) -> None:
    versions = {"torch": "1.13.1", "transformers": "4.30.2", "torch-neuron": "1.13.1.2.11.13.0"}
    environment = an_environment("/opt/aws_neuron_venv_pytorch_inf1/bin/python", versions=versions)
    desk.environments = [environment]

    async def scene() -> None:
        studio = await ready(desk)
        missing = "OSError: libnrt.so.1: cannot open shared object file: No such file or directory"
        studio.environments.finder.examined.emit(replace(environment, imports={"torch_neuron": missing}))
        await until(lambda: not studio.bar.start.isEnabled())
        assert "The Neuron runtime library is not found" in studio.bar.reason.text()
        assert "cannot be imported" in studio.bar.environment.currentText()

    run(scene())


def test_that_an_interpreter_that_was_picked_is_kept_unless_it_does_not_answer(desk: Desk, run: Run) -> None:
    async def scene() -> None:
        studio = await ready(desk)
        for environment in (
            an_environment("/mine/bin/python"),
            an_environment("/broken/python", problem="It is broken."),
        ):
            studio.environments.finder.asked_found.emit(environment)
        await until(added_environments.added)
        assert added_environments.added() == ("/mine/bin/python",)

    run(scene())


def test_that_two_runs_of_the_history_are_compared_and_the_next_run_is_shown_as_ever(desk: Desk, run: Run) -> None:
    async def scene() -> None:
        first = finished_run(desk.store.root, name="20261122-205501-a")
        second = finished_run(desk.store.root, FLIPPED, "20261122-205702-b")
        studio = await ready(desk)
        panel = studio.view.comparison
        studio.history.compare_asked.emit(second.folder, first.folder)
        await until(panel.sides.isVisible)
        assert studio.view.tabs.currentWidget() is panel
        assert panel.head.verdict.text() == "✗ FLIPPED"
        assert (
            panel.pairs.model.index(3, Column.DECISION).data() == "✗ run 20:55: not paraphrase\n✗ run 20:57: paraphrase"
        )
        studio.history.run_chosen.emit(first.folder)
        await until(lambda: panel.head.verdict.text() == "✓ SAME DECISIONS")
        assert not panel.sides.isVisible()

    run(scene())
