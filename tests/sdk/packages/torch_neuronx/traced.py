"""What can be changed in a traced module, always in place."""

from __future__ import annotations

import warnings
from typing import Any, Union

import torch
from neuron_stand_in import kernel
from neuron_stand_in.data_parallel import set_meta


def dynamic_batch(neuron_script: Any) -> Any:
    """Allow any size in dimension 0; gives back the same object."""
    set_meta(neuron_script, dynamic_batch=True)
    return neuron_script


def async_load(trace: Any, enable_async_load: bool = True) -> None:
    """Remember that the model shall be loaded without waiting; the stand-in waits all the same."""
    set_meta(trace, async_load=enable_async_load)


def lazy_load(trace: Any, enable_lazy_load: bool = True) -> None:
    """Remember that the model shall be loaded at its first call, which is what the stand-in always does."""
    set_meta(trace, lazy_load=enable_lazy_load)


def move_trace_to_device(trace: Any, device_id: int) -> None:
    """Put a traced module, and the weights that lie outside its NEFF, on one core."""
    for content, _meta in kernel.models_in(trace):
        kernel.place(content, device_id, 1)
        kernel.load(content)


def replace_weights(neuron_model: Any, weights: Union[torch.nn.Module, dict[str, torch.Tensor]]) -> None:
    """Give new weights to a model that was traced with inline_weights_to_neff=False."""
    given = weights.state_dict() if isinstance(weights, torch.nn.Module) else weights
    named = {name.replace(".", "_"): tensor for name, tensor in given.items()}
    buffers = {name.split(".")[-1]: tensor for name, tensor in neuron_model.named_buffers()}
    if not set(named) & set(buffers):
        warnings.warn("The given Neuron model does not contain any separated weights", stacklevel=2)
    for name, tensor in named.items():
        if name in buffers:
            buffers[name].copy_(tensor)
