"""Compilers and runtimes that die, hang, lie and refuse: each leaves a code, a cause and a way out, never a riddle."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from tests.sdk.environment import INF1, NEURONX
from tests.sdk.running import hold_cores
from tests.support.sdk_runs import SDKS, Bench


@pytest.fixture(scope="module")
def benches(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Bench]:
    return {sdk: Bench(tmp_path_factory.mktemp(sdk), sdk) for sdk in SDKS}


class Case(NamedTuple):
    """A fault, and what a user is to hear of it: code, exit code and words of the way out."""

    sdk: str
    fault: str
    code: str
    exit_code: int
    way_out: str


COMPILING = (
    Case(INF1, "killed", "out-of-memory", 4, "GB of memory or more"),
    Case(INF1, "segfault", "compiler-crashed", 4, "another release of the compiler"),
    Case(INF1, "error", "compiler-failed", 4, "work folder"),
    Case(INF1, "disk-full", "disk-full", 4, "Free some space"),
    Case(INF1, "trace-segfault", "crashed", 4, "log"),
    Case(NEURONX, "killed", "out-of-memory", 4, "GB of memory or more"),
    Case(NEURONX, "forcibly-killed", "out-of-memory", 4, "GB of memory or more"),
    Case(NEURONX, "segfault", "compiler-crashed", 4, "another release of the compiler"),
    Case(NEURONX, "abort", "compiler-crashed", 4, "another release of the compiler"),
    Case(NEURONX, "error", "unsupported-operator", 4, "choose a model without it"),
    Case(NEURONX, "disk-full", "disk-full", 4, "Free some space"),
    Case(NEURONX, "trace-segfault", "crashed", 4, "log"),
)
RUNNING = (
    Case(INF1, "device-memory", "device-memory-full", 4, "larger instance"),
    Case(NEURONX, "device-memory", "device-memory-full", 4, "larger instance"),
    Case(NEURONX, "lnc-mismatch", "logical-core-mismatch", 3, "NEURON_LOGICAL_NC_CONFIG"),
    Case(INF1, "busy", "cores-busy", 3, "end"),
    Case(NEURONX, "busy", "cores-busy", 3, "end"),
)


@pytest.mark.parametrize(
    "case", [case for case in COMPILING if case.sdk in SDKS], ids=lambda case: f"{case.sdk}-{case.fault}"
)
def test_that_a_failing_compiler_ends_in_advice(
    case: Case, benches: dict[str, Bench], tiny_model: Path, tmp_path: Path
) -> None:
    run = benches[case.sdk].compile(tmp_path, tiny_model, FAULT=case.fault)
    assert (run.error["code"], run.error["stage"]) == (case.code, "trace"), run.compiled.said
    assert run.compiled.exit_code == case.exit_code
    assert case.way_out in run.error["remedy"]
    assert "Traceback" not in run.error["message"]
    assert run.report["artifact"] is None


@pytest.mark.parametrize(
    "case", [case for case in RUNNING if case.sdk in SDKS], ids=lambda case: f"{case.sdk}-{case.fault}"
)
def test_that_a_failing_runtime_ends_in_advice(
    case: Case, benches: dict[str, Bench], tiny_model: Path, tmp_path: Path
) -> None:
    instance = "trn2.48xlarge" if case.fault == "lnc-mismatch" else ""
    machine = benches[case.sdk].machine(tmp_path / "machine", instance)
    run = benches[case.sdk].compile(tmp_path, tiny_model, machine=machine, FAULT=case.fault)
    assert run.error["code"] == case.code, run.compiled.said
    assert run.compiled.exit_code == case.exit_code
    assert case.way_out in run.error["remedy"]


@pytest.mark.parametrize("sdk", SDKS)
def test_that_the_compiler_s_own_words_are_quoted_beside_the_advice(
    sdk: str, benches: dict[str, Bench], tiny_model: Path, tmp_path: Path
) -> None:
    run = benches[sdk].compile(tmp_path, tiny_model, FAULT="error", ERROR_CODE="NCC_XYZW999")
    assert "It was said: " in run.compiled.said
    if sdk == NEURONX:
        assert "NCC_XYZW999" in run.compiled.said.partition("It was said: ")[2].splitlines()[0]


@pytest.mark.parametrize("sdk", SDKS)
def test_that_cores_held_by_another_process_are_named_with_the_way_out(
    sdk: str, benches: dict[str, Bench], tiny_model: Path, tmp_path: Path
) -> None:
    bench = benches[sdk]
    machine = bench.machine(tmp_path / "machine")
    with hold_cores(bench.environment, NEURON_STAND_IN_HARDWARE=str(machine)) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        run = bench.compile(tmp_path / "busy", tiny_model, machine=machine)
        assert run.compiled.exit_code == 3
        assert run.error["code"] == "cores-busy"
        assert str(holder.pid) in run.error["message"] + run.error["remedy"]
        assert holder.stdin is not None
        holder.stdin.close()
    assert bench.compile(tmp_path / "free", tiny_model, machine=machine).compiled.exit_code == 0


def test_that_a_graph_beyond_two_gigabytes_asks_for_separate_weights(
    benches: dict[str, Bench], tiny_model: Path, tmp_path: Path
) -> None:
    if INF1 not in SDKS:
        pytest.skip("torch-neuron does not run here")
    run = benches[INF1].compile(tmp_path, tiny_model, GRAPH_LIMIT="1000")
    assert run.error["code"] == "model-beyond-two-gigabytes"
    assert "separate_weights" in run.error["remedy"]
