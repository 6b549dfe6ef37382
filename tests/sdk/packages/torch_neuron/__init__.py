"""A stand-in for torch-neuron, the SDK for Inf1: its documented interface and behaviour, none of its insides."""

import sys as _sys

import torch as _torch
from neuron_stand_in import kernel as _kernel
from neuron_stand_in.data_parallel import DataParallel as _DataParallel
from neuron_stand_in.loading import watch_loading as _watch_loading
from neuron_stand_in.switches import versions as _versions

from torch_neuron import experimental as experimental
from torch_neuron.analyze import analyze_model as analyze_model
from torch_neuron.analyze import get_supported_operations as get_supported_operations
from torch_neuron.convert import Optimization as Optimization
from torch_neuron.convert import trace as trace

__version__ = _versions()["torch-neuron"]

_kernel.register("forward")
_watch_loading(at_once=True)


class DataParallel(_DataParallel):
    """torch.neuron.DataParallel(model, device_ids=None, dim=0)."""

    def __init__(self, model, device_ids=None, dim=0):
        super().__init__(model, device_ids, dim)


_sys.modules["torch.neuron"] = _sys.modules[__name__]
_torch.neuron = _sys.modules[__name__]
