"""Bad input is refused before anything starts: exit code 2, a message, a remedy, and no run folder."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

CONFIG = {
    "architectures": ["BertForSequenceClassification"],
    "model_type": "bert",
    "max_position_embeddings": 512,
    "id2label": {"0": "no", "1": "yes"},
}


def model_folder(
    path: Path, config: dict[str, object] | None = None, tensors: tuple[str, ...] = ("classifier.weight",)
) -> Path:
    """A folder with a configuration and a safetensors file whose tensors hold one float each."""
    path.mkdir()
    (path / "config.json").write_text(json.dumps({**CONFIG, **(config or {})}))
    entries = {
        name: {"dtype": "F32", "shape": [1], "data_offsets": [4 * place, 4 * place + 4]}
        for place, name in enumerate(tensors)
    }
    header = json.dumps(entries).encode()
    (path / "model.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + b"\0" * 4 * len(tensors))
    return path


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A model that is sound as far as it is looked at before a run."""
    return model_folder(tmp_path / "model")


def compile_refused(*arguments: object) -> str:
    """Run compile, hold it to the rules of a refusal, and return what it said."""
    command = [sys.executable, "-m", "neuron_studio", "compile", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert "→" in done.stderr, "a refusal names its remedy"
    assert "Traceback" not in done.stderr
    assert not list(Path(os.environ["NEURON_STUDIO_DATA"]).glob("runs/*")), "nothing was started"
    return done.stderr


def test_that_a_missing_folder_is_refused(tmp_path: Path) -> None:
    assert "There is no folder" in compile_refused(tmp_path / "nowhere")


def test_that_a_hub_model_is_refused_where_no_hub_answers_and_no_copy_is_here() -> None:
    assert "out of reach" in compile_refused("acme/pairs")


def test_that_a_name_which_is_neither_folder_nor_hub_id_is_refused() -> None:
    assert "neither a folder nor a hub id" in compile_refused("acme/pa irs!")


def test_that_a_folder_without_a_configuration_is_refused(tmp_path: Path) -> None:
    assert "no config.json" in compile_refused(tmp_path)


def test_that_a_configuration_which_is_not_json_is_refused(model: Path) -> None:
    (model / "config.json").write_text("{")
    assert "config.json cannot be read" in compile_refused(model)


def test_that_a_folder_without_weights_is_refused(model: Path) -> None:
    (model / "model.safetensors").unlink()
    assert "has no weights" in compile_refused(model)


def test_that_weights_cut_short_are_refused(model: Path) -> None:
    weights = model / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])
    assert "not a whole safetensors file" in compile_refused(model)


def test_that_weights_in_a_pickle_are_refused(model: Path) -> None:
    (model / "model.safetensors").rename(model / "pytorch_model.bin")
    assert "only as a pickle" in compile_refused(model)


def test_that_a_model_which_needs_remote_code_is_refused(tmp_path: Path) -> None:
    own = {"auto_map": {"AutoModelForSequenceClassification": "modeling.Own"}}
    assert "runs Python code from its own repository" in compile_refused(model_folder(tmp_path / "own", own))


def test_that_a_model_without_a_trained_head_is_refused(tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "bare", tensors=("bert.pooler.dense.weight",))
    assert "no trained classification head" in compile_refused(folder)


def test_that_a_model_which_is_no_sequence_classifier_is_refused(tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "mlm", {"architectures": ["BertForMaskedLM"]})
    assert "BertForMaskedLM, not as a sequence classifier" in compile_refused(folder)


def test_that_no_pairs_are_refused(model: Path, tmp_path: Path) -> None:
    (tmp_path / "pairs.csv").write_text("sentence1,sentence2\n")
    assert "holds no pairs" in compile_refused(model, "--pairs", tmp_path / "pairs.csv")


def test_that_an_empty_sentence_is_refused_with_its_pair_and_side(model: Path) -> None:
    said = compile_refused(model, "--pair", "a", "b", "--pair", "c", " ")
    assert "Pair 2 has an empty second sentence" in said


def test_that_an_expected_label_which_the_model_lacks_is_refused(model: Path, tmp_path: Path) -> None:
    (tmp_path / "pairs.csv").write_text("sentence1,sentence2,label\na,b,maybe\n")
    assert "expects 'maybe'" in compile_refused(model, "--pairs", tmp_path / "pairs.csv")


def test_that_a_sequence_beyond_the_position_table_is_refused(model: Path) -> None:
    assert "more than the 512 this model can use" in compile_refused(model, "--max-length", 513)


def test_that_the_padding_positions_of_roberta_are_not_counted_as_usable(tmp_path: Path) -> None:
    roberta = {"architectures": ["RobertaForSequenceClassification"], "model_type": "roberta",
               "max_position_embeddings": 514, "pad_token_id": 1}  # fmt: skip
    folder = model_folder(tmp_path / "roberta", roberta, ("classifier.out_proj.weight",))
    assert "more than the 512 this model can use" in compile_refused(folder, "--max-length", 513)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--max-length", 7), "7 tokens cannot hold two sentences"),
        (("--batch-size", 0), "A batch of 0 holds nothing"),
        (("--cores", 0), "0 NeuronCores can run nothing"),
        (("--cores", 5, "--instance", "inf1.xlarge"), "5 NeuronCores asked, inf1.xlarge has 4"),
        (("--instance", "m5.large"), "'m5.large' is not an instance type with NeuronCores"),
        (("--target", "inf9"), "There is no target 'inf9'"),
        (("--target", "inf2", "--instance", "inf1.xlarge"), "inf1.xlarge is not an inf2 instance"),
        (("--target", "inf1", "--auto-cast-type", "tf32"), "inf1 has no cast to 'tf32'"),
        (("--target", "inf2", "--backend", "emulator", "--auto-cast-type", "fp8_e4m3"), "cannot be emulated"),
        (("--target", "inf2", "--backend", "torch-neuron"), "torch-neuron does not compile for inf2"),
        (("--auto-cast", "some"), "There is no auto-cast 'some'"),
        (("--truncation", "middle"), "There is no truncation 'middle'"),
        (("--trace-pair", 3), "There is no pair 3 to trace with"),
    ],
)
def test_that_a_choice_which_the_target_or_the_shape_forbids_is_refused(
    model: Path, arguments: tuple[object, ...], said: str
) -> None:
    assert said in compile_refused(model, *arguments)


def test_that_an_output_folder_which_is_no_bundle_is_refused_and_left_alone(model: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    assert "exists and is not a bundle" in compile_refused(model, "--output", tmp_path / "mine", "--force")
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"


def test_that_an_older_bundle_is_replaced_only_when_the_user_says_so(model: Path, tmp_path: Path) -> None:
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bundle" / "manifest.json").write_text('{"kind": "neuron-studio-bundle"}')
    assert "holds a bundle already" in compile_refused(model, "--output", tmp_path / "bundle")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is a picture"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "is a web page or XML, not a table"),
        (b"sentence1\na lonely sentence\n", "no columns for two sentences"),
        (b"left,right\na,b\n", "no columns for two sentences"),
        (b'sentence1,sentence2\n"a,b\n', "line 2"),
        (b'{"sentence1": "a", "sentence2": "b"}\n[1]\n', "line 2: not a JSON object"),
        (b"sentence1\tsentence2\na\n", "line 2: 1 column where the first line has 2"),
    ],
)
def test_that_a_pairs_file_which_cannot_be_read_is_refused(
    model: Path, tmp_path: Path, content: bytes, said: str
) -> None:
    (tmp_path / "pairs.csv").write_bytes(content)
    assert said in compile_refused(model, "--pairs", tmp_path / "pairs.csv")


def test_that_rows_which_are_left_out_are_named_and_a_guessed_encoding_is_told(model: Path, tmp_path: Path) -> None:
    (tmp_path / "pairs.tsv").write_bytes(b"sentence1\tsentence2\tlabel\ncaf\xe9\tbar\t-1\nlonely\n")
    # What stops the command is its sequence length; the file is read before.
    asked = ("--pairs", tmp_path / "pairs.tsv", "--max-length", "4")
    said = compile_refused(model, *asked, "--skip-broken-rows")
    assert "1 pair from pairs.tsv: TSV, quotation marks as they are, Windows-1252" in said
    assert "Windows-1252 is a guess" in said
    assert "1 pair with “-” or “-1” as label" in said
    assert "line 3: 1 column where the first line has 3: lonely" in said
    assert "--skip-broken-rows" in compile_refused(model, *asked)


def test_that_a_refusal_as_json_has_every_promised_key(model: Path) -> None:
    command = [sys.executable, "-m", "neuron_studio", "compile", str(model), "--max-length", "4", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    report = json.loads(done.stdout)
    assert done.returncode == 2
    assert report["error"]["code"] == "sequence-too-short"
    assert {"schema", "status", "emulated", "model", "target", "options", "versions", "stages", "pairs", "comparison",
            "artifact", "error"} <= set(report)  # fmt: skip
