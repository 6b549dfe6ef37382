"""A result is run on Neuron only with evidence; whatever else it is, it is never green."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.sdk.environment import INF1, NEURONX
from tests.support.sdk_runs import SDKS, Bench


@pytest.fixture(scope="module")
def benches(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Bench]:
    return {sdk: Bench(tmp_path_factory.mktemp(sdk), sdk) for sdk in SDKS}


def lying_tool(bench: Bench, name: str, text: str) -> Path:
    """Put another tool in the place of one of AWS's; gives the path of what was there."""
    path = bench.environment.bin / name
    kept = path.with_suffix(".kept")
    path.rename(kept)
    path.write_text(text)
    path.chmod(0o755)
    return kept


@pytest.mark.parametrize("sdk", SDKS)
def test_that_cores_executions_and_operators_prove_a_run(
    sdk: str, benches: dict[str, Bench], tiny_model: Path, tmp_path: Path
) -> None:
    bench = benches[sdk]
    run = bench.compile(tmp_path, tiny_model, "--cores", "1", machine=bench.machine(tmp_path / "machine"))
    assert run.compiled.exit_code == 0, run.compiled.said
    proof = run.report["device_proof"]
    assert (len(proof["cores"]), proof["lacking"], proof["told_by"]) == (1, [], ["neuron-monitor"])
    assert proof["executions"] >= 1
    assert all(name.startswith("neuron::forward") for name in proof["neuron_operators"])
    assert run.report["artifact"]["verified"] is True
    page = (Path(run.report["artifact"]["path"]) / "report.html").read_text()
    assert "Run on Neuron: NeuronCore 0 held" in page


@pytest.mark.skipif(INF1 not in SDKS, reason="torch-neuron does not run here")
@pytest.mark.parametrize("with_device", [True, False])
def test_that_a_cpu_trace_is_a_failure_and_not_a_result(
    with_device: bool, benches: dict[str, Bench], tiny_model: Path, tmp_path: Path
) -> None:
    bench = benches[INF1]
    machine = bench.machine(tmp_path / "machine") if with_device else None
    run = bench.compile(tmp_path, tiny_model, machine=machine, FAULT="nothing-placed")
    assert run.compiled.exit_code == 4
    assert (run.error["code"], run.error["stage"]) == ("nothing-placed", "trace")
    assert run.report["comparison"] is None
    assert run.report["artifact"] is None
    assert "returning a CPU trace" in run.compiled.said, "the compiler's own line"


@pytest.mark.parametrize("sdk", SDKS)
def test_that_without_neuron_monitor_neuron_ls_and_the_operator_s_own_calls_are_the_evidence(
    sdk: str, benches: dict[str, Bench], tiny_model: Path, tmp_path: Path
) -> None:
    bench = benches[sdk]
    kept = lying_tool(bench, "neuron-monitor", "#!/bin/sh\necho 'no license'\nexit 1\n")
    try:
        run = bench.compile(tmp_path, tiny_model, machine=bench.machine(tmp_path / "machine"))
    finally:
        kept.replace(bench.environment.bin / "neuron-monitor")
    assert run.compiled.exit_code == 0, run.compiled.said
    assert run.report["device_proof"]["told_by"] == ["neuron-ls", "torch's profiler"]


@pytest.mark.parametrize("sdk", SDKS)
def test_that_a_run_whose_cores_nobody_saw_is_not_proven_and_not_green(
    sdk: str, benches: dict[str, Bench], tiny_model: Path, tmp_path: Path
) -> None:
    bench = benches[sdk]
    machine = bench.machine(tmp_path / "machine")
    # A listing with the device and without any process, and a monitor that sees nobody.
    seen = subprocess.run(
        [str(bench.environment.bin / "neuron-ls"), "-j"], capture_output=True, text=True, check=True,
        env={"NEURON_STAND_IN_HARDWARE": str(machine), "PATH": str(bench.environment.bin)},
    ).stdout  # fmt: skip
    listing = tmp_path / "listing.json"
    listing.write_text(json.dumps([{**entry, "neuron_processes": []} for entry in json.loads(seen)]))
    tools = [
        lying_tool(bench, "neuron-ls", f"#!/bin/sh\ncat '{listing}'\n"),
        lying_tool(bench, "neuron-monitor", "#!/bin/sh\necho '{\"neuron_runtime_data\": []}'\nexec sleep 60\n"),
    ]
    try:
        run = bench.compile(tmp_path, tiny_model, machine=machine)
    finally:
        for kept in tools:
            kept.replace(kept.with_suffix(""))
    assert run.compiled.exit_code == 3
    assert run.decisions == "unproven"
    assert run.report["device_proof"]["lacking"] == ["no tool showed NeuronCores held by the run"]
    page = (Path(run.report["artifact"]["path"]) / "report.html").read_text()
    assert "NOT PROVEN ON NEURON" in page
    assert "Run on Neuron:" not in page


@pytest.mark.parametrize("fault", ["nan", "constant"])
@pytest.mark.parametrize("sdk", SDKS)
def test_that_nan_and_constant_answers_are_invalid_however_well_they_are_proven(
    fault: str, sdk: str, benches: dict[str, Bench], tiny_model: Path, tmp_path: Path
) -> None:
    bench = benches[sdk]
    run = bench.compile(tmp_path, tiny_model, machine=bench.machine(tmp_path / "machine"), FAULT=fault)
    assert run.compiled.exit_code == 5, run.compiled.said
    assert run.decisions == "invalid"
    assert run.report["device_proof"]["lacking"] == []


def test_that_an_emulation_claims_no_device(tiny_model: Path, tmp_path: Path, benches: dict[str, Bench]) -> None:
    bench = benches[SDKS[0]]
    target = "inf1" if bench.sdk == INF1 else "inf2"
    run = bench.compile(
        tmp_path, tiny_model, "--backend", "emulator", "--target", target, machine=bench.machine(tmp_path / "machine")
    )
    assert run.report["emulated"] is True
    assert run.report["device_proof"] is None
    assert NEURONX not in run.report["versions"] or run.calls == ()
