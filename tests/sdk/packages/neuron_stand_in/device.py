"""A model on a pretend core: loaded from its NEFF, checked and run as the device would."""

from __future__ import annotations

import itertools
import os
import time
from typing import Any, Sequence

import torch

from neuron_stand_in import neff, switches
from neuron_stand_in.arithmetic import Arithmetic
from neuron_stand_in.log import runtime_error
from neuron_stand_in.replay import run
from neuron_stand_in.runtime import runtime
from neuron_stand_in.tape import tape_from
from neuron_stand_in.tensors import tensor_from

_INVALID = "Could not load the model status=2 message=Invalid"
_SCRATCH_BYTES = 1 << 20


class LoadedModel:
    """One NEFF on one or more cores of this process."""

    def __init__(self, content: bytes, start: int, count: int) -> None:
        self._runtime = runtime()
        self.header = neff.header(content)
        program, files = neff.unpack(content)
        self._check(program)
        first = self._runtime.emptiest(max(count, 1)) if start < 0 else start
        self.places = list(range(first, first + max(count, 1)))
        for place in self.places:
            self._runtime.take_memory(place, len(content) + _SCRATCH_BYTES)
        self._turns = itertools.cycle(self.places)
        self._tape = tape_from(program["tape"])
        self._arithmetic = Arithmetic(**program["arithmetic"])
        self._external: list[int] = program["external"]
        self._weights = {
            int(number): tensor_from(files["sg00/" + entry["file"]], entry["dtype"], entry["shape"])
            for number, entry in program["weights"].items()
            if "file" in entry
        }

    def execute(self, inputs: Sequence[torch.Tensor], weights: Sequence[torch.Tensor]) -> tuple[torch.Tensor, ...]:
        """One inference on the next core in turn; inputs have the compiled shapes."""
        place = next(self._turns)
        begun = time.perf_counter()
        given = {**self._weights, **dict(zip(self._external, weights))}
        try:
            outputs = run(self._tape, [tensor.clone() for tensor in inputs], given, self._arithmetic)
        except IndexError as error:
            text = f"nd0:nc{place}: failed to run scatter/gather (indirect memory copy), due to out-of-bound access."
            runtime_error("TDRV", "exec_process_custom_notification", text)
            raise RuntimeError("nrt_execute status=1006") from error
        outputs = tuple(_spoilt(tensor) for tensor in outputs)
        has_nan = any(tensor.is_floating_point() and bool(tensor.isnan().any()) for tensor in outputs)
        self._runtime.executed(place, time.perf_counter() - begun, has_nan)
        return outputs

    def _check(self, program: dict[str, Any]) -> None:
        machine, legacy = self._runtime.machine, os.environ.get("NEURON_RT_ALLOW_LEGACY_NEFF", "").upper() == "TRUE"
        lnc = self.header.lnc if not switches.fault("lnc-mismatch") else 3 - self._runtime.lnc
        is_legacy = (program["core_version"], machine.core_version) == ("v2", "v3") and legacy
        if program["core_version"] != machine.core_version and not is_legacy:
            runtime_error("NRT", "nrt_load_util", "Attempting to load an incompatible model!")
            raise RuntimeError("Could not load the model status=6 message=NRT_FAILURE(6)")
        if lnc != self._runtime.lnc and not is_legacy:
            runtime_error(
                "NRT", "nrt_load_util",
                "Mismatch detected between Runtime configuration and NEFF. Runtime currently configured with "
                f"`NEURON_LOGICAL_NC_CONFIG={self._runtime.lnc}` but NEFF file.neff was compiled with `--lnc={lnc}`.",
            )  # fmt: skip
            raise RuntimeError(_INVALID)
        if self.header.cores > len(self._runtime.cores):
            runtime_error("TDRV", "kbl_model_add", f"Could not find VNC id {len(self._runtime.cores)}")
            runtime_error("NMGR", "dlr_kelf_stage", "Failed to load NN: file.neff, err: 2")
            raise RuntimeError(_INVALID)


def _spoilt(tensor: torch.Tensor) -> torch.Tensor:
    if tensor.is_floating_point() and switches.fault("nan"):
        return torch.full_like(tensor, float("nan"))
    if tensor.is_floating_point() and switches.fault("constant"):
        return torch.full_like(tensor, 0.5)
    return tensor
