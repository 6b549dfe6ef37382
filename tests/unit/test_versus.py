"""Two sides pair by pair: what is joined, what is left out, what R means there, and what cannot be compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from neuron_studio.core.comparison import Decisions
from neuron_studio.core.versus import Side, versus
from neuron_studio.core.versus_words import versus_report, versus_text
from neuron_studio.wire.errors import StudioError
from neuron_studio.wire.events import PairOutcome
from neuron_studio.wire.spec import ModelChoice, Options, RunSpec, SentencePair, Target

LABELS = ("different", "same")
SPEC = RunSpec(
    ModelChoice("org/mrpc"), (), Target("torch-neuronx", "inf2", "inf2.xlarge", 2), Options(), "/usr/bin/python"
)

Row = tuple[float, ...]


def a_side(
    name: str, *rows: tuple[str, Row], cpu: Sequence[Row] = (), bf16: Sequence[Row] = (), **changes: object
) -> Side:
    """A side that said these logits of the sentence and its twin; the CPU's are its own unless given."""
    records = tuple(
        (
            SentencePair(said, f"{said} again"),
            PairOutcome(index, 9, False, cpu[index] if cpu else row, bf16[index] if bf16 else (), row),
        )
        for index, (said, row) in enumerate(rows)
    )
    return replace(Side(name, SPEC, LABELS, records, {"torch": "2.9.0"}), **changes)  # type: ignore[arg-type]


def test_that_the_base_stands_in_the_cpu_s_place() -> None:
    found = versus(
        a_side("a", ("x", (0.5, 0.1)), ("y", (2.0, -2.0))), a_side("b", ("x", (0.1, 0.5)), ("y", (2.0, -2.0)))
    )
    assert found.comparison.decisions is Decisions.FLIPPED
    assert found.comparison.flipped == (0,)
    assert (found.judged[0].cpu_label, found.judged[0].neuron_label) == ("different", "same")
    assert found.comparison.max_abs_error == pytest.approx(0.4)
    assert found.emulated == ()


def test_that_pairs_are_joined_by_their_sentences_whatever_their_order() -> None:
    base = a_side("a", ("x", (1.0, 0.0)), ("y", (0.0, 1.0)))
    other = a_side("b", ("y", (0.0, 1.0)), ("x", (1.0, 0.0)))
    found = versus(base, other)
    assert found.comparison.decisions is Decisions.SAME
    assert found.comparison.max_abs_error == 0.0


def test_that_equal_pairs_are_joined_in_their_order_and_what_one_alone_has_is_named() -> None:
    base = a_side("a", ("x", (1.0, 0.0)), ("x", (3.0, 0.0)), ("lost", (1.0, 0.0)))
    other = a_side("b", ("new", (9.0, 0.0)), ("x", (1.5, 0.0)), ("x", (3.25, 0.0)), ("x", (7.0, 0.0)))
    found = versus(base, other)
    assert [pair.max_abs_error for pair in found.judged] == [0.5, 0.25]
    assert [pair.first for pair in found.only_base] == ["lost"]
    assert [pair.first for pair in found.only_other] == ["new", "x"]
    text = versus_text(found)
    assert "only a has them: 1 pair." in text
    assert "lost | lost again" in text
    assert "only b has them: 2 pairs." in text


def test_that_r_keeps_the_unit_of_the_cpu_s_reference() -> None:
    # bfloat16 moves the CPU's model by (0.1, 0); the other is 0.3 away from a base that is itself 0.2 off the CPU.
    cpu, bf16 = [(1.0, -1.0)], [(1.1, -1.0)]
    base = a_side("a", ("x", (1.2, -1.0)), cpu=cpu, bf16=bf16)
    other = a_side("b", ("x", (1.5, -1.0)), cpu=cpu, bf16=bf16)
    assert versus(base, other).comparison.yardstick == pytest.approx(3.0)


def test_that_golden_values_lend_the_unit_of_a_run_beside_them() -> None:
    bundle = a_side("bundle", ("x", (1.2, -1.0)), cpu=[(1.0, -1.0)])
    run = a_side("run", ("x", (1.5, -1.0)), cpu=[(1.0, -1.0)], bf16=[(1.1, -1.0)])
    assert versus(bundle, run).comparison.yardstick == pytest.approx(3.0)
    assert versus(bundle, bundle).comparison.yardstick is None


def test_that_two_references_have_no_common_unit() -> None:
    base = a_side("a", ("x", (1.2, -1.0)), cpu=[(1.0, -1.0)], bf16=[(1.1, -1.0)])
    other = a_side("b", ("x", (1.5, -1.0)), cpu=[(1.1, -1.0)], bf16=[(1.2, -1.0)])
    assert versus(base, other).comparison.yardstick is None


def test_that_what_the_two_were_made_with_is_told_where_it_differs() -> None:
    spec = replace(
        SPEC, options=replace(SPEC.options, auto_cast="all", sequence_length=64),
        target=replace(SPEC.target, backend="emulator"),
    )  # fmt: skip
    other = a_side("b", ("x", (1.0, 0.0)), spec=spec, versions={"torch": "2.8.0", "neuronx-cc": "2.20"})
    found = versus(a_side("a", ("x", (1.0, 0.0))), other)
    assert found.differences == (
        ("precision", "float32 throughout", "everything in bf16"),
        ("backend", "torch-neuronx", "emulator"),
        ("sequence length", "128", "64"),
        ("torch", "2.9.0", "2.8.0"),
        ("neuronx-cc", "–", "2.20"),
    )
    assert found.emulated == ("b",)
    assert "EMULATED: b" in versus_text(found)
    assert versus_report(found)["emulated"] == ["b"]


def test_that_another_model_with_the_same_labels_is_a_difference_and_other_labels_are_refused() -> None:
    base = a_side("a", ("x", (1.0, 0.0)))
    tuned = replace(SPEC, model=ModelChoice("org/tuned", "4f2a"))
    assert versus(base, a_side("b", ("x", (1.0, 0.0)), spec=tuned)).differences == (
        ("model", "org/mrpc", "org/tuned @ 4f2a"),
    )
    with pytest.raises(StudioError, match="a answers different, same; b same, different") as refused:
        versus(base, a_side("b", ("x", (1.0, 0.0)), labels=LABELS[::-1]))
    assert refused.value.code == "other-labels"


def test_that_nothing_is_made_of_sides_that_were_not_run_or_share_no_pair() -> None:
    base = a_side("a", ("x", (1.0, 0.0)))
    with pytest.raises(StudioError, match="b has no logits of the traced model") as refused:
        versus(base, a_side("b", ("x", ()), cpu=[(1.0, 0.0)]))
    assert refused.value.code == "not-run"
    with pytest.raises(StudioError, match="no pair of sentences in common") as refused:
        versus(base, a_side("b", ("y", (1.0, 0.0))))
    assert "--pairs" in refused.value.remedy


def test_that_what_either_side_lacks_or_does_wrong_stands_against_the_verdict() -> None:
    base, other = a_side("a", ("x", (1.0, 0.0))), a_side("b", ("x", (1.0, 0.0)))
    unproven = versus(replace(base, lacking=("no execution was counted",)), other).comparison
    assert unproven.decisions is Decisions.UNPROVEN
    assert "a: no execution was counted" in unproven.reason
    defective = versus(base, replace(other, defects=("It does not reproduce its golden values.",))).comparison
    assert defective.decisions is Decisions.DEFECTIVE
    assert "b: It does not reproduce" in defective.reason


def test_that_nan_on_either_side_is_invalid_and_is_valid_json_all_the_same() -> None:
    nan = float("nan")
    found = versus(a_side("a", ("x", (nan, 0.0))), a_side("b", ("x", (1.0, 0.0))))
    assert found.comparison.decisions is Decisions.INVALID
    assert versus_report(found)["pairs"][0]["base"] == ["NaN", 0.0]
