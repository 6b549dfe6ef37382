"""Everything can be reached by keyboard and has a name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QRadioButton,
    QWidget,
)

from neuron_studio.runs.follower import read_state
from neuron_studio.ui.doctor_dialog import DoctorDialog
from neuron_studio.ui.import_dialog import ImportDialog
from neuron_studio.ui.keys_dialog import KeysDialog
from neuron_studio.ui.studio import Studio
from neuron_studio.ui.widgets.cell_table import CellTable
from tests.support.scripted_run import LABELS, failed_run, finished_run
from tests.ui.conftest import Desk, Run, until

CONTROLS = (QAbstractButton, QComboBox, QAbstractSpinBox, QLineEdit, QAbstractItemView, QAbstractScrollArea)


def is_part_of_another(widget: QWidget) -> bool:
    """Whether a control is inside another one, which speaks for it (the line of a spin box, a header)."""
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, (QComboBox, QAbstractSpinBox, QAbstractItemView, QLineEdit)):
            return True
        parent = parent.parentWidget()
    return False


def name_of(widget: QWidget) -> str:
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    return widget.accessibleName() or text.replace("&", "")


async def in_use(desk: Desk) -> Studio:
    """The window with a finished run and all its tabs filled."""
    finished_run(desk.store.root, name="20261122-205501-a")
    done = failed_run(desk.store.root, "20261122-205502-b")
    studio = desk.open()
    await until(studio.bar.start.isEnabled)
    studio.controller.attach(done.folder)
    await until(studio.view.card.isVisible)
    return studio


def controls_of(window: QWidget) -> list[QWidget]:
    """What can be used in a window, each once."""
    return [
        widget
        for widget in window.findChildren(QWidget)
        if isinstance(widget, CONTROLS)
        and widget.window() is window
        and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not is_part_of_another(widget)
        and not widget.objectName().startswith("qt_")
    ]


def test_that_every_control_has_a_name(desk: Desk, run: Run) -> None:
    studio = run(in_use(desk))
    assert [repr(widget) for widget in controls_of(studio.window) if not name_of(widget)] == []


async def until_active(window: QWidget) -> None:
    window.activateWindow()
    await until(window.isActiveWindow)


def walk(window: QWidget) -> list[QWidget]:
    """Where Tab leads, from here once around; Ctrl+Tab leaves a table of cells."""
    stops: list[QWidget] = []
    while (here := QApplication.focusWidget()) not in stops:
        assert here is not None
        stops.append(here)
        if isinstance(here, CellTable):
            QTest.keyClick(here, Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
        else:
            window.focusNextPrevChild(True)
    return stops


def usable(window: QWidget) -> list[QWidget]:
    """The controls that a hand could use now, of which a group of radio buttons is one."""
    return [
        widget
        for widget in controls_of(window)
        if widget.isVisible()
        and widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not (isinstance(widget, QRadioButton) and not widget.isChecked())
    ]


def test_that_tab_reaches_every_control_and_the_focus_is_seen_on_each(desk: Desk, run: Run) -> None:
    async def scene() -> None:
        studio = await in_use(desk)
        await until_active(studio.window)
        for tab in range(studio.view.tabs.count()):
            studio.view.tabs.setCurrentIndex(tab)
            studio.form.picker.line.setFocus()
            stops = walk(studio.window)
            assert [repr(widget) for widget in usable(studio.window) if widget not in stops] == []
            assert [repr(stop) for stop in stops if not is_focus_seen(stop)] == []

    run(scene())


def is_focus_seen(widget: QWidget) -> bool:
    """Whether a control looks another way with the focus than without."""
    widget.setFocus()
    focused = widget.grab().toImage()
    widget.clearFocus()
    return widget.grab().toImage() != focused


def a_doctor(parent: QWidget, folder: Path) -> QDialog:
    return DoctorDialog(lambda: iter(()), lambda examination: "", parent)


def an_import(parent: QWidget, folder: Path) -> QDialog:
    path = folder / "pairs.csv"
    path.write_text("first,second,expected\nOne.,Two.,yes\n,Three.,no\nonly one\n")
    return ImportDialog(path, 2, LABELS, parent)


def the_keys(parent: QWidget, folder: Path) -> QDialog:
    return KeysDialog(parent)


@pytest.mark.parametrize("made", [a_doctor, an_import, the_keys])
def test_that_a_dialog_is_named_and_walked_as_the_window_is_and_escape_closes_it(
    desk: Desk, run: Run, tmp_path: Path, made: Callable[[QWidget, Path], QDialog]
) -> None:
    async def scene() -> None:
        studio = desk.open()
        await until(studio.bar.start.isEnabled)
        dialog = made(studio.window, tmp_path)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        dialog.show()
        if isinstance(dialog, ImportDialog):
            await until(dialog.start.isEnabled)
        await until_active(dialog)
        assert [repr(widget) for widget in controls_of(dialog) if not name_of(widget)] == []
        assert [letter for letter, count in mnemonics(dialog).items() if count > 1] == []
        usable(dialog)[0].setFocus()
        stops = walk(dialog)
        assert [repr(widget) for widget in usable(dialog) if widget not in stops] == []
        assert [repr(stop) for stop in stops if not is_focus_seen(stop)] == []
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert not dialog.isVisible()

    run(scene())


def mnemonics(window: QWidget) -> Counter[str]:
    """The letters that Alt leads to, of all controls in sight."""
    texts = [
        widget.text().replace("&&", "")
        for widget in window.findChildren(QWidget)
        if isinstance(widget, (QLabel, QAbstractButton)) and widget.isVisible()
    ]
    return Counter(text[text.index("&") + 1].lower() for text in texts if "&" in text)


def test_that_no_two_controls_in_sight_share_a_key(desk: Desk, run: Run) -> None:
    async def scene() -> None:
        studio = await in_use(desk)
        for tab in range(studio.view.tabs.count()):
            studio.view.tabs.setCurrentIndex(tab)
            assert [letter for letter, count in mnemonics(studio.window).items() if count > 1] == []

    run(scene())


def test_that_keys_of_a_table_belong_to_it_alone(desk: Desk, run: Run) -> None:
    studio = run(in_use(desk))
    everywhere = Counter(
        shortcut.key().toString()
        for shortcut in studio.window.findChildren(QShortcut)
        if shortcut.context() == Qt.ShortcutContext.WindowShortcut
    )
    assert everywhere == Counter(
        ["Ctrl+Return", "Ctrl+Enter", "Ctrl+1", "Ctrl+2", "Ctrl+3", "Ctrl+4", "Ctrl+5", "F1", "Ctrl+/", "Ctrl+Q"]
    )


def test_that_tab_walks_from_the_button_through_the_form_to_the_run_and_back(desk: Desk, run: Run) -> None:
    async def scene() -> None:
        studio = await in_use(desk)
        studio.window.activateWindow()
        await until(studio.window.isActiveWindow)
        studio.bar.start.setFocus()
        seen: list[QWidget] = []
        while True:
            seen.append(QApplication.focusWidget())
            studio.window.focusNextPrevChild(True)
            if QApplication.focusWidget() in seen:
                break
        form = studio.form
        stops = [studio.bar.start, studio.bar.environment, form.picker.line, form.pairs.table, form.settings.target,
                 form.settings.instance, form.settings.neuron_cores, form.settings.output]  # fmt: skip
        places = [seen.index(stop) for stop in stops]
        assert places == sorted(places), [type(widget).__name__ for widget in seen]
        assert QApplication.focusWidget() is studio.bar.start

    run(scene())


def test_that_tables_read_their_cells_aloud_with_their_column(desk: Desk, run: Run) -> None:
    async def scene() -> None:
        studio = await in_use(desk)
        done = next(folder for folder in desk.store.folders() if folder.name.endswith("-a"))
        studio.view.show_state(read_state(done))
        index = studio.view.comparison.pairs.model.index(0, 1)
        assert index.data(Qt.ItemDataRole.AccessibleTextRole).startswith("Pair 1, CPU: -1.8134")

    run(scene())
