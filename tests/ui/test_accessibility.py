"""Everything can be reached by keyboard and has a name."""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import Qt
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QWidget,
)

from neuron_studio.runs.follower import read_state
from neuron_studio.ui.studio import Studio
from tests.support.scripted_run import failed_run, finished_run
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


def test_that_every_control_has_a_name(desk: Desk, run: Run) -> None:
    studio = run(in_use(desk))
    nameless = [
        repr(widget)
        for widget in studio.window.findChildren(QWidget)
        if isinstance(widget, CONTROLS)
        and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not is_part_of_another(widget)
        and not name_of(widget)
        and not widget.objectName().startswith("qt_")
    ]
    assert nameless == []


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
        index = studio.view.comparison.model.index(0, 1)
        assert index.data(Qt.ItemDataRole.AccessibleTextRole).startswith("Pair 1, CPU: -1.8134")

    run(scene())
