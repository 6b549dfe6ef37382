"""The variables of a run: a count and never a core's number, and nothing beside them that contradicts."""

from __future__ import annotations

from neuron_studio.core.infer_script import infer_script
from neuron_studio.core.neuron_cores import overruled, runtime_variables, variables_text
from neuron_studio.wire.codec import decode, encode
from neuron_studio.wire.spec import ModelChoice, Options, RunSpec, SentencePair, Target

INF1 = Target("torch-neuron", "inf1", "inf1.6xlarge", 4)
TRN2 = Target("torch-neuronx", "trn2", "trn2.48xlarge", 64, 2)
EMULATED = Target("emulator", "inf1", "inf1.xlarge", 4)


def test_that_a_count_is_what_the_runtime_is_told() -> None:
    assert runtime_variables(INF1) == {"NEURON_RT_NUM_CORES": "4"}
    assert runtime_variables(EMULATED) == {}


def test_that_trn2_is_told_the_size_of_its_logical_cores_as_well() -> None:
    assert variables_text(runtime_variables(TRN2)) == "NEURON_RT_NUM_CORES=64 NEURON_LOGICAL_NC_CONFIG=2"


def test_that_what_wins_over_a_count_is_overruled_and_the_rest_of_a_shell_is_left_alone() -> None:
    shell = {
        "NEURON_RT_VISIBLE_CORES": "0-1", "NEURONCORE_GROUP_SIZES": "1,1", "NEURON_RT_VIRTUAL_CORE_SIZE": "1",
        "NEURON_LOGICAL_NC_CONFIG": "2", "NEURON_RT_LOG_LEVEL": "INFO", "PATH": "/usr/bin",
    }  # fmt: skip
    rivals = ("NEURON_RT_VISIBLE_CORES", "NEURONCORE_GROUP_SIZES", "NEURON_RT_VIRTUAL_CORE_SIZE")
    assert overruled(TRN2, shell) == rivals
    assert overruled(INF1, shell) == (*rivals, "NEURON_LOGICAL_NC_CONFIG")
    assert overruled(EMULATED, shell) == ()


def test_that_what_a_shell_sets_to_the_run_s_own_value_or_to_nothing_is_not_worth_a_word() -> None:
    assert overruled(INF1, {"NEURON_RT_NUM_CORES": "4", "NEURON_RT_VISIBLE_CORES": ""}) == ()
    assert overruled(INF1, {"NEURON_RT_NUM_CORES": "2"}) == ("NEURON_RT_NUM_CORES",)


def test_that_a_bundle_names_no_core_and_leaves_the_last_word_to_its_machine() -> None:
    spec = RunSpec(ModelChoice("some/model"), (SentencePair("one", "two"),), TRN2, Options(), "python")
    script = infer_script(spec, ("no", "yes"), ("input_ids",), "model.pt", 0.0)
    assert "os.environ.setdefault('NEURON_RT_NUM_CORES', '64')" in script
    assert "os.environ.setdefault('NEURON_LOGICAL_NC_CONFIG', '2')" in script
    assert "VISIBLE_CORES" not in script


def test_that_a_target_written_before_there_were_logical_cores_is_read() -> None:
    plain = encode(INF1)
    del plain["logical_core_size"]
    assert decode(Target, plain) == INF1
