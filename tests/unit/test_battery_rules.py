"""What the battery's checks mean together: one cause, and what follows from the pairs of a run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from neuron_studio.core import battery as rules
from neuron_studio.core.battery_words import behaviour_findings, behaviour_headline, behaviour_text
from neuron_studio.core.comparison import Decisions, compare
from neuron_studio.core.decision import JudgedPair, judge
from neuron_studio.wire.events import Check, PairOutcome
from neuron_studio.wire.findings import Level
from neuron_studio.wire.spec import ModelChoice, Options, RunSpec, SentencePair, Target

SPEC = RunSpec(
    ModelChoice("acme/pairs"), (SentencePair("one", "two"), SentencePair("three", "four")),
    Target("torch-neuronx", "inf2", "inf2.xlarge", 2), Options(), "python",
)  # fmt: skip
CLEAN = tuple(
    Check(code, True, 0.0, 0.0, 0.1) if code != rules.NEAR else Check(code, True, None, 0.0, 0.1)
    for code in rules.QUESTIONS
)
NAN = float("nan")


def failing(*codes: str) -> tuple[Check, ...]:
    return tuple(replace(check, passed=False, traced=1.0) if check.code in codes else check for check in CLEAN)


def judged(*neuron: tuple[float, ...], cpu: tuple[float, ...] = (-1.0, 2.0)) -> list[JudgedPair]:
    """Pairs whose bfloat16 is off by 0.01."""
    bf16 = (cpu[0] + 0.01, *cpu[1:])
    return [
        judge(PairOutcome(index, 5, False, cpu, bf16, logits), ("no", "yes")) for index, logits in enumerate(neuron)
    ]


def cast_to(kind: str) -> RunSpec:
    return replace(SPEC, options=Options(auto_cast="all", auto_cast_type=kind))


def test_that_clean_checks_and_small_errors_are_no_defect() -> None:
    assert rules.cause(CLEAN) is None
    assert rules.defects(SPEC, CLEAN, judged((-1.0, 2.0), (-1.01, 2.0))) == ()


@pytest.mark.parametrize(
    ("codes", "cause"),
    [
        (("neighbours", "mask", "near"), "neighbours"),
        (("order", "mask", "padding", "near"), "order"),
        (("mask", "padding", "near"), "mask"),
        (("labels", "near"), "labels"),
        (("padding",), "near"),
        (("swapped",), "near"),
    ],
)
def test_that_the_first_cause_is_named_and_what_follows_from_it_is_not(codes: tuple[str, ...], cause: str) -> None:
    assert rules.cause(failing(*codes)) == cause
    assert rules.defects(SPEC, failing(*codes), []) == (" ".join(rules.MEANINGS[cause]),)


def test_that_types_which_change_something_else_are_not_called_ignored() -> None:
    def types(traced: float) -> Check:
        return Check(rules.TYPES, False, 1.0, traced, 0.1)

    assert rules.cause((types(0.0),)) == rules.TYPES
    assert rules.cause((types(0.7),)) == rules.NEAR


@pytest.mark.parametrize(("kind", "is_named"), [("fp16", True), ("bf16", False)])
def test_that_nan_in_one_pair_is_laid_to_float16_only_where_it_was_cast_to(kind: str, is_named: bool) -> None:
    (sentence,) = rules.defects(cast_to(kind), CLEAN, judged((-1.0, 2.0), (NAN, NAN)))
    assert "NaN" in sentence
    assert ("65504" in sentence) is is_named


def test_that_nan_on_the_cpu_too_is_no_defect_of_the_module() -> None:
    assert rules.defects(SPEC, (), judged((NAN, NAN), cpu=(NAN, NAN))) == ()


def test_that_a_large_r_beyond_what_chance_does_is_a_disturbed_layer() -> None:
    (sentence,) = rules.defects(SPEC, CLEAN, judged((-1.0, 2.0), (-1.0, 2.5)))
    assert "a layer are disturbed" in sentence


def test_that_a_large_r_of_small_errors_is_no_defect() -> None:
    tiny = [replace(pair, outcome=replace(pair.outcome, cpu_bf16=(-1.0, 2.0001))) for pair in judged((-1.0, 2.01))]
    assert rules.defects(SPEC, CLEAN, tiny) == ()


@pytest.mark.parametrize(
    ("neuron", "decisions"),
    [((-1.0, 2.0), Decisions.DEFECTIVE), ((3.0, 2.0), Decisions.FLIPPED), ((NAN, 2.0), Decisions.INVALID)],
)
def test_that_the_verdict_names_the_cause_whatever_the_pairs_decide(
    neuron: tuple[float, ...], decisions: Decisions
) -> None:
    pairs = judged((-1.0, 2.0), neuron)
    found = compare(pairs, SPEC.pairs, ("no", "yes"), defects=("The mask is lost.",))
    assert found.decisions is decisions
    assert "The mask is lost." in found.reason


def test_that_an_eight_bit_type_has_a_wider_unit() -> None:
    assert rules.scaled(0.01, cast_to("bf16")) == 0.01
    assert rules.scaled(0.01, cast_to("fp8_e4m3")) == pytest.approx(0.16)


def test_that_a_mask_the_model_itself_does_not_heed_is_its_own_trait() -> None:
    assert rules.same_change(rules.MASK, 1.0, 1.01, 0.01, 0.01).passed is True
    assert rules.same_change(rules.MASK, 0.0, 1.01, 1.01, 0.01).passed is False


def test_that_a_change_which_rounding_could_hide_is_not_asked_after() -> None:
    assert rules.same_change(rules.TYPES, 0.01, 0.5, 0.49, 0.01).passed is None
    assert rules.same_change(rules.TYPES, 0.0, 0.0, 0.0, 0.01).passed is True


def test_that_words_tell_what_failed_with_its_numbers_and_one_line_where_nothing_did() -> None:
    assert behaviour_text(CLEAN) == f"The module behaves as the model: {len(CLEAN)} checks passed."
    assert [finding.level for finding in behaviour_findings(CLEAN)] == [Level.GOOD]
    lost = failing("mask", "near")
    assert behaviour_headline(lost) == f"The module does not behave as the model: 2 of {len(CLEAN)} checks failed."
    assert "Do other tokens under the mask change nothing? No: CPU 0, Neuron 1.0000, allowed 0.1000." in (
        behaviour_text(lost)
    )
    first, *rest = behaviour_findings(lost)
    assert first.message, first.remedy == rules.MEANINGS["mask"]
    assert len(rest) == 2
