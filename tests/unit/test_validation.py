"""What stops a request: each problem beside its field, with a reason and a way out, before anything starts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from neuron_studio.core.environment import Environment
from neuron_studio.core.model_facts import ModelFacts, ModelFile
from neuron_studio.core.problem import Problem
from neuron_studio.core.request import Request
from neuron_studio.core.validation import problems
from neuron_studio.runs.resources import instances
from neuron_studio.wire.errors import Blame
from neuron_studio.wire.machine import Machine
from neuron_studio.wire.spec import ModelChoice, SentencePair
from tests.support.listings import a_machine

LOCAL = Environment("python", "3.11.7", {"torch": "2.13.0", "transformers": "5.23.0"})
INF1_SDK = replace(LOCAL, versions={**LOCAL.versions, "torch-neuron": "1.13.1.2.9"})
NEURONX_SDK = replace(LOCAL, versions={**LOCAL.versions, "torch-neuronx": "2.8.0"})
GOOD = Request(ModelChoice("acme/pairs"), pairs=(SentencePair("one", "two"),))
CONFIG = {
    "architectures": ["BertForSequenceClassification"], "model_type": "bert", "max_position_embeddings": 512,
    "id2label": {"0": "no", "1": "yes"},
}  # fmt: skip


def facts(*files: str, tensors: tuple[str, ...] = ("classifier.weight",), **config: Any) -> ModelFacts:
    names = files or ("model.safetensors", "config.json")
    whole = {**CONFIG, **config}
    return ModelFacts("acme/pairs", whole, tuple(ModelFile(name) for name in names), frozenset(tensors))


def found(
    request: Request = GOOD, model: ModelFacts | None = None, environment: Environment = LOCAL, **changes: Any
) -> list[Problem]:
    return list(problems(replace(request, **changes), environment, instances(), model))


def codes(*args: Any, **changes: Any) -> list[str]:
    return [problem.code for problem in found(*args, **changes)]


def test_that_a_good_request_has_no_problem() -> None:
    assert found() == []
    assert found(model=facts()) == []


@pytest.mark.parametrize(
    ("model", "code"),
    [
        (ModelFacts("acme/pairs", {}), "no-config"),
        (facts("config.json"), "no-weights"),
        (facts("config.json", "pytorch_model.bin"), "pickle-only"),
        (facts(auto_map={"AutoModelForSequenceClassification": "m.New"}), "remote-code"),
        (facts(tensors=("bert.pooler.dense.weight",)), "untrained-head"),
        (facts(architectures=["BertForMaskedLM"]), "not-a-sequence-classifier"),
        (facts(architectures=None), "not-a-sequence-classifier"),
    ],
)
def test_that_a_model_that_cannot_judge_pairs_is_refused_with_one_reason(model: ModelFacts, code: str) -> None:
    (problem,) = found(model=model)
    assert (problem.field, problem.code, problem.blame) == ("model", code, Blame.INPUT)
    assert problem.message.startswith("acme/pairs")
    assert problem.remedy


def test_that_what_the_user_allows_is_allowed() -> None:
    pickled, own = facts("pytorch_model.bin"), facts(auto_map={"AutoConfig": "c.New"})
    assert found(replace(GOOD, model=ModelChoice("x", allow_pickle=True)), pickled) == []
    assert found(replace(GOOD, model=ModelChoice("x", trust_remote_code=True)), own) == []


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"pairs": ()}, "pairs", "no-pairs"),
        ({"pairs": (SentencePair("one", " \n"),)}, "pairs", "empty-sentence"),
        ({"pairs": (SentencePair("", "two"),)}, "pairs", "empty-sentence"),
        ({"pairs": (SentencePair("caf\udce9", "two"),)}, "pairs", "not-text"),
        ({"pairs": (SentencePair("one\0", "two"),)}, "pairs", "nul-character"),
        ({"trace_pair": 1}, "pairs", "no-such-trace-pair"),
        ({"trace_pair": -1}, "pairs", "no-such-trace-pair"),
        ({"sequence_length": 7}, "sequence_length", "sequence-too-short"),
        ({"sequence_length": -128}, "sequence_length", "sequence-too-short"),
        ({"sequence_length": 513}, "sequence_length", "sequence-too-long"),
        ({"truncation": "some"}, "sequence_length", "unknown-truncation"),
        ({"batch_size": 0}, "batch_size", "batch-too-small"),
        ({"neuron_cores": 0}, "neuron_cores", "too-few-cores"),
        ({"neuron_cores": 5, "instance": "inf1.xlarge"}, "neuron_cores", "too-many-cores"),
        ({"neuron_cores": 65, "instance": "trn2.48xlarge"}, "neuron_cores", "too-many-cores"),
        ({"neuron_cores": 129, "instance": "trn2.48xlarge", "logical_core_size": 1}, "neuron_cores", "too-many-cores"),
        ({"instance": "trn2.48xlarge", "logical_core_size": 3}, "logical_core_size", "unknown-logical-core-size"),
        ({"family": "inf2", "logical_core_size": 2}, "logical_core_size", "logical-core-size-not-on-target"),
        ({"family": "trn1", "logical_core_size": 1}, "logical_core_size", "logical-core-size-not-on-target"),
        ({"instance": "inf1.huge"}, "target", "unknown-instance"),
        ({"family": "inf3"}, "target", "unknown-target"),
        ({"backend": "onnx"}, "target", "unknown-backend"),
        ({"family": "inf2", "instance": "inf1.xlarge"}, "target", "instance-of-another-target"),
        ({"family": "inf2", "backend": "torch-neuron"}, "target", "backend-for-another-target"),
        ({"family": "inf1", "auto_cast_type": "tf32"}, "precision", "cast-type-not-on-target"),
        ({"family": "inf2", "auto_cast_type": "int8"}, "precision", "cast-type-not-on-target"),
        ({"family": "inf2", "auto_cast_type": "fp8_e4m3"}, "precision", "cast-type-not-emulated"),
        ({"auto_cast": "some"}, "precision", "unknown-auto-cast"),
    ],
)  # fmt: skip
def test_that_each_bad_input_is_told_beside_its_field(changes: dict[str, Any], field: str, code: str) -> None:
    (problem,) = found(model=facts(), **changes)
    assert (problem.field, problem.code, problem.blame) == (field, code, Blame.INPUT)
    assert problem.message
    assert problem.remedy


@pytest.mark.parametrize(("length", "fits"), [(8, True), (512, True), (513, False), (514, False)])
def test_that_a_roberta_of_514_positions_serves_512_tokens(length: int, fits: bool) -> None:
    roberta = facts(model_type="roberta", max_position_embeddings=514, pad_token_id=1)
    assert codes(model=roberta, sequence_length=length) == ([] if fits else ["sequence-too-long"])


def test_that_all_cores_of_an_instance_may_be_asked_for() -> None:
    assert found(neuron_cores=4, instance="inf1.xlarge") == []
    assert found(neuron_cores=16, instance="inf1.6xlarge") == []


def test_that_the_size_of_logical_cores_decides_how_many_there_are() -> None:
    assert found(neuron_cores=128, instance="trn2.48xlarge", logical_core_size=1) == []
    assert found(neuron_cores=64, instance="trn2.48xlarge") == []


def test_that_cores_which_others_hold_are_told_beside_their_field() -> None:
    busy = replace(INF1_SDK, machine=a_machine("inf1.6xlarge", {0: [(4242, "python serve.py")]}))
    (problem,) = found(environment=busy)
    assert (problem.field, problem.code, problem.blame) == ("neuron_cores", "cores-busy", Blame.ENVIRONMENT)
    assert "process 4242 (python serve.py) holds device 0" in problem.message
    assert found(environment=busy, neuron_cores=12) == []
    assert found(environment=busy, backend="emulator") == []


def test_that_every_bad_field_is_told_at_once() -> None:
    assert codes(batch_size=0, sequence_length=2, pairs=()) == ["no-pairs", "batch-too-small", "sequence-too-short"]


def test_that_an_expected_label_must_be_one_of_the_model_s() -> None:
    for word, wanted in (("yes", []), ("1", []), ("YES", []), ("perhaps", ["unknown-label"]), ("2", ["unknown-label"])):
        assert codes(model=facts(), pairs=(SentencePair("one", "two", word),)) == wanted


def test_that_a_score_may_be_expected_to_be_any_number() -> None:
    score = facts(id2label={"0": "LABEL_0"})
    assert found(model=score, pairs=(SentencePair("one", "two", "4.2"),)) == []


def test_that_a_broken_environment_is_the_environment_s_fault() -> None:
    (problem,) = found(environment=Environment("python", problem="it does not answer"))
    assert (problem.field, problem.code, problem.blame) == ("environment", "environment-broken", Blame.ENVIRONMENT)
    assert codes(environment=Environment("python", versions={"torch": "2.1"})) == ["no-transformers"]


def test_that_an_sdk_that_is_not_installed_is_the_environment_s_fault() -> None:
    (problem,) = found(family="inf2", backend="torch-neuronx")
    assert (problem.code, problem.blame) == ("sdk-missing", Blame.ENVIRONMENT)
    assert found(family="inf2", backend="torch-neuronx", environment=NEURONX_SDK) == []


def test_that_types_which_cannot_be_emulated_may_be_compiled() -> None:
    assert found(family="inf2", auto_cast="all", auto_cast_type="fp8_e4m3", environment=NEURONX_SDK) == []


def test_that_an_environment_for_another_chip_emulates() -> None:
    assert found(family="inf2", environment=INF1_SDK) == []
    assert found(family="inf1", environment=NEURONX_SDK) == []


def test_that_a_broken_sdk_refuses_what_would_use_it_and_nothing_else() -> None:
    placeholder = replace(INF1_SDK, versions={**LOCAL.versions, "torch-neuron": "1.0"})
    (problem,) = found(environment=placeholder)
    assert (problem.code, problem.blame) == ("wrong-package", Blame.ENVIRONMENT)
    assert "python -m pip uninstall -y torch-neuron" in problem.remedy
    assert codes(environment=placeholder, backend="emulator", family="inf1") == []
    crashed = replace(INF1_SDK, imports={"torch": "", "transformers": "", "torch_neuron": "OSError: libodd.so: gone"})
    assert "import-failed" in codes(environment=crashed)
    assert codes(environment=crashed, backend="emulator", family="inf1") == []
    assert codes(environment=replace(LOCAL, imports={"torch": "OSError: libodd.so: gone"})) == ["import-failed"]


def test_that_a_missing_compiler_or_a_driver_too_new_refuses_and_a_missing_driver_does_not() -> None:
    assert codes(environment=replace(INF1_SDK, compilers={})) == ["compiler-missing"]
    newest = Machine(devices=1, instance="inf1.xlarge", driver="2.26.5.0")
    assert codes(environment=replace(INF1_SDK, machine=newest)) == ["driver-too-new"]
    assert codes(environment=replace(INF1_SDK, machine=Machine(instance="inf1.xlarge"))) == []


def test_that_faults_far_apart_are_each_told_by_their_number() -> None:
    pairs = [SentencePair(f"one {number}", "two") for number in range(2500)]
    pairs[999], pairs[1000], pairs[2400] = SentencePair("", "b"), SentencePair("é", "\ud83d"), SentencePair("\0", " ")
    told = [problem.message for problem in found(pairs=tuple(pairs))]
    assert told == [
        "Pair 1000 has an empty first sentence.",
        "Pair 1001: the second sentence is not valid Unicode text.",
        "Pair 2401: the first sentence holds a NUL character, which some tokenizers drop and no command can be given.",
        "Pair 2401 has an empty second sentence.",
    ]
