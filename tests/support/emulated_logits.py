"""The worker's emulator on one model: python -m tests.support.emulated_logits MODEL OUT CHOICE …

A choice is family:auto_cast:type. Writes to stdout {choice: {"inputs": {name: rows}, "cpu": rows,
"emulated": rows}} and leaves each traced module in OUT as choice.pt; a row of cpu is one pair alone.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import Any

import torch

from neuron_studio.core.precision import casts
from neuron_studio.wire.spec import ModelChoice, Options, RunSpec, SentencePair, Target
from neuron_studio.worker.backends.emulator import Emulator
from neuron_studio.worker.download import LocalModel
from neuron_studio.worker.inputs import Encoder, NamedInputs
from neuron_studio.worker.model import load
from neuron_studio.worker.reference import logits_of
from neuron_studio.worker.traceable import traceable
from tests.support.tiny_models import PROBES

PAIRS = tuple(SentencePair(*pair) for pair in (*PROBES, *(pair[::-1] for pair in PROBES)))
LENGTH = 24


def emulate(folder: Path, choice: str, out: Path) -> dict[str, Any]:
    """Both sides' logits for one choice."""
    family, auto_cast, kind = choice.split(":")
    model = ModelChoice(str(folder))
    options = Options(sequence_length=LENGTH, auto_cast=auto_cast, auto_cast_type=kind)
    spec = RunSpec(model, PAIRS, Target("emulator", family, "", 1), options, sys.executable)
    loaded = load(model, LocalModel(folder))
    encoder = Encoder(loaded.tokenizer, loaded.model, options)
    module = NamedInputs(loaded.model, encoder.names)
    cpu = logits_of(module, encoder, PAIRS, lambda done, total: None)
    with torch.no_grad(), traceable(casts(family, auto_cast, kind).other):
        traced = Emulator().trace(module, encoder.example(PAIRS, 0), spec, out).module
    torch.jit.save(traced, str(out / f"{choice}.pt"))
    # As the worker runs it: the fuser of torch 1.13 has approximations of its own.
    with torch.jit.optimized_execution(False):
        emulated = logits_of(traced, encoder, PAIRS, lambda done, total: None)
    inputs = {name: tensor.tolist() for name, tensor in encoder.encode(PAIRS).items()}
    return {"inputs": inputs, "cpu": cpu, "emulated": emulated}


def main(folder: Path, out: Path, choices: list[str]) -> None:
    """All choices, one after the other, each on the model as it is on the disk."""
    warnings.simplefilter("ignore")
    json.dump({choice: emulate(folder, choice, out) for choice in choices}, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
