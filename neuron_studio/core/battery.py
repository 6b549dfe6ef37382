"""The behavioural battery's rules: what each check asks, what is allowed, and what is wrong where it fails.

What is allowed follows from what rounding does. The unit is the largest difference that bfloat16 makes on the
CPU to the answers to these very questions, and at least what rounding an answer to bfloat16 may move it; the
8-bit type, four digits shorter, has a unit sixteen times as large. A documented cast stays within two units
(measured on a dozen architectures), and from ten on a difference is a defect, as for the yardstick R. Hence:

- The module against itself, where nothing that it should read has changed: two units. A sound one gives the
  same bits, or sums in another order, which rounding may carry into two answers.
- A change that the module and the CPU both make to a pair: eight units. It takes two answers of the module,
  and an arithmetic that nobody has documented may stray twice as far as the documented ones.
- The module against the CPU: ten units.

A check that the CPU's own model fails in the same way shows the model's trait, and passes. A question whose
answer cannot tell a broken module from a sound one, since the CPU's own change is within what is allowed, does
not arise.
"""

from __future__ import annotations

import math
from typing import Dict, Optional, Sequence, Tuple

from neuron_studio.core.decision import JudgedPair, yardstick
from neuron_studio.core.precision import casts
from neuron_studio.wire.events import Check
from neuron_studio.wire.spec import RunSpec

FINITE, REPEATED, SLOTS, NEIGHBOURS = "finite", "repeated", "slots", "neighbours"
DISTINCT, ORDER, LABELS, MASK = "distinct", "order", "labels", "mask"
PADDING, TYPES, SWAPPED, NEAR = "padding", "types", "swapped", "near"

SAME_WORK, SAME_CHANGE, SAME_ANSWER = 2.0, 8.0, 10.0

# A wrong order, or other labels, must explain the module's answers at least this much better than the right ones.
_FAR_BETTER = 4.0

QUESTIONS: Dict[str, str] = {
    FINITE: "Is every logit a number?",
    REPEATED: "Does a repeated run give the same bits?",
    SLOTS: "Does a pair get the same logits in each slot of the batch?",
    NEIGHBOURS: "Does a pair keep its logits when its neighbours in the batch change?",
    DISTINCT: "Do different pairs get different logits?",
    ORDER: "Are the logits nearer to the CPU's than to those of inputs in a wrong order?",
    LABELS: "Are the logits in the order of the labels?",
    MASK: "Do other tokens under the mask change nothing?",
    PADDING: "Does a padded pair get the CPU's logits of the same pair without padding?",
    TYPES: "Do token types of zero change the logits as they do on the CPU?",
    SWAPPED: "Do swapped sentences change the logits as they do on the CPU?",
    NEAR: "Are the logits those of the CPU, but for rounding?",
}

_MIXED = (
    "The rows of a batch are mixed up: what a pair gets depends on its slot or on its neighbours.",
    "Compile with a batch of 1.",
)
_OVERFLOW = (
    "The module gives NaN or infinity where the CPU does not, and its values are cast to fp16, which ends at "
    "65504: its range is the likely reason.",
    "Compile with bf16, which has the range of float32.",
)

# What a failure means and what to do. The first that failed names the cause, since each brings about failures of
# those after it: rows that are mixed up garble all that follows, inputs in a wrong order lose the mask, a lost mask
# moves every answer. Checks without a meaning of their own (padding, swapped sentences) fail for the last reason.
MEANINGS: Dict[str, Tuple[str, str]] = {
    FINITE: (
        "The module gives NaN or infinity where the CPU does not.",
        "Ask for the deep comparison, which names the layer where it begins.",
    ),
    REPEATED: (
        "The same inputs give other logits when they are run again.",
        "Look for stochastic rounding (NEURON_RT_STOCHASTIC_ROUNDING_EN) or a faulty device.",
    ),
    SLOTS: _MIXED,
    NEIGHBOURS: _MIXED,
    DISTINCT: (
        "Pairs that the CPU tells apart get the very same logits: the module does not read its inputs.",
        "Compile again with another release of the SDK.",
    ),
    ORDER: (
        "The inputs arrive in a wrong order: the logits are those that the CPU gives when its inputs change places.",
        "Bind them by name, in the order that the manifest states.",
    ),
    LABELS: (
        "The logits stand in another order than the labels: put into another order, they are the CPU's.",
        "Look at the model's last layer and at its id2label.",
    ),
    MASK: (
        "The attention mask is lost: tokens that it hides change the logits, so padding counts as text.",
        "Trace with a padded example and eager attention.",
    ),
    TYPES: (
        "Token types are ignored: the CPU's model tells its two sentences apart by them, the module does not.",
        "Trace with an example that holds both types.",
    ),
    NEAR: (
        "The logits are farther from the CPU's than rounding goes, while inputs, mask and batch behave: weights or "
        "a layer are disturbed.",
        "Ask for the deep comparison, which names the layer.",
    ),
}


def scaled(unit: float, spec: RunSpec) -> float:
    """The unit of what rounding does, for the type that a spec casts to."""
    applied = casts(spec.target.family, spec.options.auto_cast, spec.options.auto_cast_type)
    return unit * 16 if "fp8_e4m3" in (applied.matmult, applied.other) else unit


def alike(code: str, reference: Optional[float], traced: float, allowed: float, apart: float) -> Check:
    """A check that both sides do alike; apart is how far the sides' changes, or their distances, are apart."""
    return Check(code, apart <= allowed, reference, traced, allowed)


def same_change(code: str, reference: float, traced: float, apart: float, unit: float) -> Check:
    """A check of a change: nothing where it should be nothing, otherwise the CPU's own."""
    if code == MASK and reference <= unit * SAME_WORK:
        return alike(code, reference, traced, unit * SAME_WORK, traced)
    allowed = unit * SAME_CHANGE
    # A change that rounding could hide tells nothing of the module.
    if code in (TYPES, SWAPPED) and reference <= allowed:
        return Check(code, apart <= allowed or None, reference, traced, allowed)
    return alike(code, reference, traced, allowed, apart)


def no_nearer(code: str, other: Optional[float], own: float, allowed: float) -> Check:
    """A check that another explanation is not far better: own and other are the distances to the CPU's logits."""
    if other is None:
        return Check(code, None)
    told = other if math.isfinite(other) else None
    return Check(code, own <= allowed or other > own / _FAR_BETTER, told, own, allowed)


def cause(checks: Sequence[Check]) -> Optional[str]:
    """The code of what brought about the failures, a key of MEANINGS; None where nothing failed."""
    failed = {check.code: check for check in checks if check.passed is False}
    known = next((code for code in MEANINGS if code in failed and _explains(failed[code])), None)
    return known or (NEAR if failed else None)


def _explains(check: Check) -> bool:
    # Types that change the logits otherwise than on the CPU are read: what follows them is disturbed.
    return check.code != TYPES or (check.traced or 0.0) < (check.reference or 0.0) / _FAR_BETTER


def defects(spec: RunSpec, checks: Sequence[Check], judged: Sequence[JudgedPair]) -> Tuple[str, ...]:
    """What the traced module does and the model does not, as sentences; one cause is named once."""
    found = FINITE if any(_broke(pair) for pair in judged) else cause(checks)
    if found is None and _is_far(checks, judged):
        found = NEAR
    if found is None:
        return ()
    applied = casts(spec.target.family, spec.options.auto_cast, spec.options.auto_cast_type)
    overflows = found == FINITE and "fp16" in (applied.matmult, applied.other)
    return (" ".join(_OVERFLOW if overflows else MEANINGS[found]),)


def _broke(pair: JudgedPair) -> bool:
    return bool(pair.outcome.neuron) and not pair.is_finite and all(map(math.isfinite, pair.outcome.cpu))


def _is_far(checks: Sequence[Check], judged: Sequence[JudgedPair]) -> bool:
    """Whether pairs beyond the battery's are a defect away: by R, and by more than chance made R large."""
    near = next((check for check in checks if check.code == NEAR and check.allowed is not None), None)
    if near is None or near.allowed is None:
        return False
    ratio = yardstick(pair.outcome for pair in judged)
    largest = max((pair.max_abs_error or 0.0 for pair in judged), default=0.0)
    return ratio is not None and ratio >= SAME_ANSWER and largest > near.allowed
