"""From pairs to tensors and back: names, shapes, batches, cuts, and what is refused before it reaches a device."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from neuron_studio.wire.errors import Blame, StudioError
from neuron_studio.wire.spec import ModelChoice, Options, SentencePair
from tests.support.compiling import compile_pairs
from tests.support.tiny_models import PROBES
from tests.support.workers import ROOT

if TYPE_CHECKING:
    from neuron_studio.worker.inputs import Encoder

# What torch and transformers warn each other of is not this project's to mend.
pytestmark = pytest.mark.filterwarnings("ignore")

PAIRS = tuple(SentencePair(*pair) for pair in PROBES[:5])
LONG = SentencePair(" ".join([PROBES[0][0]] * 3), " ".join([PROBES[0][1]] * 3))
NAMES = ("input_ids", "attention_mask", "token_type_ids")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    names = ["bert", "roberta", "distilbert", "deberta-v2", "modernbert"]
    subprocess.run([sys.executable, "-m", "tests.support.tiny_models", str(folder), *names], check=True, cwd=ROOT)
    return folder


@pytest.fixture(scope="module")
def torch() -> ModuleType:
    return pytest.importorskip("torch")


@pytest.fixture(scope="module")
def load(models: Path, torch: ModuleType) -> Callable[..., Any]:
    """Loads a tiny model by its name, or any folder, as the worker does."""
    from neuron_studio.worker.download import LocalModel
    from neuron_studio.worker.model import load

    return lambda name: load(ModelChoice(str(name)), LocalModel(models / name))


@pytest.fixture(scope="module")
def encoder(load: Callable[..., Any]) -> Callable[..., Encoder]:
    """An encoder for a tiny model, bert where none is named."""
    from neuron_studio.worker.inputs import Encoder

    def made(name: str = "bert", **options: Any) -> Encoder:
        loaded = load(name)
        return Encoder(loaded.tokenizer, loaded.model, Options(**{"sequence_length": 32, **options}))

    return made


# Names and shapes.


@pytest.mark.parametrize(
    ("name", "names"),
    [("bert", NAMES), ("roberta", NAMES[:2]), ("distilbert", NAMES[:2]), ("deberta-v2", NAMES[:2]),
     ("modernbert", NAMES[:2])],
)  # fmt: skip
def test_that_inputs_are_what_the_tokenizer_gives_and_the_model_reads(
    name: str, names: tuple[str, ...], encoder: Callable[..., Encoder]
) -> None:
    made = encoder(name, sequence_length=96)
    assert made.names == names
    for tensor in made.encode(PAIRS).values():
        assert tuple(tensor.shape) == (5, 96)
        assert str(tensor.dtype) == "torch.int64"


def test_that_a_model_gets_its_inputs_by_name_whatever_their_place(torch: ModuleType) -> None:
    from neuron_studio.worker.inputs import NamedInputs

    class Odd(torch.nn.Module):  # type: ignore[misc,name-defined]
        def forward(self, input_ids: Any, head_mask: Any = None, attention_mask: Any = None, **rest: Any) -> Any:
            assert head_mask is None
            return (input_ids * 10 + attention_mask, rest)

    found = NamedInputs(Odd(), ("input_ids", "attention_mask"))(torch.tensor([4]), torch.tensor([1]))
    assert isinstance(found, tuple)
    assert len(found) == 1
    assert found[0].tolist() == [41]


# Batches.


def test_that_a_short_last_batch_is_filled_with_rows_of_its_own(encoder: Callable[..., Encoder]) -> None:
    first, last = encoder(batch_size=4).batches(PAIRS)
    assert (first.first_index, first.count, last.first_index, last.count) == (0, 4, 4, 1)
    for tensor in last.tensors.values():
        assert [row.tolist() for row in tensor] == [tensor[0].tolist()] * 4
    assert all(int(batch.tensors["attention_mask"].sum(1).min()) > 2 for batch in (first, last))


def test_that_a_batch_may_be_larger_than_all_pairs(encoder: Callable[..., Encoder]) -> None:
    (only,) = encoder(batch_size=7).batches(PAIRS)
    rows = [row.tolist() for row in only.tensors["input_ids"]]
    assert only.count == 5
    assert rows[5:] == rows[:2]


def test_that_a_pair_s_logits_do_not_depend_on_its_batch(
    load: Callable[..., Any], encoder: Callable[..., Encoder]
) -> None:
    from neuron_studio.worker.inputs import NamedInputs
    from neuron_studio.worker.reference import logits_of

    seen: list[tuple[int, int]] = []
    module = NamedInputs(load("bert").model, NAMES)
    alone = logits_of(module, encoder(batch_size=1), PAIRS, lambda done, total: None)
    together = logits_of(module, encoder(batch_size=4), PAIRS, lambda done, total: seen.append((done, total)))
    assert [pytest.approx(row, abs=1e-5) for row in alone] == together
    assert len({tuple(row) for row in alone}) == 5
    assert seen == [(4, 5), (5, 5)]


def test_that_batches_come_through_the_command_line_in_order(models: Path, tmp_path: Path) -> None:
    words = [word for pair in PROBES[:5] for word in ("--pair", *pair)]
    options = ("--target", "inf2", "--backend", "emulator", "--max-length", "32", "--batch-size", "4")
    compiled = compile_pairs(tmp_path, str(models / "bert"), *words, *options)
    assert compiled.exit_code == 0, compiled.said
    assert [pair["first"] for pair in compiled.pairs] == [first for first, _ in PROBES[:5]]
    assert [pair["neuron"] for pair in compiled.pairs] == [pair["cpu"] for pair in compiled.pairs]
    assert compiled.report["artifact"]["verified"] is True


def test_that_five_hundred_pairs_come_through(models: Path, tmp_path: Path) -> None:
    rows = [f"{PROBES[number % 6][0]} {number}\t{PROBES[number % 5][1]}\t{number % 2}" for number in range(500)]
    file = tmp_path / "pairs.tsv"
    file.write_text("\n".join(["sentence1\tsentence2\tlabel", *rows]) + "\n")
    options = ("--target", "inf1", "--backend", "emulator", "--max-length", "32", "--batch-size", "8")
    compiled = compile_pairs(tmp_path, str(models / "bert"), "--pairs", str(file), *options)
    assert compiled.report["status"] == "finished", compiled.said
    assert [pair["expected"] for pair in compiled.pairs] == ["0", "1"] * 250
    assert compiled.report["comparison"]["accuracy"]["labelled"] == 500
    assert 0.5 < compiled.report["comparison"]["yardstick"] < 2


# The trace example.


@pytest.mark.parametrize("pairs", [PAIRS[:1], (LONG,), (LONG, PAIRS[0])])
@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize("truncation", ["longest_first", "only_first", "only_second"])
def test_that_every_row_of_the_trace_example_has_padding(
    pairs: tuple[SentencePair, ...], size: int, truncation: str, encoder: Callable[..., Encoder]
) -> None:
    ids, mask, types = encoder(batch_size=size, truncation=truncation).example(pairs, 0)
    assert tuple(ids.shape) == tuple(mask.shape) == tuple(types.shape) == (size, 32)
    assert mask[:, -1].tolist() == ids[:, -1].tolist() == [0] * size
    assert int(mask.sum(1).min()) > 2


def test_that_the_trace_example_begins_with_the_chosen_pair(encoder: Callable[..., Encoder]) -> None:
    made = encoder(batch_size=2)
    example = made.example(PAIRS, 3)
    assert example[0].tolist() == made.encode([PAIRS[3], PAIRS[0]])["input_ids"].tolist()


# Cuts.


def test_that_tokens_are_counted_before_anything_is_cut(encoder: Callable[..., Encoder]) -> None:
    short, long = encoder().token_counts([PAIRS[0], LONG])
    assert short == 17
    assert long == 3 * (short - 3) + 3


def test_that_a_cut_of_the_second_sentence_leaves_the_first_whole(encoder: Callable[..., Encoder]) -> None:
    pair = SentencePair(PROBES[0][0], LONG.second)
    (ids,) = encoder(truncation="only_second", sequence_length=16).encode([pair])["input_ids"].tolist()
    (whole,) = encoder(sequence_length=64).encode([pair])["input_ids"].tolist()
    separator = whole.index(3)
    assert ids[: separator + 1] == whole[: separator + 1]
    assert ids[-1] == 3
    assert 0 not in ids


def test_that_a_sentence_that_may_not_be_cut_and_does_not_fit_is_the_input_s_fault(
    encoder: Callable[..., Encoder],
) -> None:
    with pytest.raises(StudioError) as caught:
        encoder(truncation="only_second", sequence_length=16).encode([LONG])
    assert (caught.value.code, caught.value.blame) == ("cannot-tokenize", Blame.INPUT)
    assert "truncation" in caught.value.remedy


# What is refused.


def test_that_a_token_that_the_model_does_not_know_is_refused_in_any_pair(
    load: Callable[..., Any], torch: ModuleType
) -> None:
    from neuron_studio.worker.inputs import Encoder

    loaded = load("bert")
    loaded.tokenizer.add_tokens(["zebra"])
    made = Encoder(loaded.tokenizer, loaded.model, Options(sequence_length=32))
    batches = made.batches([PAIRS[0], SentencePair("a zebra runs", "a dog runs")])
    assert next(batches).count == 1
    with pytest.raises(StudioError) as caught:
        next(batches)
    assert (caught.value.code, caught.value.blame) == ("token-beyond-vocabulary", Blame.INPUT)
    assert "142" in caught.value.message


def test_that_a_tokenizer_that_cannot_pad_is_refused(models: Path, load: Callable[..., Any], tmp_path: Path) -> None:
    folder = Path(shutil.copytree(models / "modernbert", tmp_path / "no-pad"))
    config = json.loads((folder / "tokenizer_config.json").read_text())
    del config["pad_token"]
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    with pytest.raises(StudioError) as caught:
        load(folder)
    assert (caught.value.code, caught.value.blame) == ("no-pad-token", Blame.INPUT)


@pytest.mark.parametrize("gone", ["classifier.weight", "bert.pooler.dense.weight"])
def test_that_weights_which_transformers_would_invent_are_refused(
    gone: str, models: Path, load: Callable[..., Any], tmp_path: Path
) -> None:
    from safetensors.torch import load_file, save_file

    folder = Path(shutil.copytree(models / "bert", tmp_path / "half"))
    tensors = load_file(folder / "model.safetensors")
    del tensors[gone]
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(StudioError) as caught:
        load(folder)
    assert (caught.value.code, caught.value.blame) == ("untrained-head", Blame.INPUT)
    assert gone in caught.value.message


def test_that_a_tokenizer_file_from_the_future_is_the_input_s_fault(
    models: Path, load: Callable[..., Any], tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(models / "bert", tmp_path / "future"))
    plain = json.loads((folder / "tokenizer.json").read_text())
    plain["model"]["type"] = "Telepathy"
    (folder / "tokenizer.json").write_text(json.dumps(plain))
    with pytest.raises(StudioError) as caught:
        load(folder)
    assert (caught.value.code, caught.value.blame) == ("tokenizer-unreadable", Blame.INPUT)


# What tracing changes, and leaves as it was.


def test_that_masks_stay_finite_in_the_type_that_everything_is_cast_to(torch: ModuleType) -> None:
    from neuron_studio.worker.backends.cast_mode import round_to
    from neuron_studio.worker.traceable import traceable

    before, least = torch.finfo, {}
    for kind in ("bf16", "fp16", "tf32"):
        with traceable(kind):
            least[kind] = torch.finfo(torch.float32).min
            assert torch.finfo().max == -least[kind]
            assert torch.finfo(torch.float32).eps == before(torch.float32).eps
            assert torch.finfo(torch.float16).min == -65504
        mask = torch.tensor([least[kind]])
        assert torch.equal(round_to(mask, kind), mask)
    assert least["fp16"] == -65504
    assert torch.finfo is before
    with traceable(None):
        assert torch.finfo is before


def test_that_autograd_functions_lie_open_in_a_trace_and_work_as_ever_behind_it(torch: ModuleType) -> None:
    from neuron_studio.worker.traceable import traceable

    class Doubled(torch.autograd.Function):  # type: ignore[misc,name-defined]
        @staticmethod
        def forward(ctx: Any, values: Any) -> Any:
            ctx.save_for_backward(values)
            return values * 2

        @staticmethod
        def backward(ctx: Any, gradient: Any) -> Any:
            return gradient * 2

    with traceable(None), torch.no_grad():
        traced = torch.jit.trace(Doubled.apply, torch.ones(2), check_trace=False)
    assert "Doubled" not in str(traced.graph)
    values = torch.ones(2, requires_grad=True)
    Doubled.apply(values).sum().backward()
    assert values.grad.tolist() == [2, 2]


# The yardstick's unit.


def test_that_the_bfloat16_run_keeps_rotary_angles_in_float32(load: Callable[..., Any], torch: ModuleType) -> None:
    from neuron_studio.worker.inputs import NamedInputs
    from neuron_studio.worker.reference import in_bfloat16

    module = NamedInputs(load("modernbert").model, NAMES[:2])
    narrow = in_bfloat16(module)
    assert {parameter.dtype for parameter in narrow.parameters()} == {torch.bfloat16}
    angles = [buffer for name, buffer in narrow.named_buffers() if "inv_freq" in name]
    assert angles
    assert {angle.dtype for angle in angles} == {torch.float32}
    assert {parameter.dtype for parameter in module.parameters()} == {torch.float32}
