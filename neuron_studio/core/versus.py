"""Two runs or two bundles, pair by pair: the base takes the CPU's place, and the verdict is the usual one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

from neuron_studio.core.comparison import Comparison, compare
from neuron_studio.core.decision import SCORE_THRESHOLD, JudgedPair, judge
from neuron_studio.core.precision import in_words
from neuron_studio.wire.errors import Blame, StudioError
from neuron_studio.wire.events import PairOutcome
from neuron_studio.wire.spec import RunSpec, SentencePair

# What another release of torch, or another padding, changes in a float32 model's logits; beyond it there are
# two references, and no unit that both share.
_SAME_REFERENCE = 1e-3

Difference = Tuple[str, str, str]


@dataclass(frozen=True)
class Side:
    """One of the two: what it was made with, and each pair with what it said; lacking, defects as in a verdict."""

    name: str
    spec: RunSpec
    labels: Tuple[str, ...]
    records: Tuple[Tuple[SentencePair, PairOutcome], ...]
    versions: Mapping[str, str] = field(default_factory=dict)
    lacking: Tuple[str, ...] = ()
    defects: Tuple[str, ...] = ()
    threshold: Optional[float] = SCORE_THRESHOLD

    @property
    def emulated(self) -> bool:
        """Whether its numbers come from the emulator."""
        return self.spec.target.backend == "emulator"


@dataclass(frozen=True)
class Versus:
    """The verdict on the other by the base; in judged and comparison the base stands in the CPU's place.

    differences are (what, base, other); a pair that only one of the two has is in none of the numbers.
    """

    base: str
    other: str
    judged: Tuple[JudgedPair, ...]
    pairs: Tuple[SentencePair, ...]
    labels: Tuple[str, ...]
    differences: Tuple[Difference, ...]
    comparison: Comparison
    only_base: Tuple[SentencePair, ...] = ()
    only_other: Tuple[SentencePair, ...] = ()
    emulated: Tuple[str, ...] = ()


def versus(base: Side, other: Side) -> Versus:
    """Join both by their sentences, equal pairs in their order; raises StudioError where nothing can be compared.

    Other labels are refused. Another model with the same labels is not: a folder that moved, or a model tuned
    once more, is what one wants to compare; it stands among the differences.
    """
    _refuse_unlike(base, other)
    both, only_base, only_other = _joined(base, other)
    if not both:
        raise StudioError(
            "no-common-pairs", f"{base.name} and {other.name} have no pair of sentences in common.",
            "Give --pairs, and both are run on the same pairs.", Blame.INPUT,
        )  # fmt: skip
    pairs = tuple(pair for pair, _, _ in both)
    judged = tuple(
        judge(_outcome(index, one, two), base.labels, base.threshold) for index, (_, one, two) in enumerate(both)
    )
    lacking = tuple(f"{side.name}: {what}" for side in (base, other) for what in side.lacking)
    defects = tuple(f"{side.name}: {what}" for side in (base, other) for what in side.defects)
    return Versus(
        base=base.name,
        other=other.name,
        judged=judged,
        pairs=pairs,
        labels=base.labels,
        differences=tuple(_differences(base, other)),
        comparison=compare(judged, pairs, base.labels, lacking, defects),
        only_base=only_base,
        only_other=only_other,
        emulated=tuple(side.name for side in (base, other) if side.emulated),
    )


def _refuse_unlike(base: Side, other: Side) -> None:
    for side in (base, other):
        if not side.records or any(not outcome.neuron for _, outcome in side.records):
            raise StudioError(
                "not-run", f"{side.name} has no logits of the traced model: it was not run on Neuron, or not to the "
                "end.", "Choose a finished run of a machine that could run it.", Blame.ENVIRONMENT,
            )  # fmt: skip
    if base.labels != other.labels:
        raise StudioError(
            "other-labels", f"{base.name} answers {', '.join(base.labels)}; {other.name} {', '.join(other.labels)}.",
            "Only models that answer the same labels in the same order can be compared.", Blame.INPUT,
        )  # fmt: skip


def _joined(
    base: Side, other: Side
) -> Tuple[List[Tuple[SentencePair, PairOutcome, PairOutcome]], Tuple[SentencePair, ...], Tuple[SentencePair, ...]]:
    waiting: Dict[Tuple[str, str], List[int]] = {}
    for place, (pair, _) in enumerate(other.records):
        waiting.setdefault((pair.first, pair.second), []).append(place)
    both, only_base, taken = [], [], set()
    for pair, outcome in base.records:
        places = waiting.get((pair.first, pair.second))
        if places:
            taken.add(places[0])
            theirs, found = other.records[places.pop(0)]
            named = SentencePair(pair.first, pair.second, pair.expected or theirs.expected)
            both.append((named, outcome, found))
        else:
            only_base.append(pair)
    only_other = tuple(pair for place, (pair, _) in enumerate(other.records) if place not in taken)
    return both, tuple(only_base), only_other


def _outcome(index: int, base: PairOutcome, other: PairOutcome) -> PairOutcome:
    return PairOutcome(
        index, base.tokens, base.truncated or other.truncated, base.neuron, _bf16_about(base, other), other.neuron
    )


def _bf16_about(base: PairOutcome, other: PairOutcome) -> Tuple[float, ...]:
    """The base moved by what bfloat16 moves the CPU's model, so that R keeps its unit; empty where none is shared."""
    if len(base.cpu) != len(other.cpu) or not _agree(base.cpu, other.cpu):
        return ()
    measured = base if base.cpu_bf16 else other
    if len(measured.cpu_bf16) != len(base.neuron):
        return ()
    return tuple(value + (rounded - exact)
                 for value, rounded, exact in zip(base.neuron, measured.cpu_bf16, measured.cpu))  # fmt: skip


def _agree(one: Sequence[float], two: Sequence[float]) -> bool:
    return all(abs(a - b) <= _SAME_REFERENCE * max(1.0, abs(a)) for a, b in zip(one, two))


def _differences(base: Side, other: Side) -> Iterator[Difference]:
    mine, theirs = _made_with(base), _made_with(other)
    for name in dict.fromkeys([*mine, *theirs]):
        if mine.get(name, "–") != theirs.get(name, "–"):
            yield name, mine.get(name, "–"), theirs.get(name, "–")


def _made_with(side: Side) -> Dict[str, str]:
    spec, options, target = side.spec, side.spec.options, side.spec.target
    return {
        "model": f"{spec.model.id}{f' @ {spec.model.revision}' if spec.model.revision else ''}",
        "precision": in_words(target.family, options.auto_cast, options.auto_cast_type),
        "backend": target.backend,
        "instance": target.instance,
        "NeuronCores": str(target.neuron_cores),
        "logical core size": str(target.logical_core_size or "–"),
        "sequence length": str(options.sequence_length),
        "batch size": str(options.batch_size),
        "dynamic batch size": "yes" if options.dynamic_batch_size else "no",
        "truncation": options.truncation,
        "compiler arguments": " ".join(options.compiler_args) or "–",
        **side.versions,
    }
