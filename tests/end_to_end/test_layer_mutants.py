"""Where a difference starts, on models of every family: a disturbed layer is named, and no sound one ever is."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from neuron_studio.core.layers import Origin, Start, origin
from neuron_studio.wire.codec import decode
from neuron_studio.wire.events import LayerError
from tests.support.workers import IS_OLDER, ROOT, WORKER_PYTHON

FAMILIES = (
    "bert", "roberta", "distilbert", "albert", "electra", "mpnet", "deberta-v2-conv", "bart",
    *([] if IS_OLDER else ["modernbert"]),
)  # fmt: skip

NAMES = {
    "bert": ["bert.embeddings", "bert.encoder.layer.0", "bert.encoder.layer.1", "bert.pooler", "classifier"],
    "roberta": ["roberta.embeddings", "roberta.encoder.layer.0", "roberta.encoder.layer.1", "classifier"],
    "distilbert": ["distilbert.embeddings", "distilbert.transformer.layer.0", "distilbert.transformer.layer.1",
                   "pre_classifier", "classifier"],
    "albert": ["albert.embeddings", "albert.encoder.embedding_hidden_mapping_in",
               "albert.encoder.albert_layer_groups.0, pass 1", "albert.encoder.albert_layer_groups.0, pass 2",
               "albert.pooler", "classifier"],
    "electra": ["electra.embeddings", "electra.embeddings_project", "electra.encoder.layer.0",
                "electra.encoder.layer.1", "classifier"],
    "mpnet": ["mpnet.embeddings", "mpnet.encoder.layer.0", "mpnet.encoder.layer.1", "classifier"],
    "deberta-v2-conv": ["deberta.embeddings", "deberta.encoder.layer.0", "deberta.encoder.conv",
                        "deberta.encoder.layer.1", "pooler", "classifier"],
}  # fmt: skip


class Answers:
    """What one process finds, family by family: bringing torch in takes longer than most of them."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._known: dict[str, Any] = {}

    def __getitem__(self, family: str) -> dict[str, Any]:
        while family not in self._known:
            assert self._process.stdout is not None
            line = self._process.stdout.readline()
            assert line, "it ended before it came to this family"
            self._known.update([json.loads(line)])
        return dict(self._known[family])


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answers]:
    folder = tmp_path_factory.mktemp("families")
    subprocess.run([WORKER_PYTHON, "-m", "tests.support.tiny_models", str(folder), *FAMILIES], check=True, cwd=ROOT)
    command = [WORKER_PYTHON, "-m", "tests.support.layer_mutants", *(str(folder / name) for name in FAMILIES)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        yield Answers(process)
        process.kill()


def layers(plain: Any) -> list[LayerError]:
    return [decode(LayerError, record) for record in plain]


@pytest.mark.parametrize("family", NAMES)
def test_that_layers_are_called_by_the_names_of_the_model_s_own_modules(family: str, answers: Answers) -> None:
    assert answers[family]["names"] == NAMES[family]


def test_that_an_encoder_s_layers_come_before_the_decoder_s_and_say_which_they_are(answers: Answers) -> None:
    names = [name for name in answers["bart"]["names"] if ".layers." in name]
    assert names == [f"model.{side}.layers.{number}" for side in ("encoder", "decoder") for number in (0, 1)]
    assert answers["bart"]["names"][-1] == "classification_head"


@pytest.mark.parametrize("family", FAMILIES)
def test_that_no_documented_cast_of_a_sound_model_names_a_layer(family: str, answers: Answers) -> None:
    sound = {cast: layers(plain) for cast, plain in answers[family]["sound"].items()}
    assert len(sound) > 6
    assert {cast: found for cast, each in sound.items() if (found := origin(each)) is not None} == {}


@pytest.mark.parametrize("family", FAMILIES)
def test_that_the_layer_with_disturbed_weights_is_named(family: str, answers: Answers) -> None:
    names = answers[family]["names"]
    named = {name: origin(layers(plain)) for name, plain in answers[family]["disturbed"].items()}
    # Tied to the encoder's: with the one, both are disturbed.
    tied = {"model.decoder.embed_tokens": "model.encoder.embed_tokens"}
    assert named == {name: Origin(names.index(tied.get(name, name)), Start.JUMP) for name in named}


@pytest.mark.parametrize("family", FAMILIES)
def test_that_the_layer_that_leaves_fp16_s_range_is_named(family: str, answers: Answers) -> None:
    found = origin(layers(answers[family]["overflow"]))
    assert found is not None
    assert found.start is Start.NOT_FINITE
    name = answers[family]["names"][found.place]
    last = "model.encoder.layers.1" if family == "bart" else [
        name for name in answers[family]["names"] if name.rpartition(".")[2].isdigit() or ", pass" in name
    ][-1]  # fmt: skip
    assert name == (last.replace("pass 2", "pass 1"))
