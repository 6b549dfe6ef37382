"""What shows that a run was on a device, from what AWS's tools print, and what is missing of it."""

from __future__ import annotations

from typing import Any

import pytest

from neuron_studio.core.device_proof import held_by, lacking, proof_line, use_by
from neuron_studio.core.neuron_devices import core_map
from neuron_studio.wire.events import DeviceProof, Traced

TRACED = Traced("neuron-cc", (), {}, {"neuron::forward_1": 1}, cpu_operators=14)
PROOF = DeviceProof((0, 1, 2, 3), 2, ("neuron-monitor",))


def monitored(pid: Any = 7, completed: Any = 3, cores: Any = ("0", "1")) -> dict[str, Any]:
    """A report of neuron-monitor with one process."""
    report = {
        "neuroncore_counters": {"neuroncores_in_use": {core: {"neuroncore_utilization": 1.0} for core in cores}},
        "execution_stats": {"execution_summary": {"completed": completed, "completed_with_num_err": 1, "timed_out": 9}},
    }
    return {"neuron_runtime_data": [{"pid": pid, "report": report}]}


def test_that_all_three_kinds_of_evidence_are_a_proof() -> None:
    assert lacking(TRACED, PROOF) == ()
    assert proof_line(TRACED, PROOF) == (
        "NeuronCore 0-3 held; 2 executions counted at least; 1 Neuron operator in the graph, 14 on the CPU "
        "(told by neuron-monitor)"
    )


@pytest.mark.parametrize(
    ("traced", "proof", "missing"),
    [
        (Traced("neuron-cc", (), {}), PROOF, "the saved graph holds no Neuron operator"),
        (TRACED, DeviceProof((), 2, ()), "no tool showed NeuronCores held by the run"),
        (TRACED, DeviceProof((0,), 0, ()), "no execution was counted"),
    ],
)
def test_that_each_kind_is_needed(traced: Traced, proof: DeviceProof, missing: str) -> None:
    assert lacking(traced, proof) == (missing,)


def test_that_nothing_is_proven_where_nobody_looked() -> None:
    assert len(lacking(None, None)) == 3


def test_that_neuron_monitor_tells_cores_and_executions_that_ended() -> None:
    assert use_by(monitored(), 7) == ((0, 1), 4)
    assert use_by(monitored(pid="7"), 7) == ((0, 1), 4)
    assert use_by(monitored(), 8) is None


@pytest.mark.parametrize(
    "report",
    [
        None, [], {}, "text", {"neuron_runtime_data": None}, {"neuron_runtime_data": ["x", {"pid": None}]},
    ],
)  # fmt: skip
def test_that_a_report_of_another_shape_tells_nothing(report: Any) -> None:
    assert use_by(report, 7) is None


def test_that_a_process_without_counts_is_seen_but_not_counted() -> None:
    assert use_by({"neuron_runtime_data": [{"pid": 7, "report": None}]}, 7) == ((), None)
    assert use_by(monitored(completed="many", cores=("x", "1")), 7) == ((1,), 1)


def test_that_neuron_ls_names_holders_by_device() -> None:
    listing = [
        {"neuron_device": 0, "nc_count": 2, "neuroncore_ids": [0, 1], "neuron_processes": [{"pid": 7}]},
        {"neuron_device": 1, "nc_count": 2, "neuroncore_ids": [2, 3], "neuron_processes": [{"pid": 8}]},
        {"neuron_device": 2, "nc_count": 2, "neuroncore_ids": [4, 5]},
    ]
    assert held_by(core_map(listing), 7) == (0, 1)
    assert held_by(core_map(listing), 9) == ()
    assert held_by(None, 7) == ()
