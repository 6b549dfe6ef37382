"""What importing an SDK does to torch.jit.load: compiled parts find their operators, and perhaps their cores."""

from __future__ import annotations

import functools
from contextlib import contextmanager
from typing import Any, Iterator

import torch

from neuron_stand_in import kernel
from neuron_stand_in.runtime import CORES_UNKNOWN, runtime

_contexts: list[tuple[int, int]] = []


def watch_loading(at_once: bool) -> None:
    """Place models that are loaded inside a placement context; with `at_once` torch.jit.load needs a device."""
    original = torch.jit.load

    @functools.wraps(original)
    def load(*args: Any, **kwargs: Any) -> Any:
        module = original(*args, **kwargs)
        for content, _meta in kernel.models_in(module):
            if _contexts:
                kernel.place(content, *_contexts[-1])
            if at_once:
                kernel.load(content)
        return module

    torch.jit.load = load


def set_neuron_cores(trace: torch.nn.Module, start_nc: int = -1, nc_count: int = -1) -> None:
    """Put a traced module on these cores of the process, replicated over nc_count of them."""
    start, count = _checked(start_nc, nc_count)
    for content, _meta in kernel.models_in(trace):
        kernel.place(content, start, count)


def set_multicore(trace: torch.nn.Module) -> None:
    """Put a traced module on every core of the process."""
    set_neuron_cores(trace, 0, core_count())


@contextmanager
def neuron_cores_context(start_nc: int = -1, nc_count: int = -1) -> Iterator[None]:
    """What torch.jit.load loads in here goes to these cores."""
    _contexts.append(_checked(start_nc, nc_count))
    try:
        yield
    finally:
        _contexts.pop()


@contextmanager
def multicore_context() -> Iterator[None]:
    """What torch.jit.load loads in here goes to every core of the process."""
    with neuron_cores_context(0, core_count()):
        yield


def core_count() -> int:
    """How many cores this process owns; takes them on first use."""
    try:
        return len(runtime().cores)
    except RuntimeError as error:
        raise RuntimeError(CORES_UNKNOWN) from error


def _checked(start: int, count: int) -> tuple[int, int]:
    owned = core_count()
    if count == 0 or count < -1 or max(start, 0) + max(count, 1) > owned:
        raise ValueError(f"nc_count {count} from core {start} does not fit into {owned} NeuronCores")
    return start, count
