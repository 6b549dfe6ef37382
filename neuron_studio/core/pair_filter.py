"""Which of the compared pairs are shown: kinds of pairs, a text in the sentences, or a set that has a name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Callable, Dict, FrozenSet, List, Optional, Sequence, Tuple

from neuron_studio.core.chart import cut
from neuron_studio.core.compared import Compared
from neuron_studio.core.decision import JudgedPair, label_named

WORST = 100
_MOST_CELLS = 12


class Show(Enum):
    """Kinds of pairs, by what people look for."""

    ALL = "All pairs"
    FLIPPED = "Flipped"
    COULD_FLIP = "Could flip"
    INVALID = "Not finite"
    WRONG = "Labelled wrong"
    WORST = f"Worst {WORST}"


SHOW_HINTS = {
    Show.FLIPPED: "Both sides decide differently",
    Show.COULD_FLIP: "The error reaches half the margin, whether it flipped the decision or not",
    Show.INVALID: "NaN or infinity among the logits",
    Show.WRONG: "The second side decides against the label that the pair was given",
    Show.WORST: f"The {WORST} largest differences",
}


@dataclass(frozen=True)
class PairFilter:
    """What is shown: a kind, a text that one of the sentences holds, and, if chosen, these pairs alone."""

    show: Show = Show.ALL
    text: str = ""
    chosen: Optional[FrozenSet[int]] = None
    name: str = ""


@dataclass(frozen=True)
class PairGroup:
    """A number that leads to its pairs."""

    text: str
    indices: Tuple[int, ...]


_KINDS: Dict[Show, Callable[[Compared, JudgedPair], bool]] = {
    Show.FLIPPED: lambda compared, judged: judged.agrees is False and judged.is_finite,
    Show.COULD_FLIP: lambda compared, judged: judged.agrees is not None and judged.is_finite and not judged.is_safe,
    Show.INVALID: lambda compared, judged: not judged.is_finite,
    Show.WRONG: lambda compared, judged: _is_wrong(compared, judged),
}
_NAMED = (("flipped", Show.FLIPPED), ("could flip", Show.COULD_FLIP), ("not finite", Show.INVALID))


def rows_of(compared: Compared, wanted: PairFilter, first: int = 0) -> List[int]:
    """The places among the judged pairs, from first on, that a filter lets through."""
    judged = compared.judged
    rows = worst_rows(judged) if wanted.show is Show.WORST else list(range(first, len(judged)))
    is_so = _KINDS.get(wanted.show)
    if is_so is not None:
        rows = [row for row in rows if is_so(compared, judged[row])]
    if wanted.chosen is not None:
        rows = [row for row in rows if judged[row].outcome.index in wanted.chosen]
    if wanted.text:
        text = wanted.text.casefold()
        rows = [row for row in rows if _holds(compared, judged[row], text)]
    return rows


def worst_rows(judged: Sequence[JudgedPair]) -> List[int]:
    """The places of the pairs that differ most, in their own order; what is not finite differs most of all."""
    ran = [row for row, pair in enumerate(judged) if pair.max_abs_error is not None]
    return sorted(sorted(ran, key=lambda row: -error_rank(judged[row]))[:WORST])


def error_rank(judged: JudgedPair) -> float:
    """A pair's largest error as a number that sorts: not run below all, not finite above all."""
    if judged.max_abs_error is None:
        return -1.0
    return judged.max_abs_error if judged.is_finite else float("inf")


def groups(compared: Compared) -> Tuple[PairGroup, ...]:
    """The numbers of a comparison that lead to their pairs; those that are zero are left out."""
    first, second = compared.names
    found = [(name, _indices(compared, _KINDS[kind])) for name, kind in _NAMED]
    labelled = compared.comparison.labelled if compared.comparison else None
    ranking = compared.comparison.ranking if compared.comparison else None
    if ranking is not None:
        tops = tuple(index for top in ranking.changed_tops for index in (top.cpu, top.neuron))
        found += [("out of order", ranking.reordered), ("at a top that changed", tops)]
    if labelled is not None:
        found += [
            ("both right", labelled.both_right),
            (f"only {first} right", labelled.only_cpu_right),
            (f"only {second} right", labelled.only_neuron_right),
            ("both wrong", labelled.both_wrong),
        ]
    unknown = compared.comparison.not_expected if compared.comparison else ()
    found += [(f"expected as {cut(wrong.word, 24)!r}", wrong.pairs) for wrong in unknown]
    return tuple(PairGroup(text, indices) for text, indices in found if indices)


def confusion_groups(compared: Compared) -> Tuple[Tuple[str, Tuple[PairGroup, ...]], ...]:
    """For each side its name and its confusion, a group for each cell: the expected label → the decided one.

    Empty cells are left out, the wrong ones come first, and there are no more than a line holds.
    """
    if compared.comparison is None or compared.comparison.labelled is None:
        return ()
    found = []
    for place, name in enumerate(compared.names):
        cells: Dict[Tuple[str, str], List[int]] = {}
        for judged in compared.judged:
            expected = label_named(compared.pair(judged).expected, compared.labels)
            decided = judged.neuron_label if place else judged.cpu_label
            if expected is not None and decided is not None:
                cells.setdefault((expected, decided), []).append(judged.outcome.index)
        order = sorted(cells, key=lambda cell: (cell[0] == cell[1], -len(cells[cell])))[:_MOST_CELLS]
        links = tuple(PairGroup(_cell_text(*cell), tuple(cells[cell])) for cell in order)
        found.append((name, links))
    return tuple(found)


def _cell_text(expected: str, decided: str) -> str:
    return f"{cut(expected, 24)} ✓" if expected == decided else f"{cut(expected, 24)} → {cut(decided, 24)}"


def _indices(compared: Compared, is_so: Callable[[Compared, JudgedPair], bool]) -> Tuple[int, ...]:
    return tuple(judged.outcome.index for judged in compared.judged if is_so(compared, judged))


def _is_wrong(compared: Compared, judged: JudgedPair) -> bool:
    pair = compared.pair(judged)
    # With one logit there is no label to hold a decision against.
    if pair.expected is None or judged.agrees is None or len(compared.labels) < 2:
        return False
    label = label_named(pair.expected, compared.labels)
    return label is not None and judged.neuron_label != label


def _holds(compared: Compared, judged: JudgedPair, text: str) -> bool:
    pair = compared.pair(judged)
    return text in pair.first.casefold() or text in pair.second.casefold()
