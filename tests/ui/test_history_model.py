"""The past runs as a table."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy

from neuron_studio.ui.models.history_model import HistoryColumn, HistoryModel
from neuron_studio.ui.models.run_summary import read_summary
from tests.support.scripted_run import FLIPPED, a_spec, failed_run, finished_run, new_run


def rows(model: HistoryModel) -> list[list[str]]:
    return [[model.index(row, column).data() for column in HistoryColumn] for row in range(model.rowCount())]


def a_model() -> HistoryModel:
    """A model, watched by Qt's own tester."""
    model = HistoryModel()
    model.tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    return model


def test_that_runs_stand_newest_first_with_what_became_of_them(qapp: object, tmp_path: Path) -> None:
    runs = [
        failed_run(tmp_path, "20261121-173044-mrpc"),
        finished_run(tmp_path, FLIPPED, "20261122-204903-mrpc"),
        new_run(tmp_path, a_spec(backend="torch-neuron"), "20261122-205501-mrpc").take_lock().begin(),
    ]
    model = a_model()
    model.show_runs([read_summary(run.folder) for run in runs])
    name, target = "bert-base-cased-finetuned-mrpc", "inf1.xlarge × 4"
    assert rows(model) == [
        ["2026-11-22 20:55", name, target, "▸ running", "", "Neuron SDK"],
        ["2026-11-22 20:49", name, target, "✗ flipped", "47 s", "EMULATED"],
        ["2026-11-21 17:30", name, target, "✗ failed", "1:36", "EMULATED"],
    ]


def test_that_a_run_of_a_saved_bundle_says_compare(qapp: object, tmp_path: Path) -> None:
    run = new_run(tmp_path, replace(a_spec(), bundle="/kept/mrpc"), "20261122-205501-mrpc").take_lock()
    model = a_model()
    model.show_runs([read_summary(run.folder)])
    ((_, subject, *_, ran_on),) = rows(model)
    assert (subject, ran_on) == ("compare bert-base-cased-finetuned-mrpc", "EMULATED")


def test_that_a_folder_that_cannot_be_read_is_listed_with_the_reason(qapp: object, tmp_path: Path) -> None:
    run = finished_run(tmp_path)
    run.folder.events_file.write_text("this is not a record\n")
    model = a_model()
    model.show_runs([read_summary(run.folder)])
    assert rows(model)[0][3] == "unreadable"
    assert "no known record" in model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)


def test_that_a_refresh_repaints_only_what_changed(qapp: object, tmp_path: Path) -> None:
    done, going = finished_run(tmp_path, name="b"), new_run(tmp_path, name="a").take_lock().begin()
    model = a_model()
    model.show_runs([read_summary(done.folder), read_summary(going.folder)])
    changes, resets = QSignalSpy(model.dataChanged), QSignalSpy(model.modelReset)
    going.judge().finish().release_lock()
    model.show_runs([read_summary(done.folder), read_summary(going.folder)])
    assert (changes.count(), resets.count()) == (1, 0)
    assert rows(model)[1][3] == "✓ same"
