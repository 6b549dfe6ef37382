"""The operators as a table, in any order."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSortFilterProxyModel, Qt
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy

from neuron_studio.core.run_state import RunState
from neuron_studio.ui.models.operators_model import SORT_ROLE, OperatorsColumn, OperatorsModel
from neuron_studio.wire.events import Placed
from neuron_studio.wire.operators import LeftOperator
from tests.support.scripted_run import PREFLIGHT, a_spec

STATE = RunState(a_spec(), preflight=PREFLIGHT)


def a_model() -> OperatorsModel:
    """A model, watched by Qt's own tester."""
    model = OperatorsModel()
    model.tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show_state(STATE)
    return model


def row(model: OperatorsModel, kind: str) -> list[str]:
    (found,) = [number for number in range(model.rowCount()) if model.index(number, 0).data() == kind]
    return [model.index(found, column).data() for column in OperatorsColumn]


def ordered(model: OperatorsModel, column: OperatorsColumn, order: Qt.SortOrder) -> list[str]:
    proxy = QSortFilterProxyModel()
    proxy.setSourceModel(model)
    proxy.setSortRole(SORT_ROLE)
    proxy.sort(column, order)
    return [proxy.index(number, 0).data() for number in range(proxy.rowCount())]


def test_that_a_row_holds_count_share_prediction_and_modules(qapp: object) -> None:
    assert row(a_model(), "aten::layer_norm") == [
        "aten::layer_norm", "25", "10.1 %", "✓ supported", "", "bert.encoder.layer.*.output.LayerNorm",
    ]  # fmt: skip


def test_that_the_compiler_s_own_placement_stands_beside_it(qapp: object) -> None:
    model = a_model()
    left = (LeftOperator("aten::embedding", 3, False), LeftOperator("aten::linear", 2, True))
    model.show_state(replace(STATE, placed=Placed(247, 242, 242, 1, 1, {"aten::linear": 72}, left)))
    assert row(model, "aten::linear")[OperatorsColumn.PLACED] == "72 on Neuron, 2 not fused"
    assert row(model, "aten::embedding")[OperatorsColumn.PLACED] == "3 on the CPU"


def test_that_numbers_are_ordered_as_numbers_and_predictions_by_their_gravity(qapp: object) -> None:
    model = a_model()
    by_count = ordered(model, OperatorsColumn.COUNT, Qt.SortOrder.DescendingOrder)
    assert (by_count[0], by_count[-1]) == ("aten::linear", "aten::where")
    by_support = ordered(model, OperatorsColumn.SUPPORT, Qt.SortOrder.AscendingOrder)
    assert by_support[:2] == ["aten::embedding", "aten::where"]
    assert ordered(model, OperatorsColumn.OPERATOR, Qt.SortOrder.AscendingOrder)[0] == "aten::embedding"


def test_that_reasons_are_told_on_hovering_and_cells_aloud(qapp: object) -> None:
    model = a_model()
    place = [model.index(number, 0).data() for number in range(model.rowCount())].index("aten::embedding")
    index = model.index(place, OperatorsColumn.SUPPORT)
    assert index.data(Qt.ItemDataRole.ToolTipRole) == "withdrawn from the compiler for its speed"
    spoken = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "aten::embedding, Prediction: – unsupported: on the CPU"


def test_that_the_same_operators_are_not_painted_again(qapp: object) -> None:
    model = a_model()
    resets = QSignalSpy(model.modelReset)
    model.show_state(replace(STATE, started=1.0))
    assert resets.count() == 0
    model.show_state(None)
    assert (resets.count(), model.rowCount()) == (1, 0)
