"""What is said of operators: Inf1's published list is whole, neuronx's is not, and the SDK's own word wins."""

from __future__ import annotations

import json

import pytest

from neuron_studio.core.operators import SdkAnswer, folded_modules, judge_operators, operator_table, total, with_support
from neuron_studio.runs.resources import resource
from neuron_studio.wire.operators import JudgedOperator, OperatorUse, Support

TABLE = operator_table(json.loads(resource("neuron_ops.json").read_text(encoding="utf-8")))
INVENTED = "aten::operator_of_the_future"


def judged(kind: str, family: str = "inf1", answer: SdkAnswer | None = None) -> JudgedOperator:
    (operator,) = judge_operators([OperatorUse(kind, 2)], TABLE, family, answer)
    return operator


@pytest.mark.parametrize(
    ("kind", "support", "reason"),
    [
        ("aten::linear", Support.SUPPORTED, ""),
        ("aten::argmax", Support.SUPPORTED, "its index is sensitive to the cast of float32 values"),
        ("aten::where", Support.LIMITED, "only with three arguments; with one, its result has no fixed shape"),
        ("aten::embedding", Support.UNSUPPORTED,
         "withdrawn from the compiler for its speed; the tables stay on the CPU, in float32 (#439, #462)"),
        ("prim::PythonOp", Support.UNSUPPORTED, "a Python function in the graph cannot be compiled"),
        (INVENTED, Support.UNSUPPORTED, ""),
    ],
)  # fmt: skip
def test_that_inf1_s_list_tells_full_from_limited_and_all_else_from_both(
    kind: str, support: Support, reason: str
) -> None:
    assert (judged(kind).support, judged(kind).reason) == (support, reason)


@pytest.mark.parametrize(
    ("kind", "support"),
    [
        ("aten::embedding", Support.LISTED),
        ("aten::linear", Support.IN_EXAMPLES),
        ("aten::sort", Support.FAILS),
        ("aten::layer_norm", Support.NOT_LISTED),
        (INVENTED, Support.NOT_LISTED),
    ],
)
def test_that_neuronx_s_partial_list_never_calls_an_operator_unsupported(kind: str, support: Support) -> None:
    for family in ("inf2", "trn1", "trn1n", "trn2"):
        assert judged(kind, family).support is support


def test_that_no_name_of_the_table_is_unsupported_on_neuronx() -> None:
    kinds = {*TABLE.full, *TABLE.limited, *TABLE.on_the_cpu, *TABLE.listed, *TABLE.in_examples, INVENTED}
    operators = judge_operators([OperatorUse(kind, 1) for kind in sorted(kinds)], TABLE, "inf2")
    assert with_support(operators, Support.UNSUPPORTED, Support.LIMITED) == ()


def test_that_the_sdk_s_own_list_wins_but_leaves_conditions_as_they_are() -> None:
    answer = SdkAnswer("the SDK", frozenset({"aten::embedding"}), names_all=True)
    assert judged("aten::embedding", answer=answer).support is Support.SUPPORTED
    assert judged("aten::embedding", answer=answer).said_by == "the SDK"
    assert judged("aten::linear", answer=answer).support is Support.UNSUPPORTED
    assert judged("aten::where", answer=answer) == judged("aten::where")


def test_that_an_analysis_of_the_model_wins_with_its_reason_and_is_silent_on_the_rest() -> None:
    answer = SdkAnswer("analyze", frozenset({"aten::sort"}), {"aten::embedding": "neuronx-cc, model.py(3)"})
    assert judged("aten::sort", "inf2", answer).support is Support.SUPPORTED
    refused = judged("aten::embedding", "inf2", answer)
    assert (refused.support, refused.reason, refused.said_by) == (Support.FAILS, "neuronx-cc, model.py(3)", "analyze")
    assert judged("aten::layer_norm", "inf2", answer) == judged("aten::layer_norm", "inf2")


def test_that_only_arithmetic_counts_and_the_most_frequent_comes_first() -> None:
    uses = [OperatorUse("aten::view", 2), OperatorUse("prim::Constant", 90), OperatorUse("aten::add", 5)]
    operators = judge_operators(uses, TABLE, "inf1")
    assert [operator.use.kind for operator in operators] == ["aten::add", "aten::view"]
    assert total(operators) == 7


def test_that_the_layers_of_an_encoder_are_one_line() -> None:
    paths = {"bert.encoder.layer.0.output": 1, "bert.encoder.layer.11.output": 2, "bert.pooler": 1}
    assert folded_modules(paths) == {"bert.encoder.layer.*.output": 3, "bert.pooler": 1}
