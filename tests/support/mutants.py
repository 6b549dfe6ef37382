"""Mutants of a compiled module, put to the battery: python -m tests.support.mutants OUT MODEL …

Writes to stdout {"model batch mutant": {"failed": codes, "cause": code or null, "defects": sentences}}; each
mutant is a module of the real emulator with one thing done to it.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import Any, Callable  # noqa: UP035  for Python 3.8

import torch

from neuron_studio.core.battery import cause, defects
from neuron_studio.core.precision import casts
from neuron_studio.wire.spec import ModelChoice, Options, RunSpec, SentencePair, Target
from neuron_studio.worker.backends.emulator import Emulator
from neuron_studio.worker.battery import battery_of, checked
from neuron_studio.worker.download import LocalModel
from neuron_studio.worker.inference import as_run
from neuron_studio.worker.inputs import Encoder, NamedInputs
from neuron_studio.worker.model import load
from neuron_studio.worker.traceable import traceable
from tests.support.tiny_models import PROBES

Run = Callable[..., torch.Tensor]
Change = Callable[[Any], None]

PAIRS = tuple(SentencePair(*pair) for pair in PROBES)
BATCHES = (1, 2, 4)


class Tried:
    """One model in one shape and precision: its battery, and modules traced from it."""

    def __init__(
        self, folder: Path, out: Path, options: Options, family: str = "inf1",
        pairs: tuple[SentencePair, ...] = PAIRS, change: Change = lambda model: None,
    ) -> None:  # fmt: skip
        self.spec = RunSpec(ModelChoice(str(folder)), pairs, Target("emulator", family, "", 1), options, sys.executable)
        self.out = out
        loaded = load(self.spec.model, LocalModel(folder))
        change(loaded.model)
        self.encoder = Encoder(loaded.tokenizer, loaded.model, options)
        self.model = NamedInputs(loaded.model, self.encoder.names)
        self.battery = battery_of(self.model, self.encoder, pairs)

    def traced(self) -> Run:
        """The module as a run has it; what was done to the model since the battery was made is in it."""
        options = self.spec.options
        kind = casts(self.spec.target.family, options.auto_cast, options.auto_cast_type).other
        backend, example = Emulator(), self.encoder.example(self.spec.pairs, 0)
        with torch.no_grad(), traceable(kind):
            return as_run(backend.trace(self.model, example, self.spec, self.out).module, backend)

    def answer(self, run: Run) -> dict[str, Any]:
        """What the battery says of a module."""
        checks = checked(self.battery, run, self.spec, lambda done, total: None).checks
        failed = [check.code for check in checks if check.passed is False]
        unasked = [check.code for check in checks if check.passed is None]
        found = defects(self.spec, checks, ())
        return {"failed": failed, "unasked": unasked, "cause": cause(checks), "defects": found}


def mutants(run: Run, tried: Tried) -> dict[str, Run]:
    """Every mutant that arises for a model's inputs, its labels and a batch."""
    size, labels = tried.spec.options.batch_size, tried.battery.alone.size(1)
    found: dict[str, Run] = {
        "sound": run,
        "mask dropped": lambda ids, mask, *types: run(ids, mask * 0 + 1, *types),
        "ids and mask exchanged": lambda ids, mask, *types: run(mask, ids, *types),
        "constant": lambda *inputs: run(*inputs) * 0 + 1,
        "NaN in one row": lambda *inputs: run(*inputs) + torch.where(inputs[1].sum(1) < 8, float("nan"), 0.0)[:, None],
        "not repeatable": lambda *inputs: run(*inputs) + torch.rand(()) * 0.001,
    }
    if "token_type_ids" in tried.encoder.names:
        found["types ignored"] = lambda ids, mask, types: run(ids, mask, types * 0)
        found["mask and types exchanged"] = lambda ids, mask, types: run(ids, types, mask)
    if labels > 1:
        found["labels swapped"] = lambda *inputs: run(*inputs).roll(1, 1)
    if size > 1:
        found["rows turned round"] = lambda *inputs: run(*inputs).flip(0)
        found["rows moved on"] = lambda *inputs: run(*inputs).roll(1, 0)
        found["rows leak"] = lambda *inputs: run(*inputs) + 0.3 * run(*inputs).roll(1, 0)
        found["one slot off"] = lambda *inputs: run(*inputs) + torch.arange(size)[:, None] // (size - 1)
    return found


def disturb(model: Any) -> None:
    """Add noise to one weight of the first layer, as large as the weight itself."""
    torch.manual_seed(1)
    name = next(name for name, weight in model.named_parameters() if name.endswith("weight") and is_square(weight))
    weight = dict(model.named_parameters())[name]
    weight.data = weight.data + torch.randn_like(weight) * weight.std()


def is_square(weight: torch.Tensor) -> bool:
    """Whether a weight is that of a layer's attention."""
    return weight.dim() == 2 and weight.size(0) == weight.size(1)


def beyond_float16(model: Any) -> None:
    """Make one layer's values larger than float16 holds, and small again after it."""
    layer = model.bert.encoder.layer[0]
    layer.intermediate.dense.weight.data *= 1e5
    layer.output.dense.weight.data *= 1e-5


def main(out: Path, folders: list[Path]) -> None:
    """All mutants of the first model in every batch and of the others in one, and the one that overflows."""
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    found: dict[str, Any] = {}
    for folder in folders:
        for size in BATCHES if folder == folders[0] else BATCHES[1:2]:
            tried = Tried(folder, out, Options(sequence_length=32, batch_size=size, auto_cast="all"))
            for name, run in mutants(tried.traced(), tried).items():
                found[f"{folder.name} {size} {name}"] = tried.answer(run)
            disturb(tried.model)
            found[f"{folder.name} {size} layer disturbed"] = tried.answer(tried.traced())
    for kind in ("fp16", "bf16"):
        options = Options(sequence_length=32, auto_cast="all", auto_cast_type=kind)
        large = Tried(folders[0], out, options, "inf2", change=beyond_float16)
        found[f"large in {kind}"] = large.answer(large.traced())
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
