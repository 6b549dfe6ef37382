"""Walk a traced graph with its example inputs, and write a tape of what happened."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Sequence

import torch

from neuron_stand_in.operators import flat_tensors, operator
from neuron_stand_in.tape import Step, Tape, constant

_THROUGH = frozenset(("prim::unchecked_cast", "prim::data", "prim::unchecked_unwrap_optional"))


@dataclass(frozen=True)
class _Known:
    value: Any
    code: Any
    origins: tuple[int, ...] = ()


def record(traced: Any, example: Sequence[torch.Tensor]) -> Tape:
    """The tape of a traced module or function."""
    with torch.no_grad():
        return _Recorder().run(traced, example)


@dataclass
class _Recorder:
    tape: Tape = field(default_factory=lambda: Tape([], [], None))
    known: dict[str, _Known] = field(default_factory=dict)
    tensors: int = 0
    numbers: dict[int, int] = field(default_factory=dict)

    def run(self, traced: Any, example: Sequence[torch.Tensor]) -> Tape:
        graph = traced.inlined_graph
        inputs = list(graph.inputs())
        if isinstance(traced, torch.jit.ScriptModule):
            self.known[inputs.pop(0).debugName()] = _Known(traced, "")
        for value, tensor in zip(inputs, example):
            self.known[value.debugName()] = _Known(tensor.clone(), {"v": self._tensor(tensor)})
            self.tape.inputs.append(self.tensors - 1)
        outputs = self._block(graph)
        self.tape.output = outputs[0].code if len(outputs) == 1 else {"t": [each.code for each in outputs]}
        return self.tape

    def _tensor(self, tensor: torch.Tensor) -> int:
        number = self.tensors
        self.tensors += 1
        self.tape.examples[number] = torch.empty(tensor.shape, dtype=tensor.dtype, device="meta")
        return number

    def _block(self, block: Any) -> list[_Known]:
        for node in block.nodes():
            self._node(node)
        return [self.known[value.debugName()] for value in _returned(block)]

    def _node(self, node: Any) -> None:
        kind = node.kind()
        given = [self.known[value.debugName()] for value in node.inputs()]
        handler = getattr(self, "_" + kind.replace("::", "_"), None)
        if handler is not None:
            made = handler(node, given)
        elif kind in _THROUGH:
            made = given
        elif kind.startswith("prim::"):
            raise NotImplementedError(f"the stand-in cannot trace {kind}")
        else:
            made = self._operator(node, given)
        for value, each in zip(node.outputs(), made):
            self.known[value.debugName()] = each

    def _operator(self, node: Any, given: list[_Known]) -> list[_Known]:
        schema = torch._C.parse_schema(node.schema())
        named = [argument.name if argument.kwarg_only else "" for argument in schema.arguments]
        args = [each for each, name in zip(given, named) if not name]
        kwargs = {name: each for each, name in zip(given, named) if name}
        call = operator(node.kind(), schema.overload_name)
        result = call(*(each.value for each in args), **{name: each.value for name, each in kwargs.items()})
        place = len(self.tape.steps)
        tensors = flat_tensors(result)
        out = tuple(self._tensor(tensor) for tensor in tensors)
        reads = tuple(sorted({origin for each in given for origin in each.origins}))
        self.tape.steps.append(
            Step(
                node.kind(),
                schema.overload_name,
                tuple(each.code for each in args),
                {name: each.code for name, each in kwargs.items()},
                out,
                node.scopeName(),
                reads,
            )
        )
        results = [result] if len(list(node.outputs())) == 1 else list(result)
        numbers = iter(out)
        return [_Known(each, _code(each, numbers), (place,)) for each in results]

    def _weight(self, tensor: torch.Tensor, name: str) -> _Known:
        number = self.numbers.setdefault(id(tensor), len(self.numbers))
        if number not in self.tape.weights:
            self.tape.weights[number] = tensor
            self.tape.names[number] = name or f"constant_{number}"
        return _Known(tensor, {"w": number})

    def _prim_Constant(self, node: Any, _given: list[_Known]) -> list[_Known]:
        value = node.output().toIValue()
        return [self._weight(value, "") if isinstance(value, torch.Tensor) else _Known(value, constant(value))]

    def _prim_GetAttr(self, node: Any, given: list[_Known]) -> list[_Known]:
        name = node.s("name")
        value = getattr(given[0].value, name)
        path = (given[0].code + "." + name).lstrip(".")
        if isinstance(value, torch.Tensor):
            return [self._weight(value, path)]
        return [_Known(value, path if isinstance(value, torch.nn.Module) else constant(value))]

    def _prim_NumToTensor(self, _node: Any, given: list[_Known]) -> list[_Known]:
        value = given[0].value
        return [_Known(torch.tensor(value), {"n": value}, given[0].origins)]

    def _prim_ListConstruct(self, _node: Any, given: list[_Known]) -> list[_Known]:
        return [_Known([each.value for each in given], {"l": [each.code for each in given]}, _origins(given))]

    def _prim_TupleConstruct(self, _node: Any, given: list[_Known]) -> list[_Known]:
        return [_Known(tuple(each.value for each in given), {"t": [each.code for each in given]}, _origins(given))]

    def _prim_DictConstruct(self, _node: Any, given: list[_Known]) -> list[_Known]:
        pairs = list(zip(given[::2], given[1::2]))
        values = {key.value: each.value for key, each in pairs}
        return [_Known(values, {"d": {key.value: each.code for key, each in pairs}}, _origins(given))]

    def _prim_ListUnpack(self, _node: Any, given: list[_Known]) -> list[_Known]:
        codes = next(iter(given[0].code.values()))
        return [_Known(value, code, given[0].origins) for value, code in zip(given[0].value, codes)]

    _prim_TupleUnpack = _prim_ListUnpack

    def _prim_If(self, node: Any, given: list[_Known]) -> list[_Known]:
        # Control flow is frozen: the branch that the example takes is the one that is compiled.
        taken, other = list(node.blocks())
        return self._block(taken if given[0].value else other)


def _returned(block: Any) -> list[Any]:
    return list(block.outputs())


def _origins(given: list[_Known]) -> tuple[int, ...]:
    return tuple(sorted({origin for each in given for origin in each.origins}))


def _code(value: Any, numbers: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return {"v": next(numbers)}
    if isinstance(value, (list, tuple)) and flat_tensors(value):
        return {"l" if isinstance(value, list) else "t": [_code(part, numbers) for part in value]}
    return constant(value)
