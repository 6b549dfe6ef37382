"""The verdict and its numbers in words: the same sentences in the window, in the terminal and in the report."""

from __future__ import annotations

from typing import Iterator, Optional, Sequence, Tuple

from neuron_studio.core.comparison import Comparison, Decisions
from neuron_studio.core.counting import counted
from neuron_studio.core.decision import JudgedPair
from neuron_studio.core.goals import GoalOutcome
from neuron_studio.core.labelled import Labelled, Side
from neuron_studio.core.ranking import Ranking
from neuron_studio.core.run_state import Phase, RunState
from neuron_studio.core.wording import NOTHING, PHASES, error_text, ratio_text

Row = Tuple[str, str]

VERDICTS = {
    Decisions.SAME: "SAME DECISIONS",
    Decisions.CLOSE: "CLOSE",
    Decisions.FLIPPED: "FLIPPED",
    Decisions.REORDERED: "ORDER CHANGED",
    Decisions.INVALID: "INVALID",
    Decisions.NOT_RUN: "NOT RUN ON NEURON",
    Decisions.DEFECTIVE: "DEFECTIVE MODULE",
    Decisions.UNPROVEN: "NOT PROVEN ON NEURON",
}

# Colour never speaks alone: each state has a sign that a grey screen and a screen reader keep.
VERDICT_SIGNS = {
    Decisions.SAME: "✓",
    Decisions.CLOSE: "≈",
    Decisions.FLIPPED: "✗",
    Decisions.REORDERED: "✗",
    Decisions.INVALID: "✗",
    Decisions.NOT_RUN: "–",
    Decisions.DEFECTIVE: "✗",
    Decisions.UNPROVEN: "?",
}
GOAL_SIGNS = {True: "✓", False: "✗", None: "?"}

_R = (
    "R compares the difference with what plain bfloat16 rounding does to this model on the CPU: about 1 is rounding, "
    "several is more than rounding and worth a look, 10 and more is a defect, unless values are cast to a type "
    "coarser than bfloat16."
)
_SAVED_NARROW = {
    "bfloat16": "The weights were saved in bfloat16, so casting them costs nothing: the unit is smaller, and R larger.",
    "float16": "The weights were saved in float16, which float32 holds and bfloat16 rounds: R is as usual.",
}


def verdict_title(comparison: Comparison) -> str:
    """The verdict with its sign."""
    is_degree = comparison.decisions is Decisions.SAME and _has_no_threshold(comparison)
    return f"{VERDICT_SIGNS[comparison.decisions]} {'SAME ORDER' if is_degree else VERDICTS[comparison.decisions]}"


def verdict_count(comparison: Comparison) -> str:
    """How many pairs the verdict speaks of."""
    count = comparison.count
    noun = "pair" if count == 1 else "pairs"
    if comparison.decisions is Decisions.NOT_RUN:
        return f"{count} {noun} on the CPU"
    if comparison.decisions is Decisions.FLIPPED:
        return f"{len(comparison.flipped)} of {count} {noun} decided differently"
    if comparison.decisions is Decisions.INVALID:
        return f"{len(comparison.invalid)} of {count} {noun} not finite" if comparison.invalid else f"{count} {noun}"
    if comparison.ranking is not None and comparison.ranking.reordered:
        return f"{len(comparison.ranking.reordered)} of {count} {noun} out of order"
    if _has_no_threshold(comparison):
        return counted(count, "score")
    return f"{count} of {count} {noun} agree" if count != 1 else "the pair agrees"


def verdict_numbers(comparison: Comparison) -> str:
    """The numbers that inform without deciding, and the goals that do."""
    if comparison.max_abs_error is None:
        return goals_line(comparison)
    parts = [f"max |Δ| {error_text(comparison.max_abs_error)}"]
    if comparison.yardstick is not None:
        parts.append(f"R {ratio_text(comparison.yardstick)}")
    if comparison.labelled is not None:
        parts.append(f"accuracy {comparison.labelled.cpu.accuracy:.1%} → {comparison.labelled.neuron.accuracy:.1%}")
    if comparison.ranking is not None and comparison.ranking.kendall is not None:
        parts.append(f"Kendall {coefficient(comparison.ranking.kendall)}")
    return "   ".join(filter(None, (*parts, goals_line(comparison))))


def goals_line(comparison: Comparison) -> str:
    """How many goals are met; empty where none was set."""
    if not comparison.goals:
        return ""
    met = sum(bool(goal.met) for goal in comparison.goals)
    return f"{GOAL_SIGNS[met == len(comparison.goals)]} {met} of {counted(len(comparison.goals), 'goal')} met"


def goal_line(outcome: GoalOutcome) -> str:
    """A goal, with its sign, whether it was met, and by which number."""
    return f"{GOAL_SIGNS[outcome.met]} {outcome.in_words}"


def yardstick_meaning(comparison: Comparison, saved_as: Optional[str] = None) -> str:
    """What R says about a difference, for those who meet it first; saved_as is the type of the weights on disk."""
    here = f"Here R is {ratio_text(comparison.yardstick)}: {yardstick_word(comparison)}."
    return " ".join(filter(None, (_R, here, _SAVED_NARROW.get(saved_as or "", ""))))


def yardstick_word(comparison: Comparison) -> str:
    """What R means here; or why there is none."""
    ratio = comparison.yardstick
    if ratio is not None:
        return "rounding" if ratio < 3 else "more than rounding" if ratio < 10 else "far more than rounding"
    if comparison.rounding == 0:
        return "bfloat16 changes no logit at all, so there is no unit"
    return "bfloat16 was not measured on the CPU"


def number_rows(comparison: Comparison, labels: Sequence[str]) -> Tuple[Row, ...]:
    """Every number of the comparison by its name; those that were not computed are left out."""
    return tuple(_number_rows(comparison, labels))


def _number_rows(comparison: Comparison, labels: Sequence[str]) -> Iterator[Row]:
    if comparison.max_abs_error is None:
        return
    yield "Largest difference of a logit", error_text(comparison.max_abs_error)
    yield "Mean difference", error_text(comparison.mean_abs_error)
    yield "99th percentile", error_text(comparison.p99_abs_error)
    yield "Absolute tolerance that would pass", f"{error_text(comparison.required_tolerance)} (it decides nothing)"
    yield "Yardstick R", f"{ratio_text(comparison.yardstick)} ({yardstick_word(comparison)})"
    if comparison.cosine is not None:
        yield "Least cosine", f"{comparison.cosine:.6f}"
    if comparison.labelled is not None:
        yield from _labelled_rows(comparison.labelled, labels)
    if comparison.graded is not None:
        graded = comparison.graded
        for name, cpu, neuron in (
            ("Pearson", graded.cpu.pearson, graded.neuron.pearson),
            ("Spearman", graded.cpu.spearman, graded.neuron.spearman),
        ):
            sides = f"CPU {coefficient(cpu)}, Neuron {coefficient(neuron)}"
            yield f"{name} with the expected numbers", f"{sides} on {counted(graded.count, 'pair')}"
    if comparison.ranking is not None:
        yield from _ranking_rows(comparison.ranking)
    for wrong in comparison.not_expected:
        meant = "label" if len(labels) > 1 else "number"
        yield f"Expected, but no {meant}", f"{wrong.word!r} in {pairs_named(wrong.pairs)}; not counted"


def _labelled_rows(labelled: Labelled, labels: Sequence[str]) -> Iterator[Row]:
    cpu, neuron = labelled.cpu, labelled.neuron
    on = counted(labelled.count, "labelled pair")
    yield "Accuracy", f"CPU {_share(cpu)}, Neuron {_share(neuron)} on {on}"
    if len(labels) == 2:
        yield f"F1 of {labels[-1]!r}", f"CPU {coefficient(cpu.f1)}, Neuron {coefficient(neuron.f1)}"
    yield "Macro F1", f"CPU {coefficient(cpu.macro_f1)}, Neuron {coefficient(neuron.macro_f1)}"
    yield "Both sides right", f"{len(labelled.both_right):,}"
    yield "Only CPU right", _named(labelled.only_cpu_right)
    yield "Only Neuron right", _named(labelled.only_neuron_right)
    yield "Both sides wrong", f"{len(labelled.both_wrong):,}"
    p = labelled.mcnemar_p
    yield "McNemar's exact p", f"{p:.3g}" if p is not None else f"{NOTHING} (no pair is right on one side alone)"


def _ranking_rows(ranking: Ranking) -> Iterator[Row]:
    if ranking.threshold_flips is not None:
        yield "Threshold flips", _named(ranking.threshold_flips)
    yield "Spearman of CPU and Neuron", coefficient(ranking.spearman)
    yield "Kendall's tau-b of CPU and Neuron", coefficient(ranking.kendall)
    yield "Out of order beyond rounding", _named(ranking.reordered)
    if ranking.queries:
        changed = len(ranking.changed_tops)
        yield "Queries with another pair on top", f"{changed:,} of {ranking.queries:,}"
    for top in ranking.changed_tops[:5]:
        query = " ".join(top.query[:80].split())
        yield "Another on top", f"pair {top.neuron + 1} instead of {top.cpu + 1} for {query!r}"


def confusion_rows(side: Side, labels: Sequence[str]) -> Tuple[Tuple[str, ...], ...]:
    """One side's confusion as rows of text: the expected label, then how often each label was decided."""
    return tuple((name, *map("{:,}".format, row)) for name, row in zip(labels, side.confusion))


def coefficient(value: Optional[float]) -> str:
    """A correlation or an F1."""
    return NOTHING if value is None else f"{value:.4f}"


def pairs_named(indices: Sequence[int], most: int = 5) -> str:
    """Pairs by the numbers that tables show; of many only the first."""
    named = ", ".join(str(index + 1) for index in indices[:most])
    more = f" and {len(indices) - most:,} more" if len(indices) > most else ""
    return f"{'pair' if len(indices) == 1 else 'pairs'} {named}{more}"


def _named(indices: Sequence[int]) -> str:
    return f"{len(indices):,} ({pairs_named(indices)})" if indices else "0"


def _share(side: Side) -> str:
    interval = f" ({side.interval[0]:.1%} to {side.interval[1]:.1%})" if side.interval else ""
    return f"{side.accuracy:.1%}{interval}"


def _has_no_threshold(comparison: Comparison) -> bool:
    return comparison.ranking is not None and comparison.ranking.threshold_flips is None


def agreement_text(pair: JudgedPair) -> str:
    """Whether both sides decided alike."""
    if not pair.outcome.neuron:
        return "not run"
    if not pair.is_finite:
        return "✗ NaN"
    if pair.agrees is None:
        return "no decision"
    if not pair.agrees:
        return "✗ flipped"
    return "✓ same" if pair.is_safe else "≈ close"


def decisions_text(pair: JudgedPair, names: Tuple[str, str] = ("CPU", "Neuron")) -> str:
    """Both sides' decisions on a pair and whether they agree, in two lines."""
    if pair.agrees is None or pair.neuron_label == pair.cpu_label or pair.neuron_label is None:
        return f"{pair.cpu_label}\n{agreement_text(pair)}"
    return f"✗ {names[0]}: {pair.cpu_label}\n✗ {names[1]}: {pair.neuron_label}"


def outcome_word(state: RunState) -> str:
    """What became of a run, in a word or two."""
    if state.phase is Phase.FINISHED and state.comparison is not None:
        decisions = state.comparison.decisions
        word = {Decisions.NOT_RUN: "not run", Decisions.UNPROVEN: "not proven"}.get(decisions, decisions.value)
        missed = ", goals missed" if state.comparison.goals and not state.comparison.passed else ""
        return f"{VERDICT_SIGNS[decisions]} {word}{missed}"
    signs = {Phase.FAILED: "✗ ", Phase.STOPPED: "■ ", Phase.RUNNING: "▸ "}
    return signs.get(state.phase, "") + PHASES[state.phase]
