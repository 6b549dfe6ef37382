"""The comparison of two runs or bundles in words and as a plain object: terminal, window and scripts say the same."""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

from neuron_studio.core.counting import counted
from neuron_studio.core.verdict_words import agreement_text, verdict_count, verdict_numbers, verdict_title
from neuron_studio.core.versus import Versus
from neuron_studio.core.wording import error_text, logits_text
from neuron_studio.wire.codec import encode
from neuron_studio.wire.spec import SentencePair

SCHEMA = 1

_MOST_ROWS = 20
_MOST_NAMED = 5
_LONGEST = 60


def emulated_text(versus: Versus) -> str:
    """Which side is a rehearsal; empty where none is."""
    return f"EMULATED: {', '.join(versus.emulated)}" if versus.emulated else ""


def versus_text(versus: Versus) -> str:
    """The verdict, what the two were made with, and their pairs, in a few lines."""
    mark = emulated_text(versus)
    lines = [f"{verdict_title(versus.comparison)}   {verdict_count(versus.comparison)}{f'   {mark}' if mark else ''}"]
    lines += [versus.comparison.reason, *filter(None, [verdict_numbers(versus.comparison)])]
    lines += [f"base   {versus.base}", f"other  {versus.other}", "", *_differences(versus)]
    lines += [*_left_out(versus.base, versus.only_base), *_left_out(versus.other, versus.only_other), ""]
    for judged, pair in list(zip(versus.judged, versus.pairs))[:_MOST_ROWS]:
        outcome = judged.outcome
        lines += [f"{outcome.index + 1:>4}  {_short(pair)}",
                  f"      base {logits_text(outcome.cpu)}   other {logits_text(outcome.neuron)}   "
                  f"|d| {error_text(judged.max_abs_error)}   {agreement_text(judged)}: {judged.cpu_label}"]  # fmt: skip
    if len(versus.judged) > _MOST_ROWS:
        lines += [f"      and {len(versus.judged) - _MOST_ROWS} more; --json prints them all"]
    return "\n".join(lines)


def versus_report(versus: Versus) -> Dict[str, Any]:
    """The comparison as one plain object; its keys are a promise to scripts."""
    return {
        "schema": SCHEMA,
        "base": versus.base,
        "other": versus.other,
        "emulated": list(versus.emulated),
        "labels": list(versus.labels),
        "differences": [
            {"what": what, "base": base, "other": other} for what, base, other in versus.differences
        ],
        "comparison": encode(versus.comparison),
        "only_base": encode(versus.only_base),
        "only_other": encode(versus.only_other),
        "pairs": [
            {
                "first": pair.first, "second": pair.second, "expected": pair.expected,
                "base": encode(judged.outcome.cpu), "other": encode(judged.outcome.neuron),
                "base_label": judged.cpu_label, "other_label": judged.neuron_label,
                "margin": encode(judged.margin), "max_abs_error": encode(judged.max_abs_error),
                "agrees": judged.agrees,
            }
            for judged, pair in zip(versus.judged, versus.pairs)
        ],
    }  # fmt: skip


def _differences(versus: Versus) -> List[str]:
    if not versus.differences:
        return ["Both were made alike."]
    width = max(len(what) for what, _, _ in versus.differences)
    return [f"  {what:<{width}}  {base} → {other}" for what, base, other in versus.differences]


def _left_out(name: str, pairs: Tuple[SentencePair, ...]) -> List[str]:
    if not pairs:
        return []
    more = [f"    and {len(pairs) - _MOST_NAMED} more"] if len(pairs) > _MOST_NAMED else []
    told = [f"    {_short(pair)}" for pair in pairs[:_MOST_NAMED]]
    return [f"Left out, since only {name} has them: {counted(len(pairs), 'pair')}.", *told, *more]


def _short(pair: SentencePair) -> str:
    sentences = (" ".join(sentence.split()) for sentence in (pair.first, pair.second))
    return " | ".join(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…" for text in sentences)
