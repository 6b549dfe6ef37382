"""What must not alarm the battery: python -m tests.support.harmless OUT MODEL …

Writes to stdout {"model cast circumstance": what the battery says} for every documented cast of the emulator
and for models and pairs that leave the battery little to go by.
"""

from __future__ import annotations

import functools
import json
import sys
import warnings
from pathlib import Path
from typing import Any

import torch

from neuron_studio.core.precision import AUTO_CASTS, EMULATED_TYPES, INF1
from neuron_studio.wire.spec import Options, SentencePair
from tests.support.mutants import PAIRS, Change, Tried

CASTS = tuple(
    (family, auto_cast, kind)
    for family in (INF1, "inf2")
    for auto_cast in AUTO_CASTS
    for kind in EMULATED_TYPES
    if (kind != "tf32" or family != INF1) and (auto_cast != "none" or kind == "bf16")
)
TELLING = ((INF1, "all", "bf16"), ("inf2", "all", "fp16"))


def nothing(model: Any) -> None:
    """Leave the model as it is."""


def nearly_equal(model: Any) -> None:
    """Give every weight the small random values of a model that was never trained."""
    torch.manual_seed(3)
    for weight in model.parameters():
        if weight.dim() > 1:
            weight.data = torch.randn_like(weight) * 0.02


def ignore_types(model: Any) -> None:
    """Let token types change nothing, as in a model that was fine-tuned without them."""
    for name, weight in model.named_parameters():
        if "token_type" in name:
            weight.data.zero_()


def ignore_mask(model: Any) -> None:
    """Let the mask change nothing in the model itself."""
    plain = type(model)

    @functools.wraps(plain.forward)
    def unmasked(self: Any, **tensors: Any) -> Any:
        return plain.forward(self, **{**tensors, "attention_mask": tensors["attention_mask"] * 0 + 1})

    # Of its class, so that a copy in bfloat16 calls itself and not the model it is a copy of.
    model.__class__ = type(plain.__name__, (plain,), {"forward": unmasked})


SAME = (PAIRS[0],) * 5
SHORT = (SentencePair("man", "man"),)
CIRCUMSTANCES: dict[str, tuple[Options, tuple[SentencePair, ...], Change]] = {
    "one pair": (Options(sequence_length=32, batch_size=2), PAIRS[2:3], nothing),
    "identical pairs": (Options(sequence_length=32, batch_size=3), SAME, nothing),
    "one word twice": (Options(sequence_length=16, batch_size=2), SHORT, nothing),
    "no room for padding": (Options(sequence_length=12, batch_size=4), PAIRS, nothing),
    "nothing left of the second to cut": (Options(sequence_length=32, truncation="only_second"), PAIRS[2:4], nothing),
    "logits nearly equal": (Options(sequence_length=48), PAIRS, nearly_equal),
    "types ignored by the model": (Options(sequence_length=32, batch_size=2), PAIRS, ignore_types),
    "mask ignored by the model": (Options(sequence_length=32, batch_size=2), PAIRS, ignore_mask),
}


def main(out: Path, folders: list[Path]) -> None:
    """Every model with every cast, and the first two with the most telling casts in every circumstance."""
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    found: dict[str, Any] = {}
    for folder in folders:
        for family, auto_cast, kind in CASTS:
            options = Options(sequence_length=48, batch_size=2, auto_cast=auto_cast, auto_cast_type=kind)
            tried = Tried(folder, out, options, family)
            found[f"{folder.name} {family} {auto_cast} {kind}"] = tried.answer(tried.traced())
        for name, (shape, pairs, change) in CIRCUMSTANCES.items() if folder in folders[:2] else ():
            for family, auto_cast, kind in TELLING:
                options = Options(
                    shape.sequence_length, shape.batch_size, auto_cast, auto_cast_type=kind, truncation=shape.truncation
                )
                tried = Tried(folder, out, options, family, pairs, change)
                found[f"{folder.name} {family} {auto_cast} {kind} {name}"] = tried.answer(tried.traced())
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
