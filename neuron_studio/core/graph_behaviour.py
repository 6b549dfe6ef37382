"""What the graph traced on the CPU does when its padding, its mask, its rows or its sentences change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator, Optional

from neuron_studio.wire.findings import Finding, Level

# Float32 sums in another order differ by far less, a mask that was lost by far more.
_TOLERANCE = 1e-3


@dataclass(frozen=True)
class GraphBehaviour:
    """Differences of logits in shares of the largest logit; None where there was nothing to compare.

    other_padding: the graph against the model itself on pairs padded otherwise than the example.
    less_padding: a pair in the graph's full length against the model on the same pair in its own length.
    masked: what hiding half of a pair changes.  other_types: what one token type for both sentences changes.
    other_rows: a pair beside itself in a batch against the same pair beside others.
    """

    is_finite: bool
    is_constant: bool
    other_padding: float
    less_padding: float
    masked: float
    other_types: Optional[float] = None
    other_rows: Optional[float] = None


def graph_behaviour_findings(seen: GraphBehaviour, batch_size: int) -> Iterator[Finding]:
    """What follows from it; where logits are no numbers, nothing else is judged."""
    if not seen.is_finite:
        remedy = "Look at the weights; nothing that is compiled from them can do better."
        yield Finding(Level.PROBLEM, "not-finite", "The CPU's own logits are not finite (NaN or infinity).", remedy)
        return
    if seen.is_constant:
        remedy = "Try pairs that differ more; if it stays so, the model is not trained, or reads other inputs."
        yield Finding(Level.WARNING, "constant-output", "Every pair gets the same logits on the CPU.", remedy)
    if seen.masked <= 0:
        message = "The attention mask does nothing: with half of the tokens hidden, the logits stay the same."
        remedy = "Padding will count as text; a model that does not heed its mask cannot be padded."
        yield Finding(Level.PROBLEM, "mask-ignored", message, remedy)
    yield from _padding(seen)
    if seen.other_types is not None and seen.other_types <= 0:
        message = "Token types change nothing: the model does not tell its two sentences apart by them."
        yield Finding(Level.NOTE, "types-ignored", message, "Models fine-tuned without them are like that.")
    if seen.other_rows is not None and seen.other_rows > _TOLERANCE:
        message = f"The same pair gets other logits beside other pairs in a batch of {batch_size}."
        yield Finding(
            Level.PROBLEM, "rows-differ", message, "The rows of a batch are not independent; use a batch of 1."
        )


def _padding(seen: GraphBehaviour) -> Iterator[Finding]:
    if seen.other_padding > _TOLERANCE:
        message = "The traced graph differs from the model where a pair is padded otherwise than the trace example."
        remedy = "Something of the example is frozen in the graph; choose another release of transformers."
        yield Finding(Level.PROBLEM, "example-frozen", message, remedy)
    elif seen.less_padding > _TOLERANCE:
        message = (
            f"Padding changes the logits by {seen.less_padding:.1%} of the largest: the mask does not hide it all."
        )
        yield Finding(Level.WARNING, "padding-counts", message, "Choose a sequence length close to that of your pairs.")
    elif seen.masked > 0:
        message = "The mask is kept: pairs padded otherwise than the trace example get the model's own logits."
        yield Finding(Level.GOOD, "mask-kept", message)
