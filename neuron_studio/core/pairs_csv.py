"""report.csv: a row for each pair with every digit, as RFC 4180 has it."""

from __future__ import annotations

from typing import Iterator, Sequence, Tuple

from neuron_studio.core.decision import JudgedPair
from neuron_studio.core.run_state import RunState
from neuron_studio.wire.spec import SentencePair

_FIRST = ("pair", "first", "second", "expected", "tokens", "truncated")
_LAST = ("cpu_label", "neuron_label", "agrees", "margin", "max_abs_error", "relative_error", "yardstick")


def pairs_csv(state: RunState) -> str:
    """The pairs of a run in the order of the run; what was not computed is an empty field.

    Text stands as it was given, quoted where RFC 4180 asks for it and altered nowhere: a spreadsheet may take a
    sentence that begins with = for a formula, so such a file is imported as text.
    """
    labels = state.model.labels if state.model else ()
    names = [f"{side}:{label}" for side in ("cpu", "cpu_bf16", "neuron") for label in labels]
    rows = (_row(judged, state.spec.pairs[judged.outcome.index], len(labels)) for judged in state.judged)
    return "".join(f"{','.join(map(_field, row))}\r\n" for row in ((*_FIRST, *names, *_LAST), *rows))


def _row(judged: JudgedPair, pair: SentencePair, count: int) -> Tuple[object, ...]:
    outcome = judged.outcome
    sides = (outcome.cpu, outcome.cpu_bf16, outcome.neuron)
    logits = [logit for side in sides for logit in _filled(side, count)]
    said = (judged.cpu_label, judged.neuron_label, judged.agrees, judged.margin)
    apart = (judged.max_abs_error, judged.relative_error, judged.yardstick)
    first = (outcome.index + 1, pair.first, pair.second, pair.expected, outcome.tokens, outcome.truncated)
    return (*first, *logits, *said, *apart)


def _filled(logits: Sequence[float], count: int) -> Iterator[object]:
    yield from logits or (None,) * count


def _field(value: object) -> str:
    if value is None:
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    quoted = text.replace('"', '""')
    return f'"{quoted}"' if any(sign in text for sign in ',"\r\n') else text
