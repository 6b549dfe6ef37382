"""A stand-in for torch-neuronx, the SDK for Inf2, Trn1 and Trn2: its documented interface and behaviour."""

from neuron_stand_in import kernel as _kernel
from neuron_stand_in.data_parallel import DataParallel as DataParallel
from neuron_stand_in.loading import multicore_context as multicore_context
from neuron_stand_in.loading import neuron_cores_context as neuron_cores_context
from neuron_stand_in.loading import set_multicore as set_multicore
from neuron_stand_in.loading import set_neuron_cores as set_neuron_cores
from neuron_stand_in.loading import watch_loading as _watch_loading
from neuron_stand_in.switches import versions as _versions

from torch_neuronx import experimental as experimental
from torch_neuronx.analysis import analyze as analyze
from torch_neuronx.partitioner import PartitionerConfig as PartitionerConfig
from torch_neuronx.traced import async_load as async_load
from torch_neuronx.traced import dynamic_batch as dynamic_batch
from torch_neuronx.traced import lazy_load as lazy_load
from torch_neuronx.traced import move_trace_to_device as move_trace_to_device
from torch_neuronx.traced import replace_weights as replace_weights
from torch_neuronx.tracing import trace as trace

__version__ = _versions()["torch-neuronx"]

_kernel.register("forward_v2")
_watch_loading(at_once=False)
