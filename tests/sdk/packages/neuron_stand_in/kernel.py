"""The custom operators of the namespace `neuron`: what a saved module calls, and this process must have registered.

`forward_v2_1(Tensor[] _0, Tensor _1, Tensor _2) -> Tensor` and so on, numbered by how many tensors come out: the
inputs, the NEFF, and what the runtime must know about its interface. The real second argument is a C++ object.
"""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from typing import Any, Iterator

import torch

from neuron_stand_in import neff
from neuron_stand_in.device import LoadedModel
from neuron_stand_in.tensors import dtype_name, empty

MOST_OUTPUTS = 16
META_BYTES = 1 << 14

_loaded: dict[int, LoadedModel] = {}
_wanted: dict[int, tuple[int, int]] = {}
_assembling = [False]
_loading = threading.Lock()
_libraries: list[Any] = []


class _Failure:
    """What a kernel returns for an error, so that torch says it from C++ as it does for the real operators.

    Of an exception that is raised here, torch 1.13 loses the text, and torch 2 puts Python's frames after it.
    """

    def __init__(self, error: BaseException) -> None:
        self._text = f"{type(error).__name__}: {error}"

    def __str__(self) -> str:
        return f"\n{self._text}\n"

    __repr__ = __str__


def register(name: str) -> None:
    """Define the operators `neuron::<name>_1` to `neuron::<name>_16` for as long as this process lives."""
    library = torch.library.Library("neuron", "DEF")
    _libraries.append(library)
    for count in range(1, MOST_OUTPUTS + 1):
        returned = "Tensor" if count == 1 else "({})".format(", ".join(["Tensor"] * count))
        library.define(f"{name}_{count}(Tensor[] _0, Tensor _1, Tensor _2) -> {returned}")
        library.impl(f"{name}_{count}", _kernel(count), "CompositeExplicitAutograd")


def _kernel(count: int) -> Any:
    def forward(inputs: list[torch.Tensor], content: torch.Tensor, meta: torch.Tensor) -> Any:
        try:
            with torch.no_grad():
                outputs = _forward(inputs, content, meta)
        except Exception as error:  # noqa: BLE001  told from C++, whatever it is
            return _Failure(error) if count == 1 else tuple([_Failure(error)] * count)
        return outputs[0] if count == 1 else tuple(outputs)

    return forward


@contextmanager
def assembling() -> Iterator[None]:
    """While a saved module is put together, operators give empty tensors and touch no device."""
    _assembling[0] = True
    try:
        yield
    finally:
        _assembling[0] = False


def meta_tensor(meta: dict[str, Any]) -> torch.Tensor:
    """An interface description, in a tensor with room for changes in place."""
    text = json.dumps(meta).encode("utf-8")
    size = max(META_BYTES, 2 * len(text))
    return torch.frombuffer(bytearray(text.ljust(size)), dtype=torch.uint8)


def meta_of(tensor: torch.Tensor) -> dict[str, Any]:
    """The interface description that a tensor holds."""
    return dict(json.loads(tensor.numpy().tobytes().decode("utf-8")))


def models_in(module: torch.nn.Module) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """The NEFF and the interface description of every compiled part of a module."""
    buffers = dict(module.named_buffers())
    ends = [(name, name[: -len("neff")] + "metaneff") for name in buffers if name.split(".")[-1] == "neff"]
    return [(buffers[name], buffers[meta]) for name, meta in ends]


def place(content: torch.Tensor, start: int, count: int) -> None:
    """Have a model go to these cores of the process when it is loaded, or move it there."""
    _wanted[content.data_ptr()] = (start, count)
    _loaded.pop(content.data_ptr(), None)


def load(content: torch.Tensor) -> LoadedModel:
    """The model that these bytes are, on its cores."""
    with _loading:
        return _load(content)


def _load(content: torch.Tensor) -> LoadedModel:
    key = content.data_ptr()
    raw = content.numpy()
    found = _loaded.get(key)
    if found is None or found.header.digest != neff.header(raw[: neff.SIZE].tobytes()).digest:
        start, count = _wanted.get(key, (-1, -1))
        found = _loaded[key] = LoadedModel(raw.tobytes(), start, count)
    return found


def _forward(inputs: list[torch.Tensor], content: torch.Tensor, meta_bytes: torch.Tensor) -> list[torch.Tensor]:
    meta = meta_of(meta_bytes)
    if _assembling[0]:
        return [empty(dtype, shape) for shape, dtype in meta["outputs"]]
    weights = inputs[len(meta["inputs"]) :]
    given = inputs[: len(meta["inputs"])]
    model = load(content)
    if meta["half"]:
        given = [tensor.float() if tensor.dtype == torch.float16 else tensor for tensor in given]
    if meta["dynamic_batch"]:
        outputs = _in_batches(model, given, weights, meta)
    else:
        _check(given, meta["inputs"])
        outputs = list(model.execute(given, weights))
    return [tensor.half() if meta["half"] and tensor.dtype == torch.float32 else tensor for tensor in outputs]


def _check(given: list[torch.Tensor], expected: list[Any]) -> None:
    for index, (tensor, (shape, dtype)) in enumerate(zip(given, expected)):
        if list(tensor.shape) != shape:
            found = f"received {_words(tensor.shape)}, expected {_words(shape)}"
            raise RuntimeError(f"Incorrect tensor shape at input #{index}: {found}")
        if dtype_name(tensor) != dtype:
            found = f"received {dtype_name(tensor)}, expected {dtype}"
            raise RuntimeError(f"Incorrect tensor type at input #{index}: {found}")


def _in_batches(
    model: LoadedModel, given: list[torch.Tensor], weights: list[torch.Tensor], meta: dict[str, Any]
) -> list[torch.Tensor]:
    sizes = {int(tensor.shape[0]) if tensor.dim() else -1 for tensor in given}
    if len(sizes) != 1:
        raise ValueError(f"Inconsistent batch sizes found on inputs: {sorted(sizes)}")
    total, size = sizes.pop(), int(meta["inputs"][0][0][0])
    rows = list(range(total)) + [total - 1] * (-total % size)
    parts = []
    for start in range(0, len(rows), size):
        chosen = [tensor[rows[start : start + size]] for tensor in given]
        _check(chosen, meta["inputs"])
        parts.append(model.execute(chosen, weights))
    return [torch.cat(list(tensors))[:total] for tensors in zip(*parts)]


def _words(shape: Any) -> str:
    return ", ".join(str(size) for size in shape)
