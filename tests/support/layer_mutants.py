"""Layers of tiny models compared with disturbed and undisturbed twins: python -m tests.support.layer_mutants FOLDER ….

Writes a line [family, {"names": […], "sound": {cast: layers}, "disturbed": {name: layers}, "overflow": layers}] as
JSON for each, where layers are those of a LayersCompared.
"""

from __future__ import annotations

import copy
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from neuron_studio.core.precision import AUTO_CASTS, CAST_TYPES, EMULATED_TYPES, casts
from neuron_studio.wire.codec import encode
from neuron_studio.wire.events import LayerError
from neuron_studio.wire.spec import ModelChoice, Options, RunSpec, SentencePair, Target
from neuron_studio.worker.backends.emulator import Emulator
from neuron_studio.worker.download import LocalModel
from neuron_studio.worker.inputs import Encoder
from neuron_studio.worker.model import load
from neuron_studio.worker.reference import in_bfloat16
from neuron_studio.worker.traceable import traceable
from neuron_studio.worker.twin import Twin, norms_between
from tests.support.tiny_models import PROBES

PAIRS = tuple(SentencePair(*pair) for pair in PROBES)
OPTIONS = Options(sequence_length=40, batch_size=6)

# A third of a weight's own spread: far beyond what any type rounds, and far from what breaks a model outright.
DISTURBANCE = 0.3


class Bench:
    """One tiny model, with what the CPU says of it."""

    def __init__(self, model: Any, encoder: Encoder) -> None:
        self.model, self.encoder = model, encoder
        self.example = encoder.example(PAIRS, 0)
        self.twin = self._twin(model)
        self.sizes = self._norms(None)
        self.units = self._norms(in_bfloat16(self.twin))

    def layers(self, model: Any, family: str, cast: str, kind: str) -> Any:
        """The records of a model that was to be this bench's, on the emulated target."""
        target = Target("emulator", family, f"{family}.xlarge", 2)
        options = replace(OPTIONS, auto_cast=cast, auto_cast_type=kind)
        spec = RunSpec(ModelChoice(""), PAIRS, target, options, sys.executable)
        with torch.no_grad(), traceable(casts(family, cast, kind).other):
            module = Emulator().trace(self._twin(copy.deepcopy(model)), self.example, spec, Path()).module
        with torch.jit.optimized_execution(False):
            errors = self._norms(module)
        return encode(list(map(LayerError, self.twin.names, errors, self.units, self.sizes)))

    def sound(self) -> dict[str, Any]:
        """Under every cast that is emulated, undisturbed."""
        return {
            f"{family} {cast} {kind}": self.layers(self.model, family, cast, kind)
            for family in ("inf1", "inf2") for cast in AUTO_CASTS for kind in CAST_TYPES[family]
            if kind in EMULATED_TYPES and (cast != "none" or kind == "bf16")
        }  # fmt: skip

    def disturbed(self) -> dict[str, Any]:
        """Each layer's weights disturbed in turn, as Inf1 casts by itself; of layers that share theirs, the first."""
        names = [name for name in self.twin.names if not name.endswith("pass 2")]
        return {name: self.layers(self._disturbed(name), "inf1", "all", "bf16") for name in names}

    def overflowing(self) -> Any:
        """With weights in the last layer of the stack that leave fp16's range, as everything is cast to it."""
        model = copy.deepcopy(self.model)
        stack = next(part for part in model.modules() if isinstance(part, torch.nn.ModuleList))
        inner = next(part for part in reversed(list(stack[-1].modules())) if isinstance(part, torch.nn.Linear))
        inner.weight.mul_(1e7)
        return Bench(model, self.encoder).layers(model, "inf1", "all", "fp16")

    def _disturbed(self, name: str) -> Any:
        torch.manual_seed(1)
        model = copy.deepcopy(self.model)
        for weight in model.get_submodule(name.split(",")[0]).parameters():
            weight.add_(DISTURBANCE * torch.randn_like(weight) * weight.abs().mean())
        return model

    def _twin(self, model: Any) -> Twin:
        return Twin(model, self.encoder.names, self.example)

    def _norms(self, other: Any) -> list[float]:
        return norms_between(self.twin, other, self.encoder, PAIRS, lambda _: None)


def answer(folder: Path) -> dict[str, Any]:
    """All that is asked of one model."""
    loaded = load(ModelChoice(str(folder)), LocalModel(folder))
    bench = Bench(loaded.model, Encoder(loaded.tokenizer, loaded.model, OPTIONS))
    return {
        "names": list(bench.twin.names), "sound": bench.sound(), "disturbed": bench.disturbed(),
        "overflow": bench.overflowing(),
    }  # fmt: skip


if __name__ == "__main__":
    for folder in map(Path, sys.argv[1:]):
        print(json.dumps([folder.name, answer(folder)]), flush=True)
