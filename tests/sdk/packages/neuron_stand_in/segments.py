"""Which operators go into which compiled sub-graph, and which stay on the CPU."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Optional

from neuron_stand_in.tape import Step, Tape, tensors_in


@dataclass(frozen=True)
class Segment:
    """Operators that one compiler call takes; inputs and outputs are numbers of tensors."""

    number: int
    places: tuple[int, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]

    def program(self, tape: Tape) -> Tape:
        """The segment as a tape of its own."""
        output = {"t": [{"v": number} for number in self.outputs]}
        return Tape(list(self.inputs), [tape.steps[place] for place in self.places], output)


def whole(tape: Tape) -> Segment:
    """Everything in one segment; inputs that nothing uses are left out."""
    used = tape.used()
    kept = tuple(place for place, step in enumerate(tape.steps) if step.in_place or used.intersection(step.out))
    made = {number for place in kept for number in tape.steps[place].out}
    inputs = tuple(number for number in tape.inputs if number in used)
    outputs = tuple(dict.fromkeys(number for number in tensors_in(tape.output) if number in made))
    return Segment(0, kept, inputs, outputs)


def partition(
    tape: Tape, is_supported: Callable[[Step], bool], minimum_size: int, fusion_ratio: float
) -> list[Segment]:
    """The segments worth compiling, in the order in which they run; numbered by their level.

    A level is how often the way to an operator has left a compiled part for the CPU. Operators of one level never
    wait for each other by way of the CPU, so they may be compiled together.
    """
    levels = segment_levels(tape, is_supported)
    members: dict[int, list[int]] = {}
    for place, level in enumerate(levels):
        if level is not None:
            members.setdefault(level, []).append(place)
    large = {level: places for level, places in sorted(members.items()) if len(places) >= minimum_size}
    for level, places in large.items():
        if len(places) > fusion_ratio * len(tape.steps):
            large = {level: places}
            break
    found = [_segment(tape, level, places) for level, places in large.items()]
    return [segment for segment in found if segment.inputs and segment.outputs]


def segment_levels(tape: Tape, is_supported: Callable[[Step], bool]) -> list[Optional[int]]:
    """For each operator the level of its segment; None where it stays on the CPU."""
    deepest: list[int] = []
    on_device: list[bool] = []
    producers = {number: place for place, step in enumerate(tape.steps) for number in step.out}
    for step in tape.steps:
        placed = is_supported(step) and not _stays_behind(step, producers, on_device)
        depth = 0
        for origin in step.reads:
            crossing = placed and not on_device[origin]
            depth = max(depth, deepest[origin] + crossing)
        deepest.append(depth)
        on_device.append(placed)
    return [depth if placed else None for depth, placed in zip(deepest, on_device)]


def _stays_behind(step: Step, producers: dict[int, int], on_device: list[bool]) -> bool:
    """Joining what the CPU made is cheaper there, and changing a CPU tensor in place is possible only there."""
    tensors = list(tensors_in(step.given))
    behind = [number in producers and not on_device[producers[number]] for number in tensors]
    if step.in_place and tensors and (behind[0] or tensors[0] not in producers):
        return True
    return len(tensors) > 1 and all(behind)


def _segment(tape: Tape, level: int, places: list[int]) -> Segment:
    made = {number for place in places for number in tape.steps[place].out}
    reads: list[int] = []
    for place in places:
        step = tape.steps[place]
        if step.out:
            reads.extend(tensors_in(step.given))
    wanted: set[int] = set(tensors_in(tape.output))
    inside = set(places)
    for place, step in enumerate(tape.steps):
        if place not in inside and step.out:
            wanted.update(tensors_in(step.given))
    inputs = tuple(dict.fromkeys(number for number in reads if number not in made))
    return Segment(level, tuple(places), inputs, tuple(sorted(made & wanted)))
