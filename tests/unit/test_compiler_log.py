"""What a compiler is doing is read from its own lines, wherever the log is cut, and never as a share of a whole."""

from __future__ import annotations

import random

import pytest

from neuron_studio.core.compiler_log import CompilerLog, new_log, read_on

# As public logs and the vendor's documents show them, shortened; with the phase that each line leads to.
NEURON_CC = (
    ("INFO:Neuron:There are 3 ops of 1 different types in the TorchScript that are not compiled by neuron-cc: "
     "aten::embedding, (For more information see https://example.org)", "partitioning, 3 operators unsupported"),
    ("INFO:Neuron:Number of arithmetic operators (pre-compilation) before = 565, fused = 548, percent fused = 96.99%",
     "partitioning 565 operators, 3 unsupported"),
    ("INFO:Neuron:Number of neuron graph operations 1601 did not match traced graph 1323 - using heuristic matching "
     "of hierarchical information", "partitioning 565 operators, 3 unsupported"),
    ("INFO:Neuron:Compiling function _NeuronGraph$698 with neuron-cc", "compiling sub-graph 1 (_NeuronGraph$698)"),
    ("INFO:Neuron:Compiler args type is <class 'list'> value is ['--fast-math', 'none']",
     "compiling sub-graph 1 (_NeuronGraph$698)"),
    ("INFO:Neuron:Compiling with command line: '/opt/bin/neuron-cc compile /tmp/graph_def.pb --framework TENSORFLOW "
     "--pipeline compile SaveTemps --output /tmp/graph_def.neff --verbose 35'",
     "compiling sub-graph 1 (_NeuronGraph$698)"),
    (".....", "compiling sub-graph 1 (_NeuronGraph$698)"),
    ("Compiler status PASS", "sub-graph 1 compiled"),
    ("INFO:Neuron:Compiling function _NeuronGraph$12 with neuron-cc", "compiling sub-graph 2 (_NeuronGraph$12)"),
    ("...", "compiling sub-graph 2 (_NeuronGraph$12)"),
    ("Compiler status ERROR", "sub-graph 2 failed"),
    ("Compile command returned: 1", "sub-graph 2 failed"),
    ("WARNING:Neuron:torch.neuron.trace failed on _NeuronGraph$12; falling back to native python function call",
     "sub-graph 2 failed"),
    ("INFO:Neuron:compiling function _NeuronGraph$13 with neuron-cc", "compiling sub-graph 3 (_NeuronGraph$13)"),
    ("INFO:Neuron:Compile command returned: -9", "sub-graph 3 failed"),
    ("INFO:Neuron:Number of arithmetic operators (post-compilation) before = 600, compiled = 600, percent compiled = "
     "100.0%", "finishing"),
    ("INFO:Neuron:The neuron partitioner created 1 sub-graphs", "finishing"),
    ("INFO:Neuron: => aten::Int: 144", "finishing"),
)  # fmt: skip
NEURONX_CC = (
    ("2024-02-20T13:36:54Z Compilation is optimized for best performance and compilation time. For faster compilation "
     "time please use -O1", "compiling"),
    ("2024-05-22T17:01:40Z Running dep_opt", "compiling (dep_opt)"),
    ("2024-05-22T17:01:40Z dep_opt finished after 0.011 seconds", "compiling (dep_opt)"),
    ("2024-05-22T17:01:40Z Running dep_reduction", "compiling (dep_reduction)"),
    ("....Completed run_backend_driver.", "finishing"),
    ("Compiler status PASS", "finishing"),
)  # fmt: skip


def log_of(backend: str, *lines: str) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def phase_after(backend: str, text: bytes) -> str:
    return read_on(new_log(backend), text).phase


@pytest.mark.parametrize(("backend", "lines"), [("torch-neuron", NEURON_CC), ("torch-neuronx", NEURONX_CC)])
def test_that_recorded_lines_lead_through_their_phases(backend: str, lines: tuple[tuple[str, str], ...]) -> None:
    log = new_log(backend)
    for line, phase in lines:
        log = read_on(log, log_of(backend, line))
        assert log.phase == phase, line


@pytest.mark.parametrize(("backend", "lines"), [("torch-neuron", NEURON_CC), ("torch-neuronx", NEURONX_CC)])
@pytest.mark.parametrize("seed", range(20))
def test_that_it_does_not_matter_where_the_log_is_cut(
    seed: int, backend: str, lines: tuple[tuple[str, str], ...]
) -> None:
    chance = random.Random(seed)
    upto = chance.randrange(1, len(lines) + 1)
    whole = log_of(backend, *(line for line, _ in lines[:upto]))
    log, place = new_log(backend), 0
    while place < len(whole):
        size = chance.choice((1, 2, 7, 64, 300))
        log = read_on(log, whole[place : place + size])
        place += size
    assert log == read_on(new_log(backend), whole)
    assert log.phase == lines[upto - 1][1]


@pytest.mark.parametrize(("backend", "phase"), [("torch-neuron", "tracing"), ("torch-neuronx", "lowering")])
def test_that_before_the_first_line_the_framework_is_at_work(backend: str, phase: str) -> None:
    assert new_log(backend).phase == phase
    assert phase_after(backend, b"TracerWarning: Converting a tensor to a Python boolean\nhuggingface/tokeniz") == phase


def test_that_the_emulator_has_no_compiler_to_listen_to() -> None:
    assert phase_after("emulator", log_of("emulator", *(line for line, _ in NEURON_CC))) == ""


def test_that_the_first_dot_tells_that_neuronx_cc_compiles_and_needs_no_line_feed() -> None:
    log = read_on(new_log("torch-neuronx"), b"some warning\n")
    assert log.phase == "lowering"
    assert read_on(log, b".").phase == "compiling"
    assert read_on(log, b"..\nCompiler status PASS\n.").phase == "compiling", "the next graph"


@pytest.mark.parametrize(
    "line",
    [
        "Compiler status ERROR",
        "RuntimeError: neuronx-cc failed with 70",
        "RuntimeError: neuronx-cc failed with -9",
        "2024-02-20T13:36:54Z [F137] neuronx-cc was forcibly killed - This most commonly occurs due to",
    ],
)
def test_that_a_failure_of_neuronx_cc_is_seen(line: str) -> None:
    assert phase_after("torch-neuronx", log_of("torch-neuronx", ".....", line)) == "compiler failed"


@pytest.mark.parametrize(
    ("line", "phase"),
    [
        ("INFO: compiling module ResNet with neuron-cc", "compiling sub-graph 1 (ResNet)"),
        ("INFO:Neuron:All operators are compiled by neuron-cc (this does not guarantee that neuron-cc will "
         "successfully compile)", "partitioning"),
        ("WARNING:Neuron:No operator is placed on Neuron runtime; returning a CPU trace", "finishing"),
    ],
)  # fmt: skip
def test_that_older_and_rarer_lines_of_torch_neuron_are_understood(line: str, phase: str) -> None:
    assert phase_after("torch-neuron", log_of("torch-neuron", line)) == phase


def test_that_neither_compiler_is_said_to_be_through_any_share_of_its_work() -> None:
    for backend, lines in (("torch-neuron", NEURON_CC), ("torch-neuronx", NEURONX_CC)):
        for end in range(len(lines)):
            phase = phase_after(backend, log_of(backend, *(line for line, _ in lines[: end + 1])))
            assert "%" not in phase
            assert " of " not in phase


def test_that_a_flood_without_a_line_feed_keeps_the_memory_flat() -> None:
    log = new_log("torch-neuronx")
    for _ in range(100):
        log = read_on(log, b"." * 100_000)
    assert log.phase == "compiling"
    assert len(log.rest) < 5_000
    assert read_on(log, b"Completed run_backend_driver.\n").phase == "finishing"


def test_that_carriage_returns_and_bytes_that_are_no_text_do_no_harm() -> None:
    bar = b"\rDownloading:  10%\r\xff\xfe\xc3Downloading: 100%\r\n"
    log = read_on(new_log("torch-neuron"), bar + b"INFO:Neuron:Compiling function _NeuronGraph$1 with neuron-cc\r\n")
    assert log == CompilerLog("torch-neuron", "compiling sub-graph 1 (_NeuronGraph$1)", sub_graphs=1)
