"""The backends by name; each SDK is imported only in its own file, and only when it is chosen."""

from __future__ import annotations

from neuron_studio.wire.spec import Target
from neuron_studio.worker.backends.base import Backend


def backend_for(target: Target) -> Backend:
    """The backend that a target names."""
    if target.backend == "torch-neuron":
        from neuron_studio.worker.backends.torch_neuron import TorchNeuron

        return TorchNeuron()
    if target.backend == "torch-neuronx":
        from neuron_studio.worker.backends.torch_neuronx import TorchNeuronX

        return TorchNeuronX(target)
    from neuron_studio.worker.backends.emulator import Emulator

    return Emulator()
