"""The module that comes with neuron-cc; the compiler itself is an executable."""

from neuron_stand_in.switches import versions as _versions

__version__ = _versions()["neuron-cc"]
