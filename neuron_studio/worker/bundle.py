"""The bundle, as far as torch is needed: the traced module, the tokenizer, golden numbers and infer.py."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Dict, List, Sequence, Tuple

import torch

from neuron_studio.core.decision import threshold_of
from neuron_studio.core.infer_script import infer_script
from neuron_studio.wire.codec import dumps
from neuron_studio.wire.errors import StudioError
from neuron_studio.wire.events import PairOutcome
from neuron_studio.wire.run_folder import RunFolder
from neuron_studio.wire.saved_bundle import Golden
from neuron_studio.wire.spec import RunSpec, SentencePair
from neuron_studio.worker.backends.base import Backend, Trace
from neuron_studio.worker.inputs import Encoder
from neuron_studio.worker.model import LoadedModel, describe

# Enough to prove a bundle; ten thousand would make its verification a second run.
_GOLDEN_PAIRS = 64

_TOKENIZER_FILES = {
    "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "tokenizer.model",
    "vocab.txt", "vocab.json", "merges.txt", "spiece.model", "spm.model", "sentencepiece.bpe.model",
}  # fmt: skip


def write(
    folder: RunFolder, spec: RunSpec, loaded: LoadedModel, encoder: Encoder, backend: Backend, traced: Trace,
    outcomes: List[PairOutcome],
) -> None:  # fmt: skip
    """Write everything but manifest and report, beside the bundle's place."""
    aside = _make(folder, spec)
    torch.jit.save(traced.module, str(aside / backend.model_file))
    _copy_tokenizer(loaded, spec.model.trust_remote_code, aside)
    (aside / "golden.json").write_text(dumps(_golden(spec, encoder, outcomes)) + "\n", encoding="utf-8")
    described = describe(spec.model, loaded)
    script = infer_script(spec, described.labels, encoder.names, backend.model_file, threshold_of(described))
    (aside / "infer.py").write_text(script, encoding="utf-8")


def _make(folder: RunFolder, spec: RunSpec) -> Path:
    aside = folder.bundle_aside(spec)
    try:
        shutil.rmtree(str(aside), ignore_errors=True)
        aside.mkdir(parents=True)
    except OSError as error:
        raise StudioError(
            "output-not-writable", f"{aside.parent} cannot be written: {error.strerror}.",
            "Choose another output folder, or mend its permissions.",
        ) from error  # fmt: skip
    return aside


def _copy_tokenizer(loaded: LoadedModel, with_code: bool, aside: Path) -> None:
    # The files as they came: what this release would write anew, an older one may not read.
    wanted = _TOKENIZER_FILES | set(getattr(loaded.tokenizer, "vocab_files_names", {}).values()) | {"config.json"}
    for path in sorted(loaded.local.folder.iterdir()):
        if path.is_file() and (path.name in wanted or (with_code and path.suffix == ".py")):
            shutil.copyfile(str(path), str(aside / path.name))


def _golden(spec: RunSpec, encoder: Encoder, outcomes: List[PairOutcome]) -> Golden:
    kept = outcomes[:_GOLDEN_PAIRS]
    pairs = spec.pairs[: len(kept)]
    return Golden(
        emulated=spec.target.backend == "emulator",
        pairs=tuple((pair.first, pair.second) for pair in pairs),
        inputs=tokens_of(encoder, pairs),
        cpu=tuple(outcome.cpu for outcome in kept),
        neuron=tuple(outcome.neuron for outcome in kept),
    )


def tokens_of(encoder: Encoder, pairs: Sequence[SentencePair]) -> Dict[str, Tuple[Tuple[int, ...], ...]]:
    """The tokens of these pairs, a row for each, by the name of their input."""
    tensors = [batch.tensors[name][: batch.count] for batch in encoder.batches(pairs) for name in encoder.names]
    columns = ((name, tensors[place :: len(encoder.names)]) for place, name in enumerate(encoder.names))
    return {name: tuple(tuple(row) for row in torch.cat(column).tolist()) for name, column in columns}
