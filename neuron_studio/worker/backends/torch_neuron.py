"""Inf1: torch.neuron.trace with neuron-cc, as AWS documents it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Dict, Optional, Tuple

import torch

from neuron_studio.core.operators import SdkAnswer
from neuron_studio.core.precision import neuron_cc_flags
from neuron_studio.core.size import GRAPH_LIMIT
from neuron_studio.wire.machine import this_machine
from neuron_studio.wire.spec import RunSpec
from neuron_studio.worker.backends.base import Backend, Trace, sdk_broken

# What neuron-cc and torch_neuron.trace do where they are not told otherwise.
_DEFAULTS = {
    "--neuroncore-pipeline-cores": "1",
    "fallback": "True",
    "minimum_segment_size": "2",
    "single_fusion_ratio_threshold": "0.6",
}


class TorchNeuron(Backend):
    """Compiles anywhere; runs only where there is an Inferentia device."""

    limits_time = True

    def __init__(self) -> None:
        self.runs_here = this_machine(sys.executable).devices > 0

    def load_sdk(self) -> None:
        try:
            import torch_neuron  # noqa: F401  registers torch.neuron
        except ImportError as error:
            raise sdk_broken("torch-neuron", error) from error

    def supported_operators(self) -> Optional[SdkAnswer]:
        import torch_neuron

        taken = frozenset(torch_neuron.get_supported_operations())
        return SdkAnswer("torch.neuron.get_supported_operations", taken, names_all=True)

    def analyze(self, model: Any, example: Tuple[Any, ...]) -> Optional[SdkAnswer]:
        import torch_neuron

        found = torch_neuron.analyze_model(model, example)
        refused = dict.fromkeys(found["unsupported_operators"], "")
        return SdkAnswer("torch.neuron.analyze_model", frozenset(found["supported_operators"]), refused)

    def trace(self, model: Any, example: Tuple[Any, ...], spec: RunSpec, work: Path) -> Trace:
        import torch_neuron

        options = spec.options
        arguments = neuron_cc_flags(options.auto_cast, options.auto_cast_type) + options.compiler_args
        settings: Dict[str, Any] = {
            "dynamic_batch_size": options.dynamic_batch_size,
            "separate_weights": constant_bytes(model) > GRAPH_LIMIT,
        }
        said = {name: str(value) for name, value in settings.items()}
        if options.compile_timeout_s is not None:
            settings["compiler_timeout"] = options.compile_timeout_s
        # Older releases know neither word, and need it only where it is true.
        settings = {name: value for name, value in settings.items() if value}
        module = torch_neuron.trace(
            model, example, compiler_args=list(arguments), compiler_workdir=str(work), **settings
        )  # fmt: skip
        return Trace(module, "neuron-cc", arguments, {**_DEFAULTS, **said})


def constant_bytes(model: torch.nn.Module) -> int:
    """The bytes of the weights that the compiler is given; the tables of embeddings stay on the CPU."""
    tables = {id(module.weight) for module in model.modules() if isinstance(module, torch.nn.Embedding)}
    compiled = (parameter for parameter in model.parameters() if id(parameter) not in tables)
    return sum(parameter.numel() * parameter.element_size() for parameter in compiled)
