"""Operators in words: what can run, what stays, what was not listed, and what the compiler made of it."""

from __future__ import annotations

from dataclasses import replace

from neuron_studio.core.operator_words import operators_text, placed_text, rows, share_text, summary
from neuron_studio.core.report import preflight_report, report
from neuron_studio.core.report_page import report_page
from neuron_studio.core.run_state import RunState, fold_all
from neuron_studio.wire.events import Placed, Preflighted
from neuron_studio.wire.journal import Entry
from neuron_studio.wire.operators import JudgedOperator, LeftOperator, OperatorUse, Support
from tests.support.scripted_run import PREFLIGHT, a_spec

TABLES = ("bert.embeddings.position_embeddings, bert.embeddings.token_type_embeddings, "
          "bert.embeddings.word_embeddings")  # fmt: skip
PLACED = Placed(
    247, 240, 240, 1, 1, {"aten::linear": 70}, (LeftOperator("aten::linear", 4, True),
                                                LeftOperator("aten::embedding", 3, False)),
)  # fmt: skip


def state(*events: object, backend: str = "emulator", family: str = "inf1") -> RunState:
    spec = a_spec(backend=backend)
    spec = replace(spec, target=replace(spec.target, family=family))
    return fold_all(RunState(spec), [Entry(0.0, event) for event in events])  # type: ignore[arg-type]


def test_that_on_inf1_what_stays_on_the_cpu_is_named_with_its_modules() -> None:
    assert summary(state(PREFLIGHT)) == [
        f"244 of 247 operators (98.8 %) can run on Neuron; 3 stay on the CPU: aten::embedding in {TABLES}.",
        "Nothing was compiled: this is what is known of Inf1 without its SDK.",
    ]


def test_that_on_neuronx_nothing_is_unsupported_and_the_lack_of_a_fallback_is_told() -> None:
    operators = (
        JudgedOperator(OperatorUse("aten::linear", 3), Support.IN_EXAMPLES),
        JudgedOperator(OperatorUse("aten::gelu", 2), Support.NOT_LISTED),
        JudgedOperator(OperatorUse("aten::sort", 1, ("",)), Support.FAILS, "neuronx-cc does not support it"),
    )
    said = summary(state(Preflighted(operators, ()), backend="torch-neuronx", family="inf2"))
    assert said == [
        "3 of 6 operators (50.0 %) are on AWS's published list or in its examples; 2 are not listed, which says "
        "nothing against them, for the list is partial; 1 known to fail: aten::sort in the model itself.",
        "There is no fallback to the CPU: an operator that neuronx-cc refuses ends the compile.",
    ]


def test_that_planned_achieved_and_not_fused_stand_beside_the_prediction() -> None:
    done = state(PREFLIGHT, PLACED, backend="torch-neuron")
    assert summary(done)[1] == (
        "The compiler: planned 240 of 247 operators (97.2 %), compiled 240 (97.2 %), 1 of 1 sub-graphs. "
        "On the CPU: 3 not supported, 4 supported but not fused."
    )
    by_kind = {operator.use.kind: placed_text(operator, PLACED) for operator in PREFLIGHT.operators}
    assert by_kind["aten::linear"] == "70 on Neuron, 4 not fused"
    assert by_kind["aten::embedding"] == "3 on the CPU"
    assert by_kind["aten::where"] == ""


def test_that_a_share_is_never_rounded_up_to_all() -> None:
    assert (share_text(9999, 10000), share_text(5, 5), share_text(0, 0)) == ("99.9 %", "100.0 %", "–")


def test_that_the_copied_text_holds_summary_findings_table_and_reasons() -> None:
    text = operators_text(state(PREFLIGHT))
    assert text.startswith("244 of 247 operators")
    assert "⚠ 1 of 4 pairs have more than 128 tokens and are cut: 3." in text
    assert "aten::linear      74     30.0 %  ✓ supported" in text
    assert text.endswith("aten::where: only with three arguments")
    assert operators_text(state()) == ""


def test_that_reports_hold_the_operators_and_are_empty_without_them() -> None:
    whole = report(state(PREFLIGHT, PLACED))["preflight"]
    assert whole["operators"][0]["kind"] == "aten::linear"
    assert whole["operators"][7]["support"] == "unsupported"
    assert whole["placed"]["achieved"] == 240
    assert [finding["code"] for finding in whole["findings"]] == ["evaluating", "pairs-truncated", "short-batch"]
    assert report(state())["preflight"] is None
    assert preflight_report(state(PREFLIGHT))["status"] == "finished"
    assert preflight_report(state())["status"] == "failed"


def test_that_the_report_s_page_shows_them_escaped() -> None:
    odd = JudgedOperator(OperatorUse("aten::linear", 1, ("<script>",)), Support.SUPPORTED)
    page = report_page(state(Preflighted((odd,), PREFLIGHT.findings)))
    assert "<h2>Operators</h2>" in page
    assert "&lt;script&gt;" in page
    assert "no dropout is on" not in page, "what is well needs no reading"
    assert rows([odd], None) == [("aten::linear", "1", "100.0 %", "✓ supported", "", "<script>")]
