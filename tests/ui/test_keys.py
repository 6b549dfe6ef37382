"""The whole job by keyboard: every key is listed, and leads where the list says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from neuron_studio.ui.key_list import KEYS, alternatives
from neuron_studio.ui.keys_dialog import KeysDialog
from neuron_studio.ui.studio import Studio
from tests.support.scripted_run import ScriptedRun, new_run
from tests.ui.conftest import Desk, Run, until

# Read by the widgets themselves, whose own tests press them.
READ_BY_WIDGETS = {
    "Alt", "Tab", "Shift+Tab", "Ctrl+Tab", "Ctrl+Shift+Tab", "Up", "Down", "Home", "End", "F2", "Shift+Return",
    "Shift+Space",
}  # fmt: skip


def keys_that_act(window: QWidget) -> Iterator[str]:
    """All keys of shortcuts, actions and buttons; an underlined letter is seen where it is."""
    for shortcut in window.findChildren(QShortcut):
        yield shortcut.key().toString()
    for action in window.findChildren(QAction):
        yield from (keys.toString() for keys in action.shortcuts())
    for button in window.findChildren(QAbstractButton):
        if "&" not in button.text().replace("&&", ""):
            yield button.shortcut().toString()


async def ready(desk: Desk) -> Studio:
    studio = desk.open()
    await until(studio.bar.start.isEnabled)
    await until_active(studio.window)
    return studio


async def with_a_run_that_goes_on(desk: Desk) -> tuple[Studio, ScriptedRun]:
    studio = await ready(desk)
    going_on = new_run(desk.store.root).take_lock().begin(so_far_s=11)
    studio.controller.attach(going_on.folder)
    await until(studio.bar.stop.isEnabled)
    await until_active(studio.window)
    return studio, going_on


async def until_active(window: QWidget) -> None:
    window.activateWindow()
    await until(window.isActiveWindow)


def press(keys: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press keys where the focus is, as a hand does."""
    target = QApplication.focusWidget()
    assert target is not None
    QTest.keyClick(target, keys, modifiers)


def test_that_the_list_of_keys_has_every_key_and_no_other(desk: Desk, run: Run) -> None:
    studio = run(ready(desk))
    listed = {key for _, rows in KEYS for keys, _ in rows for key in alternatives(keys)}
    assert listed - READ_BY_WIDGETS == set(keys_that_act(studio.window)) - {""}


@pytest.mark.parametrize(
    ("key", "modifier"),
    [
        (Qt.Key.Key_F1, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Slash, Qt.KeyboardModifier.ControlModifier),
    ],
)
def test_that_the_list_opens_and_escape_closes_it(
    desk: Desk, run: Run, key: Qt.Key, modifier: Qt.KeyboardModifier
) -> None:
    async def scene() -> None:
        studio = await ready(desk)
        press(key, modifier)
        dialog = studio.window.findChild(KeysDialog)
        await until(dialog.isActiveWindow)
        rows = [dialog.list.topLevelItem(place).childCount() for place in range(dialog.list.topLevelItemCount())]
        assert rows == [len(rows) for _, rows in KEYS]
        press(Qt.Key.Key_Escape)
        assert not dialog.isVisible()
        assert studio.window.isVisible()

    run(scene())


def test_that_a_tabs_key_takes_the_focus_along(desk: Desk, run: Run) -> None:
    async def scene() -> None:
        studio = await ready(desk)
        studio.form.pairs.table.setFocus()
        press(Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
        assert studio.view.tabs.currentWidget() is studio.view.operators
        press(Qt.Key.Key_Tab)
        assert studio.view.operators.isAncestorOf(QApplication.focusWidget())

    run(scene())


def test_that_escape_closes_what_is_open_before_it_stops_a_run(desk: Desk, run: Run) -> None:
    async def scene() -> None:
        studio, going_on = await with_a_run_that_goes_on(desk)
        stops: list[object] = []
        studio.bar.stop_asked.connect(stops.append)
        studio.form.picker.line.setFocus()
        press(Qt.Key.Key_Down)
        assert studio.form.picker.offers.isVisible()
        press(Qt.Key.Key_Escape)
        assert not studio.form.picker.offers.isVisible()
        assert not studio.bar.stop.isDown()
        table = studio.form.pairs.table
        table.setFocus()
        table.setCurrentIndex(table.pairs.index(0, 0))
        press(Qt.Key.Key_F2)
        press(Qt.Key.Key_Escape)
        assert table.state() is table.State.NoState
        assert not studio.bar.stop.isDown()
        assert stops == []
        going_on.release_lock()

    run(scene())


def test_that_the_question_before_closing_is_answered_by_keys(desk: Desk, run: Run) -> None:
    async def scene() -> None:
        studio, going_on = await with_a_run_that_goes_on(desk)
        press(Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
        question = studio.window.findChild(QDialog, "closing")
        await until(question.isActiveWindow)
        assert all(button.text() for button in question.findChildren(QPushButton))
        press(Qt.Key.Key_Escape)
        assert studio.window.isVisible()
        going_on.release_lock()

    run(scene())


def test_that_the_list_shows_beside_each_key_what_it_does(qtbot: QtBot) -> None:
    dialog = KeysDialog()
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.list.horizontalScrollBar().maximum() == 0
    for column in range(2):
        assert dialog.list.columnWidth(column) >= dialog.list.sizeHintForColumn(column)
