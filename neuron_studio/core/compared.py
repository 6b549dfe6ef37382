"""Pairs with two sides, as tables and charts show them: of one run, or of two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Tuple

from neuron_studio.core.comparison import Comparison
from neuron_studio.core.counting import counted
from neuron_studio.core.decision import JudgedPair
from neuron_studio.core.run_state import RunState
from neuron_studio.core.versus import Versus
from neuron_studio.wire.events import LayersCompared
from neuron_studio.wire.spec import SentencePair

SIDES = ("CPU", "Neuron")


@dataclass(frozen=True)
class Compared:
    """What is there so far: the judged pairs in their order, under the names of both sides."""

    pairs: Tuple[SentencePair, ...]
    judged: Tuple[JudgedPair, ...]
    labels: Tuple[str, ...] = ()
    comparison: Optional[Comparison] = None
    layers: Optional[LayersCompared] = None
    names: Tuple[str, str] = SIDES
    emulated: bool = False
    saved_as: Optional[str] = None
    about: str = ""

    def pair(self, judged: JudgedPair) -> SentencePair:
        """The sentences of a judged pair."""
        return self.pairs[judged.outcome.index]

    def continues(self, earlier: Compared) -> bool:
        """Whether this is the same comparison with nothing but more pairs."""
        count = len(earlier.judged)
        if self.pairs is not earlier.pairs or self.names != earlier.names or len(self.judged) < count:
            return False
        return count == 0 or self.judged[count - 1] is earlier.judged[count - 1]


def of_run(state: RunState) -> Compared:
    """A run's CPU side and its Neuron side."""
    labels = state.model.labels if state.model else ()
    return Compared(
        state.spec.pairs, state.judged, labels, state.comparison, state.layers, emulated=state.emulated,
        saved_as=state.model.saved_as if state.model else None,
    )  # fmt: skip


def of_versus(found: Versus) -> Compared:
    """Two runs or two bundles under their own names."""
    return Compared(
        found.pairs, found.judged, found.labels, found.comparison, names=(found.base, found.other),
        emulated=bool(found.emulated), about=_about(found),
    )  # fmt: skip


def _about(found: Versus) -> str:
    """What distinguishes two sides, on one line."""
    parts = [f"{what}: {base} → {other}" for what, base, other in found.differences]
    parts += [f"{counted(len(pairs), 'pair')} only in {name}"
              for name, pairs in ((found.base, found.only_base), (found.other, found.only_other)) if pairs]  # fmt: skip
    return f"{found.base} (base) against {found.other}. " + ("; ".join(parts) or "Both were made alike")
