"""What each number of a comparison means, for the report: only those that this comparison has."""

from __future__ import annotations

from typing import Iterator, Tuple

from neuron_studio.core.run_state import RunState

Definition = Tuple[str, str]


def definitions(state: RunState) -> Tuple[Definition, ...]:
    """The terms of a finished run's report with their meanings."""
    return tuple(_definitions(state))


def _definitions(state: RunState) -> Iterator[Definition]:
    comparison = state.comparison
    ranking = comparison.ranking if comparison else None
    if ranking is None:
        yield from _LABELS
    else:
        yield from _DEGREES if ranking.threshold_flips is None else _SCORES
    yield from _NUMBERS
    if comparison is None:
        return
    if comparison.cosine is not None:
        yield "Least cosine", "The smallest cosine between both sides' logits of a pair."
    if comparison.labelled is not None:
        yield from _LABELLED
    if comparison.graded is not None:
        yield _GRADED
    if ranking is not None:
        yield from _RANKING
    if comparison.goals:
        yield _GOALS


_DIVIDED = (
    "Same: every decision agrees and no error reaches half its margin. Close: all agree, but an error reaches half its "
    "margin. Flipped: a pair is decided differently. Invalid: NaN, infinity, or one answer for all pairs."
)
_LABELS: Tuple[Definition, ...] = (
    ("Decision", "The label of the largest logit, the first of equals."),
    ("Margin", "The CPU's best logit minus its second best: what an error must bridge to change the decision."),
    ("Verdict", _DIVIDED),
)
_SCORES: Tuple[Definition, ...] = (
    ("Decision", "The side of zero that the score lies on; a sigmoid gives one half there."),
    ("Margin", "The distance of the CPU's score from zero."),
    (
        "Verdict",
        f"{_DIVIDED} Order changed: none is flipped, but scores are out of order beyond rounding; where they changed "
        "places within it, close.",
    ),
)
_DEGREES: Tuple[Definition, ...] = (
    ("Decision", "None: the score is a degree, such as a similarity, that no threshold divides."),
    (
        "Verdict",
        "Same: every score keeps its place, and no error is beyond four times the largest that bfloat16 makes. Close: "
        "one is, or scores changed places within rounding. Order changed: they did beyond it. Invalid: NaN, infinity, "
        "or one answer for all pairs.",
    ),
)
_NUMBERS: Tuple[Definition, ...] = (
    ("Difference", "|Neuron − CPU| of a logit, the CPU in float32; of a pair the largest one. All logits count."),
    ("99th percentile", "Of the differences of all logits, interpolated linearly between neighbours."),
    (
        "Tolerance that would pass",
        "The smallest absolute tolerance, with none relative, under which every logit would pass. It decides nothing: "
        "a flip may lie within it, and a harmless error beyond.",
    ),
    (
        "Yardstick R",
        "|Neuron − float32| / |bfloat16 − float32|, Euclidean norms over all logits; float32 and bfloat16 are those of "
        "the CPU. About 1 is what rounding does, 10 and more is a defect. Where bfloat16 changes nothing, it has no R.",
    ),
)
_LABELLED: Tuple[Definition, ...] = (
    ("Accuracy", "The share of labelled pairs decided as expected, with its 95 % score interval (Wilson 1927)."),
    ("F1", "2 TP / (2 TP + FP + FN) of the last label, which is taken for the positive one where there are two."),
    ("Macro F1", "The mean F1 of all labels that were expected or decided, each weighing the same."),
    (
        "McNemar's exact p",
        "How likely two equally good sides are to disagree at least as unevenly: a two-sided binomial test with one "
        "half over the pairs that one side alone gets right (McNemar 1947, exact).",
    ),
)
_GRADED: Definition = (
    "Pearson and Spearman",
    "The correlation of a side's scores with the expected numbers: of the values, and of their ranks, where equal "
    "values share the middle of their ranks.",
)
_RANKING: Tuple[Definition, ...] = (
    ("Spearman of CPU and Neuron", "The correlation of both sides' ranks, equal scores sharing the middle of theirs."),
    (
        "Kendall's tau-b",
        "Of all twos of pairs, those in the same order on both sides minus those in reversed order, as a share, with "
        "ties taken out (Kendall 1945).",
    ),
    (
        "Out of order beyond rounding",
        "Pairs that changed places with one whose CPU score is further away than four times the largest difference "
        "that bfloat16 makes to a score of this run.",
    ),
    ("Query", "A first sentence that two or more pairs share; on top is the pair with the largest score."),
)
_GOALS: Definition = (
    "Goals",
    "What the user demanded. accuracy-drop is the CPU's accuracy minus Neuron's in percentage points, max-difference "
    "the largest difference of a logit, no-flips the count of flipped decisions. One that cannot be judged is not met.",
)
