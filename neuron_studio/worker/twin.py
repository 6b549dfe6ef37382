"""The twin of a model: the same module, which gives what its layers give as well, named by its own modules."""

from __future__ import annotations

import math
from collections import Counter
from contextlib import ExitStack
from functools import partial
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, Tuple

import torch

from neuron_studio.wire.spec import SentencePair
from neuron_studio.worker.inputs import Encoder, NamedInputs

LOGITS = "logits"

# A module's name, and which of its calls is meant: layers that share their weights are one module, called again.
_Call = Tuple[str, int]


class Twin(torch.nn.Module):
    """The model as NamedInputs has it, giving what each layer gives, the logits last; names are in the same order.

    What the modules themselves give is taken, and not transformers' hidden_states: those leave out heads and
    poolers, do not say which module they come from, and are not the same thing in every architecture.
    """

    def __init__(self, model: torch.nn.Module, inputs: Tuple[str, ...], example: Tuple[torch.Tensor, ...]) -> None:
        super().__init__()
        self.whole = NamedInputs(model, inputs)
        self._calls: Tuple[_Call, ...] = ()
        self._calls, ends_in_logits = self._fitting_calls(example)
        counts = Counter(name for name, _ in self._calls)
        named = [name if counts[name] == 1 else f"{name}, pass {number + 1}" for name, number in self._calls]
        self.names = tuple(named) if ends_in_logits else (*named, LOGITS)
        self._adds_logits = not ends_in_logits

    def forward(self, *tensors: torch.Tensor) -> Tuple[torch.Tensor, ...]:
        """A tensor for each name: (batch, tokens, …) after a layer, (batch, …) after a head."""
        found, logits = self._called(tensors)
        states = tuple(found[call] for call in self._calls)
        return (*states, logits) if self._adds_logits else states

    def _called(self, tensors: Tuple[torch.Tensor, ...]) -> Tuple[Dict[_Call, torch.Tensor], torch.Tensor]:
        found: Dict[_Call, torch.Tensor] = {}
        passes: Counter[str] = Counter()

        def keep(name: str, module: torch.nn.Module, given: Any, output: Any) -> None:
            tensor = _tensor_in(output)
            if tensor is not None:
                found[name, passes[name]] = tensor
            passes[name] += 1

        with ExitStack() as hooks:
            # For this call alone: a hook that stayed would tie a copy of the twin to the original.
            for name, module in _layers(self.whole.model, ""):
                hooks.enter_context(_removed(module.register_forward_hook(partial(keep, name))))
            return found, self.whole(*tensors)[0]

    def _fitting_calls(self, example: Tuple[torch.Tensor, ...]) -> Tuple[Tuple[_Call, ...], bool]:
        """The calls whose output has a row for each input, and whether the last one gives the logits themselves."""
        with torch.no_grad():
            found, logits = self._called(example)
        fitting = {call: tensor for call, tensor in found.items() if _fits(tensor, example[0])}
        calls = tuple(fitting)
        return calls, bool(calls) and fitting[calls[-1]] is logits


def norms_between(
    one: Callable[..., Any], other: Optional[Callable[..., Any]], encoder: Encoder, pairs: Sequence[SentencePair],
    progress: Callable[[int], None],
) -> List[float]:  # fmt: skip
    """Euclidean norms of what two twins differ by after each layer, or of one's own states, over the real tokens.

    Batches are folded as they come; what stands at a place of padding is nobody's answer and does not count.
    """
    squares: List[float] = []
    for batch in encoder.batches(pairs):
        tensors = tuple(batch.tensors[name] for name in encoder.names)
        mask = batch.tensors.get("attention_mask", torch.ones_like(tensors[0]))[: batch.count].bool()
        with torch.no_grad():
            states, others = one(*tensors), other(*tensors) if other is not None else None
        found = [
            _square(state[: batch.count], None if others is None else others[place][: batch.count], mask)
            for place, state in enumerate(states)
        ]
        squares = [a + b for a, b in zip(squares or [0.0] * len(found), found)]
        progress(batch.first_index + batch.count)
    return [math.sqrt(square) for square in squares]


def _square(state: torch.Tensor, other: Optional[torch.Tensor], mask: torch.Tensor) -> float:
    difference = state.double() if other is None else state.double() - other.double()
    if difference.dim() > 2:
        difference = difference[mask]
    return float(difference.pow(2).sum())


def _layers(module: torch.nn.Module, path: str) -> Iterator[Tuple[str, torch.nn.Module]]:
    """The modules between which a model hands on its states: each in a stack, and each beside or around the stacks.

    Without parameters (a dropout, an activation, a table of angles) there is nothing to call a layer.
    """
    is_stack = isinstance(module, torch.nn.ModuleList)
    for name, child in module.named_children():
        holds_stack = any(isinstance(part, torch.nn.ModuleList) for part in child.modules())
        if isinstance(child, torch.nn.ModuleList) or (holds_stack and not is_stack):
            yield from _layers(child, f"{path}{name}.")
        elif any(True for _ in child.parameters()):
            yield f"{path}{name}", child


def _fits(tensor: torch.Tensor, ids: torch.Tensor) -> bool:
    # Positions and the like belong to no row; a shortened sequence has no tokens that the mask knows.
    expected = tuple(ids.shape)[: 1 if tensor.dim() == 2 else 2]
    return tensor.dim() > 1 and tensor.is_floating_point() and tuple(tensor.shape[: len(expected)]) == expected


def _tensor_in(output: Any) -> Optional[torch.Tensor]:
    if isinstance(output, dict):
        output = tuple(output.values())
    first = output[0] if isinstance(output, (tuple, list)) and output else output
    return first if isinstance(first, torch.Tensor) else None


class _removed:
    """A hook for the length of a block."""

    def __init__(self, hook: Any) -> None:
        self._hook = hook

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None:
        self._hook.remove()
