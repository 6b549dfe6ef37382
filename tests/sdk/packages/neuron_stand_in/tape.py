"""A tape: what a traced graph did to its example inputs, operator by operator, ready to be done again.

Shapes are static and control flow is frozen on Neuron, so every number that a graph computes from shapes
is written down as it was; only tensors are computed anew.

Values are written as plain JSON: {"v": n} is the n-th tensor, {"w": n} a weight, {"c": x} a constant,
{"f": "inf"} a float that JSON lacks, {"l": [..]}, {"t": [..]} and {"d": {..}} hold others, {"n": x} is a number
made a tensor.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Iterator

import torch


@dataclass(frozen=True)
class Step:
    """One operator node; `out` names the tensors that it makes, and is empty where it only made numbers."""

    kind: str
    overload: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    out: tuple[int, ...]
    scope: str
    reads: tuple[int, ...] = ()

    @property
    def given(self) -> list[Any]:
        """Everything that it is called with, as the tape writes it."""
        return [*self.args, *self.kwargs.values()]

    @property
    def in_place(self) -> bool:
        """Whether it changes its first argument."""
        name = self.kind.split("::")[1]
        return name.endswith("_") and not name.endswith("__")


@dataclass
class Tape:
    """Steps in order, the tensors that they start from, and the structure that comes out."""

    inputs: list[int]
    steps: list[Step]
    output: Any
    weights: dict[int, torch.Tensor] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    examples: dict[int, torch.Tensor] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """The program alone, as JSON takes it."""
        steps = [asdict(step) for step in self.steps if step.out]
        return {"inputs": self.inputs, "steps": steps, "output": self.output}

    def used(self) -> set[int]:
        """The tensors that the output, or a change in place, depends on."""
        used = set(tensors_in(self.output))
        for step in reversed(self.steps):
            if step.in_place or used.intersection(step.out):
                used.update(tensors_in(step.given))
        return used


def tape_from(plain: dict[str, Any]) -> Tape:
    """The program that `plain` describes; weights are given to it apart."""
    steps = [
        Step(each["kind"], each["overload"], tuple(each["args"]), each["kwargs"], tuple(each["out"]), each["scope"])
        for each in plain["steps"]
    ]
    return Tape(inputs=plain["inputs"], steps=steps, output=plain["output"])


def constant(value: Any) -> dict[str, Any]:
    """A constant as the tape writes it."""
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return {"f": repr(value)}
    if isinstance(value, (list, tuple)):
        return {"l": [constant(item) for item in value]}
    if isinstance(value, torch.device):
        return {"c": str(value)}
    if value is None or isinstance(value, (bool, int, float, str)):
        return {"c": value}
    raise NotImplementedError(f"the stand-in cannot write down a {type(value).__name__}")


def tensors_in(code: Any) -> Iterator[int]:
    """The numbers of the tensors that a written value refers to."""
    yield from _numbers(code, "v")


def weights_in(code: Any) -> Iterator[int]:
    """The numbers of the weights that a written value refers to."""
    yield from _numbers(code, "w")


def _numbers(code: Any, key: str) -> Iterator[int]:
    if isinstance(code, (list, tuple)):
        for part in code:
            yield from _numbers(part, key)
        return
    kind, body = next(iter(code.items()))
    if kind == key:
        yield body
    elif kind in ("l", "t"):
        yield from _numbers(body, key)
    elif kind == "d":
        yield from _numbers(list(body.values()), key)


def read(code: Any, values: dict[int, torch.Tensor], weights: dict[int, torch.Tensor]) -> Any:
    """The value that is written."""
    key, body = next(iter(code.items()))
    if key == "v":
        return values[body]
    if key == "w":
        return weights[body]
    if key == "l":
        return [read(part, values, weights) for part in body]
    if key == "t":
        return tuple(read(part, values, weights) for part in body)
    if key == "d":
        return {name: read(part, values, weights) for name, part in body.items()}
    if key == "n":
        return torch.tensor(body)
    return float(body) if key == "f" else body
