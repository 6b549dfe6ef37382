"""The stand-ins do what the documents say of the real SDKs, on this torch and on the oldest."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from tests.sdk.environment import INF1, NEURONX, VERSIONS
from tests.sdk.running import Findings, run

Play = Callable[[str], Findings]

_NO_RUNTIME = (
    "The PyTorch Neuron Runtime could not be initialized. Neuron Driver issues are logged to your system logs."
)
_ABORTED = "No operations were successfully partitioned and compiled to neuron for this model - aborting trace!"

_LOAD = """
import sys, torch
for path in sys.argv[1:]:
    try:
        torch.jit.load(path)
    except RuntimeError as error:
        print(error)
"""

# The lines of a compile for Inf1, in the order in which they come.
_INF1_LINES = (
    r"There are 1 ops of 1 different types in the TorchScript that are not compiled by neuron-cc: aten::embedding, ",
    r"Number of arithmetic operators \(pre-compilation\) before = 13, fused = 8, percent fused = 61.54%",
    r"Compiling function _NeuronGraph\$\d+ with neuron-cc",
    r"Compiler args type is <class 'list'> value is \['--fast-math', 'none'\]",
    r"Compiling with command line: '.*/neuron-cc compile .*/graph_def.pb --framework TENSORFLOW --pipeline compile "
    r"SaveTemps --output .*/graph_def.neff --io-config .* --verbose 35 --fast-math none'",
    r"Number of arithmetic operators \(post-compilation\) before = 13, compiled = 8, percent compiled = 61.54%",
    r"The neuron partitioner created 1 sub-graphs",
    r"Neuron successfully compiled 1 sub-graphs, Total fused subgraphs = 1, Percent of model sub-graphs successfully "
    r"compiled = 100.0%",
    r"Compiled these operators \(and operator counts\) to Neuron:",
    r" => aten::linear: 2",
    r"Not compiled operators \(and operator counts\) to Neuron:",
    r" => aten::embedding: 1 \[not supported\]",
)


def test_that_packages_are_found_by_their_names_and_versions(findings: Play) -> None:
    assert findings(INF1).alone["versions"][1:] == list(VERSIONS[INF1].values())
    assert findings(NEURONX).alone["versions"][1:] == list(VERSIONS[NEURONX].values())
    assert findings(INF1).alone["is_alias"]


def test_that_an_artifact_is_an_unknown_operator_without_its_sdk(
    findings: Play, base_python: str, tmp_path: Path
) -> None:
    files = [str(findings(sdk).folder / "model.pt") for sdk in (INF1, NEURONX)]
    done = run(findings(INF1).environment, [base_python, "-c", _LOAD, *files], tmp_path)
    for operator in ("forward_1", "forward_v2_1"):
        assert f"Unknown builtin op: neuron::{operator}." in done.stdout
        assert f"Could not find any similar ops to neuron::{operator}." in done.stdout


def test_that_embeddings_and_what_comes_before_them_stay_on_the_cpu_of_inf1(findings: Play) -> None:
    seen = findings(INF1).alone
    assert seen["operators"] == [
        "aten::embedding",
        "aten::mul",
        "aten::rsub",
        "aten::to",
        "aten::unsqueeze",
        "neuron::forward_1",
    ]
    assert seen["two_parts"] == ["aten::sort", "neuron::forward_1"]
    assert seen["unsupported"] == ["aten::embedding"]
    assert seen["counts"] == {"supported_count_arithmetic": 12, "total_count_arithmetic": 13}


def test_that_the_log_of_inf1_has_the_documented_lines_in_order(findings: Play) -> None:
    log = findings(INF1).log
    place = 0
    for line in _INF1_LINES:
        found = re.compile("^INFO:Neuron:" + line, re.MULTILINE).search(log, place)
        assert found, line
        place = found.start()
    assert re.search(r"^\.*\nCompiler status PASS$", findings(INF1).output, re.MULTILINE)


def test_that_nothing_runs_without_a_device(findings: Play) -> None:
    inf1, neuronx = findings(INF1).alone, findings(NEURONX).alone
    assert inf1["load"].startswith(f"builtins.RuntimeError: {_NO_RUNTIME}")
    assert neuronx["load"] == "nothing"
    for call in (inf1["call"], neuronx["call"]):
        assert call.startswith("builtins.RuntimeError: The following operation failed in the TorchScript interpreter.")
        assert f"RuntimeError: {_NO_RUNTIME}" in call
    assert "No neuron device available" in findings(INF1).log


def test_that_neuronx_traces_without_a_device_only_when_it_is_told_to(findings: Play) -> None:
    seen = findings(NEURONX).alone
    assert "!(num_devices > 0)" in seen["no_device"]
    assert "please supply compiler argument target, with one of options trn1, inf2, trn1n, or trn2" in seen["no_target"]


def test_that_undocumented_arguments_fail(findings: Play) -> None:
    assert "unexpected keyword argument 'verbose'" in findings(INF1).alone["undocumented"]
    assert "unexpected keyword argument 'compiler_timeout'" in findings(NEURONX).alone["undocumented"]


def test_that_a_dict_output_fails_only_where_torch_neuron_traces_strictly(findings: Play) -> None:
    seen = findings(INF1).alone
    assert "Encountering a dict at the output of the tracer might cause the trace to be incorrect" in seen["dict"]
    assert seen["dict_not_strict"] == "nothing"
    assert findings(NEURONX).alone["dict"] == "nothing"


def test_that_unsupported_operators_are_told(findings: Play) -> None:
    inf1, neuronx = findings(INF1).alone, findings(NEURONX).alone
    assert inf1["fallback"].startswith("builtins.AttributeError: aten::embedding")
    assert neuronx["sort"].endswith("neuronx-cc failed with 70")
    assert "[NCC_EVRF029] Operation sort is not supported on inf2" in findings(NEURONX).log
    assert neuronx["partitioned"] == ["aten::sort", "neuron::forward_v2_1"]
    assert (
        "The partitioner has found 2 subgraphs which exceeds the specified max subgraph count of 1."
        in neuronx["too_many"]
    )
    assert neuronx["analysis"] == ["80.00%", ["aten::sort"]]


def test_that_a_model_without_supported_operators_comes_back_as_a_cpu_trace(findings: Play) -> None:
    seen = findings(INF1)
    assert seen.alone["nothing_placed"] == ["aten::embedding"]
    assert seen.alone["faulty_nothing"] == "nothing"
    text = "WARNING:Neuron:No operator is placed on Neuron runtime; returning a CPU trace"
    assert seen.log.count(text) == 2


def test_that_large_models_need_separate_weights(findings: Play) -> None:
    seen = findings(INF1).alone
    text = "google.protobuf.message.DecodeError: Error parsing message with type 'tensorflow.GraphDef'"
    assert seen["too_large"] == text
    assert seen["separate"] == "nothing"


def test_that_compilers_refuse_what_is_not_documented(findings: Play) -> None:
    inf1, neuronx = findings(INF1), findings(NEURONX)
    assert inf1.alone["bad_flag"].endswith(_ABORTED)
    assert "unrecognized arguments: --fast-maths" in inf1.log
    assert inf1.alone["bad_word"].endswith(_ABORTED)
    assert neuronx.alone["bad_flag"].endswith("neuronx-cc failed with 2")
    assert neuronx.alone["bad_lnc"].endswith("neuronx-cc failed with 70")
    assert "[NCC_EARG001]" in neuronx.log


def test_that_failures_of_the_compilers_are_told_as_documented(findings: Play) -> None:
    inf1, neuronx = findings(INF1), findings(NEURONX)
    assert inf1.alone["timeout"].startswith("subprocess.TimeoutExpired")
    assert inf1.alone["killed"].endswith(_ABORTED)
    assert "Compile command returned: -9" in inf1.output
    assert "WARNING:Neuron:torch.neuron.trace failed on _NeuronGraph$1; falling back to native python" in inf1.log
    assert "ERROR:Neuron:neuron-cc failed with the following command line call:" in inf1.log
    assert re.search(r"ERROR \[neuron-cc\]:  An Internal Compiler Error has occurred", inf1.log)
    assert neuronx.alone["killed"].endswith("neuronx-cc failed with -9")
    assert neuronx.alone["forcibly_killed"].endswith("neuronx-cc failed with 70")
    assert (
        "[F137] neuronx-cc was forcibly killed - This most commonly occurs due to insufficient system memory"
        in neuronx.log
    )
    assert re.search(r"OSError: \d+ requested and \d+ written", neuronx.log)


def test_that_inputs_which_nothing_uses_are_dropped_with_a_warning(findings: Play) -> None:
    (text,) = findings(NEURONX).alone["unused"]
    assert text.startswith("Received an input tensor that was unused. Tensor will be ignored. (index=1, ")


def test_that_the_compilers_leave_the_documented_files_and_know_their_flags(findings: Play) -> None:
    inf1, neuronx = findings(INF1), findings(NEURONX)
    (folder,) = (inf1.folder / "work").iterdir()
    assert sorted(path.name for path in folder.iterdir()) == ["graph_def.neff", "graph_def.pb"]
    assert inf1.calls[0][-4:] == ["--verbose", "35", "--fast-math", "none"]
    assert neuronx.alone["workdir"] == [
        "command.txt",
        "graph.neff",
        "model",
        "model/graph.hlo",
        "model/metadata.json",
        "weights",
    ]
    assert (
        neuronx.alone["command"]
        == "neuronx-cc compile model --framework XLA --output graph.neff --target inf2 --auto-cast matmult"
    )
    assert neuronx.calls[0][-4:] == ["--target", "inf2", "--auto-cast", "matmult"]
    assert (neuronx.folder / "log-neuron-cc.txt").exists()


def test_that_flags_change_the_numbers(findings: Play) -> None:
    inf1, neuronx = findings(INF1).on_device, findings(NEURONX).on_device
    assert neuronx["none"] < 1e-6
    assert neuronx["last_wins"] < 1e-6
    assert 1e-6 < neuronx["tf32"] < neuronx["matmult"] < neuronx["all"] < 0.05
    assert 1e-6 < inf1["fp16"] < inf1["none"] < inf1["all"] < 0.05
    assert inf1["product"] < 1e-6
    assert inf1["grid"]


def test_that_shapes_and_types_are_fixed_unless_the_batch_is_dynamic(findings: Play) -> None:
    inf1, neuronx = findings(INF1).on_device, findings(NEURONX).on_device
    assert "Incorrect tensor shape at input #0: received 1, 4, 16, expected 1, 8, 16" in inf1["wrong_shape"]
    assert "Incorrect tensor type at input #0: received int32, expected int64" in neuronx["wrong_type"]
    assert inf1["grown"] < 0.05
    assert neuronx["grown"] < 1e-6
    assert neuronx["same_object"]
    assert inf1["half"] == ["torch.float16", "torch.float16"]


def test_that_weights_outside_the_neff_can_be_replaced(findings: Play) -> None:
    assert findings(NEURONX).on_device["replaced"] == [True, 0.0]


def test_that_the_runtime_reads_its_variables_once(findings: Play) -> None:
    seen = findings(INF1).on_device
    assert seen["cores"] == [0, 1]
    assert seen["bad_count"].startswith("builtins.ValueError")
    workers, difference = seen["parallel"]
    assert workers == 4
    assert difference < 0.05
    assert findings(NEURONX).on_device["cores"] == [0, 1]


def test_that_models_which_do_not_fit_the_device_are_refused(findings: Play) -> None:
    inf1, neuronx = findings(INF1), findings(NEURONX)
    assert "status=4 message=Allocation Failure" in inf1.on_device["memory"]
    assert "mc_alloc" in inf1.log
    assert "status=2 message=Invalid" in inf1.on_device["pipeline"]
    assert "Could not find VNC id 2" in inf1.log
    assert "NRT_FAILURE(6)" in neuronx.on_device["other_chip"]
    assert "Attempting to load an incompatible model" in neuronx.log
    assert "status=1006" in neuronx.on_device["unknown_token"]
    assert "due to out-of-bound access" in neuronx.log


def test_that_a_device_can_be_made_to_give_nan(findings: Play) -> None:
    assert findings(INF1).on_device["nan"] == "builtins.ArithmeticError: all NaN"
