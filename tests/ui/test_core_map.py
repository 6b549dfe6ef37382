"""The cells of this machine's NeuronCores and the lines around them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage, QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from neuron_studio.core.core_plan import CorePlan, core_plan
from neuron_studio.core.environment import Environment
from neuron_studio.core.request import Request
from neuron_studio.runs.resources import instances
from neuron_studio.ui import theme
from neuron_studio.ui.widgets.core_cells import CoreCells
from neuron_studio.ui.widgets.core_map import CoreMapView
from neuron_studio.wire.machine import Machine
from neuron_studio.wire.spec import ModelChoice
from tests.support.listings import a_machine

SDKS = {"torch": "2.9.0", "transformers": "4.57.0", "torch-neuronx": "2.9.0.2.15"}
HELD = a_machine("trn2.48xlarge", {1: [(4242, "python serve.py")], 2: [(4343, "python")]}, {4242: [5, 6]})


def a_plan(machine: Machine = HELD, **asked: Any) -> CorePlan:
    request = replace(Request(ModelChoice("some/model")), **asked)
    return core_plan(request, Environment("python", "3.10", SDKS, machine), instances())


@pytest.fixture
def view(qtbot: QtBot) -> CoreMapView:
    view = CoreMapView()
    qtbot.addWidget(view)
    view.resize(390, 200)
    view.show()
    return view


def texts(cells: CoreCells) -> set[str]:
    """What hovering tells, wherever there is anything."""
    return {cells.text_at(QPoint(x, y)) for x in range(2, cells.width(), 4) for y in range(2, cells.height(), 4)}


def test_that_the_lines_tell_what_the_cells_show(view: CoreMapView) -> None:
    view.show_plan(a_plan(neuron_cores=8))
    assert view.legend.text() == "□ 50 free · ▣ 8 for this run · ☒ 2 held · ◩ 4 on a held device"
    assert "process 4242 (python serve.py) holds NeuronCores 5-6 (device 1)" in view.holders.text()
    assert view.variables.text() == "NEURON_RT_NUM_CORES=8 NEURON_LOGICAL_NC_CONFIG=2"


def test_that_a_screen_reader_hears_every_device(view: CoreMapView) -> None:
    view.show_plan(a_plan(neuron_cores=8))
    told = view.cells.accessibleDescription()
    assert "Device 1: NeuronCores 4, 7 free, 5-6 held, by process 4242 (python serve.py)." in told
    assert told.count("Device ") == 16


def test_that_hovering_a_core_names_its_holder(view: CoreMapView) -> None:
    view.show_plan(a_plan(neuron_cores=8))
    found = texts(view.cells)
    assert "NeuronCore 5 of device 1: held by process 4242 (python serve.py)" in found
    assert "NeuronCore 8 of device 2: on a device that process 4343 (python) holds" in found
    assert "" in found, "beside the devices nothing is told"


def test_that_128_cores_fit_a_narrow_form(view: CoreMapView) -> None:
    view.show_plan(a_plan(logical_core_size=1))
    assert view.cells.heightForWidth(380) < 90
    told = " ".join(texts(view.cells))
    assert all(f"NeuronCore {core} of" in told for core in range(128))


def test_that_states_differ_by_more_than_colour(view: CoreMapView, qapp: QApplication) -> None:
    def cells_of(dark: bool) -> set[bytes]:
        qapp.setPalette(QPalette(QColor("#2f3136"), QColor("#26282c")) if dark else qapp.style().standardPalette())
        theme.apply(qapp)
        grey = view.cells.grab().toImage().convertToFormat(QImage.Format.Format_Mono)
        # One core of each kind: the first of devices 0 to 3, whose cells stand at the same place in their boxes.
        return {bytes(grey.copy(x, 3, 9, 9).constBits()) for x in (3, 3 + 49 + 10, 3 + 2 * 49, 3 + 3 * 49)}

    machine = a_machine("inf1.6xlarge", {1: [(4242, "python")], 2: [(4343, "python")]}, {4242: [5]})
    versions = {"torch": "1.13.1", "transformers": "4.30.2", "torch-neuron": "1.13.1.2.11.13.0"}
    request = replace(Request(ModelChoice("some/model")), neuron_cores=4)
    view.show_plan(core_plan(request, Environment("python", "3.8", versions, machine), instances()))
    before = qapp.palette()
    try:
        assert len(cells_of(dark=False)) == 4
        assert len(cells_of(dark=True)) == 4
    finally:
        qapp.setPalette(before)


def test_that_without_devices_the_table_answers(view: CoreMapView) -> None:
    view.show_plan(a_plan())
    view.show_plan(a_plan(Machine(), instance="trn2.48xlarge"))
    assert view.cells.isHidden()
    assert view.holders.isHidden()
    assert view.legend.text().endswith("1536 GiB of device memory; not this machine")
    assert view.variables.text() == "NEURON_RT_NUM_CORES=64 NEURON_LOGICAL_NC_CONFIG=2"
    view.show_plan(a_plan(Machine(), backend="emulator"))
    assert view.variables.isHidden(), "an emulation sets nothing"


def test_that_the_same_plan_is_not_painted_again(view: CoreMapView, qapp: QApplication) -> None:
    view.show_plan(a_plan(neuron_cores=8))
    qapp.processEvents()
    painted: list[object] = []
    view.cells.paintEvent = painted.append  # type: ignore[method-assign]
    view.show_plan(a_plan(neuron_cores=8))
    qapp.processEvents()
    assert painted == []
