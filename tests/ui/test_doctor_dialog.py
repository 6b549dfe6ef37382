"""The doctor's dialog shows what is found as it comes, beside the window, and gives a report."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton

from neuron_studio.core.doctor import Examination, Host
from neuron_studio.ui import doctor_dialog
from neuron_studio.ui.doctor_dialog import DoctorDialog
from neuron_studio.wire.machine import Machine
from tests.ui.conftest import Desk, Run, an_environment, until

HOST = Host("/studio/bin/python", "3.10.12", "Ubuntu 22.04", {"PySide6_Essentials": "6.11.3"}, Machine())
WHOLE = Examination(HOST, (an_environment(),), is_whole=True)
PLACEHOLDER = an_environment(versions={"torch": "2.9.0", "transformers": "5.0", "torch-neuron": "1.0"})
BROKEN = replace(WHOLE, environments=(PLACEHOLDER,))


def a_dialog(*seen: Examination) -> DoctorDialog:
    return DoctorDialog(
        lambda: iter(seen or (WHOLE,)), lambda examination: f"report of {len(examination.environments)}"
    )


def test_that_findings_are_shown_as_they_come(run: Run) -> None:
    may_end = threading.Event()

    def examinations() -> Iterator[Examination]:
        yield Examination(HOST)
        may_end.wait(10)
        yield BROKEN

    async def scene() -> None:
        dialog = DoctorDialog(examinations)
        dialog.open_or_raise()
        await until(lambda: "PySide6 6.11.3" in dialog.findings.as_text())
        assert dialog.headline.text() == "Looking …"
        assert not dialog.copy.isEnabled()
        assert not dialog.again.isEnabled()
        may_end.set()
        await until(dialog.again.isEnabled)
        assert dialog.headline.text() == "✗ 1 problem"
        assert "torch-neuron 1.0 is a placeholder" in dialog.findings.as_text()
        dialog.close()

    run(scene())


def test_that_a_machine_without_trouble_is_told_in_one_line(run: Run) -> None:
    async def scene() -> None:
        dialog = a_dialog()
        dialog.open_or_raise()
        await until(dialog.copy.isEnabled)
        assert dialog.headline.text() == "✓ Nothing stands in the way"
        dialog.close()

    run(scene())


def test_that_the_report_is_copied_and_saved(run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        dialog = a_dialog()
        dialog.open_or_raise()
        await until(dialog.copy.isEnabled)
        dialog.copy.click()
        await until(lambda: "clipboard" in dialog.note.text())
        assert QApplication.clipboard().text() == "report of 1"
        await dialog.save_report(tmp_path / "report.txt")
        assert (tmp_path / "report.txt").read_text() == "report of 1"
        (tmp_path / "file").touch()
        await dialog.save_report(tmp_path / "file" / "report.txt")
        assert "cannot be written" in dialog.note.text()
        dialog.close()

    run(scene())


def test_that_looking_that_goes_wrong_leaves_the_dialog_usable(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[BaseException] = []
    monkeypatch.setattr("sys.excepthook", lambda kind, error, trace: told.append(error))

    def examinations() -> Iterator[Examination]:
        yield Examination(HOST)
        raise OSError("gone")

    async def scene() -> None:
        dialog = DoctorDialog(examinations)
        dialog.open_or_raise()
        await until(lambda: told and dialog.again.isEnabled())
        assert dialog.headline.text() == "✗ The look around broke off"
        dialog.close()

    run(scene())


@pytest.mark.qt_log_ignore("does not support raise", "propagateSizeHints")
def test_that_the_button_in_the_bar_opens_it_once(desk: Desk, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        studio = desk.open()
        await until(studio.bar.start.isEnabled)
        for _ in range(2):
            studio.bar.doctor.click()
        (dialog,) = studio.window.findChildren(DoctorDialog)
        assert dialog.isVisible()
        assert not dialog.isModal()
        await until(dialog.again.isEnabled)
        dialog.leave.click()
        assert not dialog.isVisible()
        studio.bar.doctor.click()
        assert [found.isVisible() for found in studio.window.findChildren(DoctorDialog)] == [True]
        await until(dialog.again.isEnabled)
        dialog.close()

    monkeypatch.setattr(
        doctor_dialog, "DoctorDialog", lambda parent: DoctorDialog(lambda: iter((WHOLE,)), parent=parent)
    )
    run(scene())


def test_that_every_button_is_named_and_reached_by_keyboard(run: Run) -> None:
    async def scene() -> None:
        dialog = a_dialog(BROKEN)
        dialog.open_or_raise()
        await until(dialog.copy.isEnabled)
        for button in dialog.findChildren(QPushButton):
            assert button.text() or button.accessibleName()
            assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
        dialog.close()

    run(scene())
