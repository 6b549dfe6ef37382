"""infer.py, the script in every bundle that loads it with nothing of this program at hand."""

from __future__ import annotations

from string import Template
from typing import Optional, Sequence

from neuron_studio.core.golden import TOLERANCE
from neuron_studio.core.neuron_cores import runtime_variables
from neuron_studio.wire.spec import RunSpec

_SDK_IMPORTS = {
    "torch-neuron": "import torch_neuron  # noqa: F401  the saved module holds its operators",
    "torch-neuronx": "import torch_neuronx  # noqa: F401  the saved module holds its operators",
    "emulator": """\
# EMULATED: this module rehearses the target's arithmetic on a CPU and needs no Neuron SDK. It is run as it was
# traced, since a fuser would put its own approximations for exp and tanh.""",
}

_TEMPLATE = Template('''\
#!/usr/bin/env python3
"""Judge two sentences with the traced model in this folder$emulated.

    python infer.py "first sentence" "second sentence"
    python infer.py --golden        load the model anew and reproduce the numbers in golden.json

Needs torch, transformers$sdk_name; nothing else.
"""

import json
import math
import os
import sys
from pathlib import Path

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
$variables

import torch
$sdk_import
from transformers import AutoTokenizer

FOLDER = Path(__file__).resolve().parent
MODEL_FILE = $model_file
INPUTS = $inputs
LABELS = $labels
SEQUENCE_LENGTH = $sequence_length
BATCH_SIZE = $batch_size
TRUNCATION = $truncation
SCORE_THRESHOLD = $score_threshold

# A fresh process repeats the same arithmetic; this much is left for another number of threads.
TOLERANCE = $tolerance


def load():
    """The tokenizer and the traced module."""
    tokenizer = AutoTokenizer.from_pretrained(str(FOLDER), local_files_only=True, trust_remote_code=$remote_code)
    return tokenizer, torch.jit.load(str(FOLDER / MODEL_FILE))


def encode(tokenizer, pairs):
    """The traced module's inputs for these pairs, int64 tensors of shape (pairs, SEQUENCE_LENGTH)."""
    first, second = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    encoded = tokenizer(first, second, max_length=SEQUENCE_LENGTH, padding="max_length", truncation=TRUNCATION,
                        return_tensors="pt")
    return [encoded[name].to(torch.int64) for name in INPUTS]


def logits(module, tokenizer, pairs):
    """One row of logits for each pair; a short batch is filled with rows of its own."""
    rows = []
    for start in range(0, len(pairs), BATCH_SIZE):
        asked = pairs[start : start + BATCH_SIZE]
        filled = [asked[index % len(asked)] for index in range(BATCH_SIZE)]
        with torch.no_grad(), torch.jit.optimized_execution($optimized):
            output = module(*encode(tokenizer, filled))
        output = output if isinstance(output, torch.Tensor) else output[0]
        rows.extend(output[: len(asked)].float().tolist())
    return rows


def decide(row):
    """What the logits say: the label of the largest one, or the side of the threshold where a score has one."""
    if len(row) == 1 and SCORE_THRESHOLD is None:
        return "score"
    if len(row) == 1:
        return "score %s %g" % (">=" if row[0] >= SCORE_THRESHOLD else "<", SCORE_THRESHOLD)
    return LABELS[max(range(len(row)), key=row.__getitem__)]


def differs(value, golden):
    """How far a logit is from its golden value, relative above 1; NaN equals NaN."""
    golden = float(golden)
    if math.isnan(value) or math.isnan(golden):
        return 0.0 if math.isnan(value) and math.isnan(golden) else math.inf
    if math.isinf(value) or math.isinf(golden):
        return 0.0 if value == golden else math.inf
    return abs(value - golden) / max(1.0, abs(golden))


def check_golden():
    """Reproduce golden.json; the exit status is 0 where tokens and logits are the recorded ones."""
    golden = json.loads((FOLDER / "golden.json").read_text(encoding="utf-8"))
    tokenizer, module = load()
    tokens = [tensor.tolist() for tensor in encode(tokenizer, golden["pairs"])]
    if tokens != [golden["inputs"][name] for name in INPUTS]:
        print("golden: the tokenizer gives other tokens than the recorded ones")
        return 1
    rows = logits(module, tokenizer, golden["pairs"])
    if not all(golden["neuron"]):
        print("golden: the module ran, but golden.json has no logits of the target to compare with")
        return 1
    worst = max(differs(a, b) for row, known in zip(rows, golden["neuron"]) for a, b in zip(row, known))
    print("golden: %d pairs, largest difference %.3g, allowed %g" % (len(rows), worst, TOLERANCE))
    return 0 if worst <= TOLERANCE else 1


def main():
    if sys.argv[1:] == ["--golden"]:
        return check_golden()
    if len(sys.argv) != 3:
        print(__doc__)
        return 2
    tokenizer, module = load()
    row = logits(module, tokenizer, [sys.argv[1:]])[0]
    print("%s  logits %s$mark" % (decide(row), " ".join("%.6g" % value for value in row)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
''')


def infer_script(
    spec: RunSpec, labels: Sequence[str], inputs: Sequence[str], model_file: str, score_threshold: Optional[float]
) -> str:
    """The script's text for one bundle; every value from outside enters as a Python literal."""
    emulated = spec.target.backend == "emulator"
    return _TEMPLATE.substitute(
        emulated=" (EMULATED: no Neuron device took part)" if emulated else "",
        mark="  EMULATED" if emulated else "",
        sdk_name="" if emulated else f" and {spec.target.backend}",
        sdk_import=_SDK_IMPORTS[spec.target.backend],
        variables="\n".join(
            f"os.environ.setdefault({key!r}, {value!r})" for key, value in runtime_variables(spec.target).items()
        ),
        optimized=not emulated,
        model_file=repr(model_file),
        inputs=repr(list(inputs)),
        labels=repr(list(labels)),
        sequence_length=spec.options.sequence_length,
        batch_size=spec.options.batch_size,
        truncation=repr(spec.options.truncation),
        score_threshold=repr(score_threshold),
        tolerance=repr(TOLERANCE),
        remote_code=spec.model.trust_remote_code,
    )
