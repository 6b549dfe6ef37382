"""Placement of models on cores, which torch-neuron calls experimental."""

from neuron_stand_in.loading import multicore_context as multicore_context
from neuron_stand_in.loading import neuron_cores_context as neuron_cores_context
from neuron_stand_in.loading import set_multicore as set_multicore
from neuron_stand_in.loading import set_neuron_cores as set_neuron_cores
