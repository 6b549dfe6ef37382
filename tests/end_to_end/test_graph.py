"""The graph as it is traced on the CPU: operators with their modules, dropouts, constants, values."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from neuron_studio.wire.operators import OperatorUse

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def torch() -> ModuleType:
    return pytest.importorskip("torch")


def graph(torch: ModuleType, model: Any, kind: str | None = None) -> Any:
    """The graph of a model that takes one tensor of four columns, wrapped as the worker wraps one."""
    from neuron_studio.worker.graph import trace_on_cpu

    class Wrapped(torch.nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, values: Any) -> Any:
            return (self.model(values),)

    return trace_on_cpu(Wrapped(), (torch.ones(2, 4),), kind)


def test_that_operators_are_counted_with_the_modules_they_come_from(torch: ModuleType) -> None:
    nn = torch.nn
    layers = nn.Sequential(nn.Sequential(nn.Linear(4, 4), nn.GELU()), nn.Sequential(nn.Linear(4, 4), nn.GELU()))
    uses = {use.kind: use for use in graph(torch, layers).uses}
    assert uses["aten::linear"] == OperatorUse("aten::linear", 2, ("*.*",))
    assert uses["aten::gelu"].count == 2


def test_that_what_the_model_itself_does_has_no_module(torch: ModuleType) -> None:
    class Doubled(torch.nn.Module):  # type: ignore[misc, name-defined]
        def forward(self, values: Any) -> Any:
            return values * 2

    (use,) = [use for use in graph(torch, Doubled()).uses if use.kind == "aten::mul"]
    assert use == OperatorUse("aten::mul", 1, ("",))


def test_that_only_a_dropout_that_drops_counts(torch: ModuleType) -> None:
    nn = torch.nn
    assert graph(torch, nn.Dropout(0.1).eval()).dropouts_on == 0
    assert graph(torch, nn.Dropout(0.1).train()).dropouts_on == 1
    assert graph(torch, nn.Dropout(0.0).train()).dropouts_on == 0


@pytest.mark.parametrize(("kind", "largest"), [(None, 3.4028234663852886e38), ("fp16", 65504.0)])
def test_that_the_largest_constant_is_the_mask_s_in_the_type_of_the_cast(
    kind: str | None, largest: float, torch: ModuleType
) -> None:
    class Masked(torch.nn.Module):  # type: ignore[misc, name-defined]
        def forward(self, values: Any) -> Any:
            return values.masked_fill(values > 3, torch.finfo(values.dtype).min)

    assert graph(torch, Masked(), kind).largest_constant == largest


def test_that_every_value_between_is_counted(torch: ModuleType) -> None:
    traced = graph(torch, torch.nn.Sequential(torch.nn.Linear(4, 16), torch.nn.ReLU()))
    assert traced.computed >= 2 * (16 + 16)
    assert traced.computed < 2 * (16 + 16) + 200
