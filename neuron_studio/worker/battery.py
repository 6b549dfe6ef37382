"""The behavioural battery: what should change nothing, and what should, asked of the CPU's model and of the module.

The CPU is asked before a trace, since an emulation rounds the model's own weights; the module is asked in
the shape that it was compiled for. What the answers mean is decided in core.battery.
"""

from __future__ import annotations

import itertools
import math
from contextlib import suppress
from dataclasses import dataclass
from typing import Callable, Dict, List, Optional, Sequence, Tuple

import torch

from neuron_studio.core import battery as rules
from neuron_studio.wire.errors import StudioError
from neuron_studio.wire.events import BehaviourChecked, Check
from neuron_studio.wire.spec import RunSpec, SentencePair
from neuron_studio.worker.inputs import Encoder, NamedInputs
from neuron_studio.worker.reference import in_bfloat16
from neuron_studio.worker.variations import Tensors, half_hidden, with_one_type, with_other_hidden_ids

# Each pair costs some five passes through the module and ten through the model.
_MOST_PAIRS = 3
_MOST_PAIRS_OF_LARGE = 2
_LARGE = 50_000_000

# Slots of a batch are told apart by the last bits of their numbers.
_SLOT_BITS = 3

_PLAIN, _HIDDEN, _CHANGED, _ONE_TYPE, _SWAPPED = "plain", "hidden", "changed", "one type", "swapped"

Module = Callable[..., torch.Tensor]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Battery:
    """Questions, each a row of inputs for every pair, and the CPU's answers: logits of shape (pairs, labels).

    alone are its answers to the pairs in their own length, crowded that to the first pair beside another one;
    misled asks it for the answers to inputs in wrong orders. unit is the most that bfloat16 changes in an answer.
    """

    names: Tuple[str, ...]
    questions: Dict[str, Tensors]
    answers: Dict[str, torch.Tensor]
    alone: torch.Tensor
    crowded: torch.Tensor
    misled: Callable[[], List[torch.Tensor]]
    unit: float


def battery_of(model: NamedInputs, encoder: Encoder, pairs: Sequence[SentencePair]) -> Battery:
    """Choose the questions and ask the CPU's model, in float32 and in bfloat16."""
    chosen = _chosen(pairs, sum(parameter.numel() for parameter in model.parameters()))
    questions = _questions(chosen, encoder)
    plain = questions[_PLAIN]
    answers = {name: _ask(model, encoder.names, inputs) for name, inputs in questions.items()}
    return Battery(
        encoder.names,
        questions,
        answers,
        alone=torch.cat([_ask(model, encoder.names, encoder.encode_unpadded(pair, 1)) for pair in chosen]),
        # Two pairs are beside each other already.
        crowded=answers[_PLAIN][0]
        if len(chosen) == 2
        else _ask(model, encoder.names, _rows(plain, [0, len(chosen) - 1]))[0],
        misled=lambda: _misled(model, encoder.names, plain),
        unit=_unit(model, encoder.names, questions, answers),
    )


def checked(battery: Battery, module: Module, spec: RunSpec, progress: Progress) -> BehaviourChecked:
    """Put the questions to the traced module, a callable that gives logits, and hold its answers to the CPU's."""
    put = _Put(battery, module, spec.options.batch_size, progress)
    unit = rules.scaled(battery.unit, spec)
    if not all(bool(torch.isfinite(rows).all()) for rows in battery.answers.values()):
        return BehaviourChecked(tuple(Check(code, None) for code in rules.QUESTIONS))
    if not all(bool(torch.isfinite(rows).all()) for rows in put.answers.values()):
        return BehaviourChecked(tuple(Check(code, None if code != rules.FINITE else False) for code in rules.QUESTIONS))
    return BehaviourChecked(
        (
            Check(rules.FINITE, True),
            Check(rules.REPEATED, put.repeated == 0, None, put.repeated, 0.0),
            *_rows_of_a_batch(battery, put, unit * rules.SAME_WORK),
            _distinct(battery, put, unit * rules.SAME_CHANGE),
            *_explanations(battery, put, unit * rules.SAME_ANSWER),
            _change(rules.MASK, battery, put, (_HIDDEN, _CHANGED), unit),
            _padding(battery, put, unit * rules.SAME_ANSWER),
            _change(rules.TYPES, battery, put, (_PLAIN, _ONE_TYPE), unit),
            _change(rules.SWAPPED, battery, put, (_PLAIN, _SWAPPED), unit),
            _near(battery, put, unit * rules.SAME_ANSWER),
        )
    )


def _chosen(pairs: Sequence[SentencePair], parameters: int) -> List[SentencePair]:
    """The first two different pairs of a run and the first word of each sentence, which leaves the most padding."""
    plain = list(dict.fromkeys(SentencePair(pair.first, pair.second) for pair in pairs[:64]))
    first = plain[0]
    short = SentencePair(" ".join(first.first.split()[:1]), " ".join(first.second.split()[:1]))
    most = _MOST_PAIRS_OF_LARGE if parameters > _LARGE else _MOST_PAIRS
    return list(dict.fromkeys((*plain[: most - 1], short)))


def _questions(pairs: Sequence[SentencePair], encoder: Encoder) -> Dict[str, Tensors]:
    plain = encoder.encode(pairs)
    questions = {_PLAIN: plain}
    if "attention_mask" in plain:
        questions[_HIDDEN] = half_hidden(plain)
        questions[_CHANGED] = with_other_hidden_ids(questions[_HIDDEN], encoder.pad_id, encoder.special_ids)
    if "token_type_ids" in plain:
        questions[_ONE_TYPE] = with_one_type(plain)
    # Where one sentence alone may be cut, the other way round may not fit.
    with suppress(StudioError):
        questions[_SWAPPED] = encoder.encode([SentencePair(pair.second, pair.first) for pair in pairs])
    return questions


def _ask(model: NamedInputs, names: Sequence[str], inputs: Tensors) -> torch.Tensor:
    with torch.no_grad():
        logits: torch.Tensor = model(*(inputs[name] for name in names))[0]
    return logits.float()


def _misled(model: NamedInputs, names: Sequence[str], plain: Tensors) -> List[torch.Tensor]:
    found = []
    for order in itertools.permutations(names):
        # An id in the place of a type or a mask may have no row in a table.
        with suppress(IndexError, RuntimeError, ValueError):
            if order != tuple(names):
                found.append(_ask(model, names, {name: plain[other] for name, other in zip(names, order)}))
    return [rows for rows in found if bool(torch.isfinite(rows).all())]


def _unit(
    model: NamedInputs, names: Sequence[str], questions: Dict[str, Tensors], answers: Dict[str, torch.Tensor]
) -> float:
    # Rounding an answer alone may move it this far.
    least = max(float(rows.abs().max()) for rows in answers.values()) * 2.0**-8
    asked = [name for name in (_PLAIN, _ONE_TYPE, _SWAPPED) if name in questions]
    try:
        narrow = in_bfloat16(model)
        found = [_largest(_ask(narrow, names, questions[name]) - answers[name]) for name in asked]
    except (RuntimeError, NotImplementedError, TypeError) as error:
        print(f"bfloat16 on the CPU is not possible here: {error}")
        # Measured on a dozen architectures, bfloat16 moves an answer by one to twenty times its own rounding.
        return 8 * least
    return max([least, *(distance for distance in found if math.isfinite(distance))])


def _largest(rows: torch.Tensor) -> float:
    return float(rows.abs().max())


def _rows(inputs: Tensors, places: Sequence[int]) -> Tensors:
    return {name: rows[list(places)] for name, rows in inputs.items()}


class _Put:
    """The questions put to a module in full batches: its answers by question, and what its batches showed."""

    def __init__(self, battery: Battery, module: Module, size: int, progress: Progress) -> None:
        self._battery, self._module, self._size = battery, module, size
        self._every = {
            name: torch.cat([inputs[name] for inputs in battery.questions.values()]) for name in battery.names
        }
        pairs = len(battery.alone)
        count = pairs * len(battery.questions)
        packed = [[row % count for row in range(start, start + size)] for start in range(0, count, size)]
        # The first pair in every slot, alone and then beside the last: where a bit of the slot's number is 0.
        bits = range(min(_SLOT_BITS, (size - 1).bit_length()))
        mixed = [[0 if not slot >> bit & 1 else pairs - 1 for slot in range(size)] for bit in bits]
        mixed += [[0 if slot & 1 else pairs - 1 for slot in range(size)]] if size > 1 else []
        batches = [*packed, packed[0], *([[0] * size] if size > 1 else []), *mixed]
        found = []
        for number, batch in enumerate(batches, start=1):
            found.append(self._run(batch))
            progress(number, len(batches))
        rows = torch.cat(found[: len(packed)])[:count]
        self.answers = dict(zip(battery.questions, rows.split(pairs)))
        self.repeated = _largest(found[len(packed)] - found[0])
        self.in_slots = found[len(packed) + 1] if size > 1 else None
        self.beside = list(zip(mixed, found[len(batches) - len(mixed) :]))

    def _run(self, places: Sequence[int]) -> torch.Tensor:
        inputs = _rows(self._every, places)
        return self._module(*(inputs[name] for name in self._battery.names)).float()


def _rows_of_a_batch(battery: Battery, put: _Put, allowed: float) -> Tuple[Check, Check]:
    if put.in_slots is None:
        return Check(rules.SLOTS, None), Check(rules.NEIGHBOURS, None)
    slots = _largest(put.in_slots - put.in_slots[0])
    if len(battery.alone) < 2:
        return rules.alike(rules.SLOTS, None, slots, allowed, slots), Check(rules.NEIGHBOURS, None)
    reference = _largest(battery.crowded - battery.answers[_PLAIN][0])
    beside = [
        _largest(rows[slot] - put.in_slots[slot]) for batch, rows in put.beside for slot in range(len(batch))
        if batch[slot] == 0
    ]  # fmt: skip
    neighbours = max(beside)
    return (
        rules.alike(rules.SLOTS, None, slots, allowed, slots),
        rules.alike(rules.NEIGHBOURS, reference, neighbours, allowed, neighbours - reference),
    )


def _explanations(battery: Battery, put: _Put, allowed: float) -> Tuple[Check, Check]:
    expected, answers = battery.answers[_PLAIN], put.answers[_PLAIN]
    own = _largest(answers - expected)
    if own <= allowed:
        permuted = Check(rules.LABELS, True, None, own, allowed) if expected.size(1) > 1 else Check(rules.LABELS, None)
        return Check(rules.ORDER, True, None, own, allowed), permuted
    misled = min((_largest(answers - rows) for rows in battery.misled()), default=None)
    return (
        rules.no_nearer(rules.ORDER, misled, own, allowed),
        rules.no_nearer(rules.LABELS, _permuted(expected, answers), own, allowed),
    )


def _permuted(expected: torch.Tensor, answers: torch.Tensor) -> Optional[float]:
    """How far the answers are from the CPU's with each label's column in the place where it fits best."""
    if expected.size(1) < 2:
        return None
    columns = [int((expected - column[:, None]).abs().amax(0).argmin()) for column in answers.T]
    return _largest(answers - expected[:, columns]) if len(set(columns)) == len(columns) else math.inf


def _distinct(battery: Battery, put: _Put, allowed: float) -> Check:
    expected, answers = battery.answers[_PLAIN], put.answers[_PLAIN]
    distances = (expected[:, None] - expected[None]).abs().amax(2)
    one, other = divmod(int(distances.argmax()), len(expected))
    reference, traced = float(distances[one, other]), _largest(answers[one] - answers[other])
    return Check(rules.DISTINCT, traced > 0 if reference > allowed else None, reference, traced)


def _change(code: str, battery: Battery, put: _Put, asked: Tuple[str, str], unit: float) -> Check:
    """Hold what a change of the inputs does to the module's logits to what it does to the CPU's."""
    before, after = asked
    if after not in battery.answers:
        return Check(code, None)
    reference = battery.answers[after] - battery.answers[before]
    traced = put.answers[after] - put.answers[before]
    return rules.same_change(code, _largest(reference), _largest(traced), _largest(traced - reference), unit)


def _padding(battery: Battery, put: _Put, allowed: float) -> Check:
    reference = _largest(battery.answers[_PLAIN] - battery.alone)
    traced = _largest(put.answers[_PLAIN] - battery.alone)
    return rules.alike(rules.PADDING, reference, traced, allowed, traced - reference)


def _near(battery: Battery, put: _Put, allowed: float) -> Check:
    distance = _largest(put.answers[_PLAIN] - battery.answers[_PLAIN])
    return rules.alike(rules.NEAR, None, distance, allowed, distance)
