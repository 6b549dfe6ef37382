"""Inf2, Trn1, Trn1n and Trn2: torch_neuronx.trace with neuronx-cc, as AWS documents it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, Dict, Optional, Tuple

from neuron_studio.core.operators import SdkAnswer
from neuron_studio.core.precision import neuronx_cc_flags
from neuron_studio.wire.machine import this_machine
from neuron_studio.wire.spec import RunSpec, Target
from neuron_studio.worker.backends.base import Backend, Trace, sdk_broken

# What neuronx-cc and torch_neuronx.trace do where they are not told otherwise.
_DEFAULTS = {
    "--model-type": "generic",
    "--optlevel": "2",
    "--enable-saturate-infinity": "off",
    "inline_weights_to_neff": "True",
}


class TorchNeuronX(Backend):
    """Compiles anywhere when it is told the target; runs only where there is a device."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self.runs_here = this_machine(sys.executable).devices > 0

    def load_sdk(self) -> None:
        if not self.runs_here:
            # Read at the import; without it some releases ask the machine, which has no answer.
            os.environ.setdefault("NEURON_PLATFORM_TARGET_OVERRIDE", self._target.family)
        try:
            import torch_neuronx  # noqa: F401
        except ImportError as error:
            raise sdk_broken("torch-neuronx", error) from error

    def analyze(self, model: Any, example: Tuple[Any, ...]) -> Optional[SdkAnswer]:
        import torch_neuronx

        found = torch_neuronx.analyze(model, example, is_hf_transformers=True)
        refused = {entry["kind"]: f"{entry['failureAt']}, {entry['call']}" for entry in found["unsupported_operators"]}
        return SdkAnswer("torch_neuronx.analyze", frozenset(found["supported_operators"]), refused)

    def trace(self, model: Any, example: Tuple[Any, ...], spec: RunSpec, work: Path) -> Trace:
        import torch_neuronx

        options, target = spec.options, spec.target
        precision = neuronx_cc_flags(options.auto_cast, options.auto_cast_type)
        size = target.logical_core_size
        logical = () if size is None else ("--logical-nc-config", str(size))
        arguments = ("--target", target.family, *logical, *precision, *options.compiler_args)
        # Older releases do not know the keyword, and need it only where there is no device.
        extra: Dict[str, Any] = {} if self.runs_here else {"cpu_backend": True}
        module = torch_neuronx.trace(model, example, compiler_workdir=str(work), compiler_args=list(arguments), **extra)
        if options.dynamic_batch_size:
            module = torch_neuronx.dynamic_batch(module)
        said = {"dynamic_batch": str(options.dynamic_batch_size)}
        return Trace(module, "neuronx-cc", arguments, {**_DEFAULTS, **said})
