"""neuron-monitor: one JSON report a period on stdout, until it is told to stop."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any, Optional, Sequence

from neuron_stand_in.compiler import StrictParser
from neuron_stand_in.machine import Machine, this_machine

_PERCENTILES = (0, 1, 25, 50, 75, 99, 100)
_GROUPS = ("neuroncore_counters", "memory_used", "execution_stats", "neuron_runtime_vcpu_usage")


def main(arguments: Sequence[str]) -> int:
    """Be neuron-monitor."""
    parser = StrictParser(prog="neuron-monitor")
    parser.add_argument("-c", "--config", type=Path)
    parser.add_argument("--verbose", type=int, choices=range(5), default=0)
    options = parser.parse_args(list(arguments))
    config = json.loads(options.config.read_text(encoding="utf-8")) if options.config else {}
    period = float(str(config.get("period", "5s")).rstrip("s"))
    machine = this_machine()
    before = _counts(machine)
    try:
        while True:
            # What is counted is counted for the captured period alone.
            time.sleep(period)
            now = _counts(machine)
            print(json.dumps(_report(machine, _groups(config), period, before)), flush=True)
            before = now
    except (KeyboardInterrupt, BrokenPipeError):
        return 0


def _groups(config: dict[str, Any]) -> list[str]:
    metrics = [metric["type"] for each in config.get("neuron_runtimes", []) for metric in each["metrics"]]
    return metrics or list(_GROUPS)


def _counts(machine: Optional[Machine]) -> dict[int, tuple[int, int]]:
    """Executions so far, and those with NaN among them, by process."""
    found = _processes(machine) if machine else []
    return {process["pid"]: (sum(process["completed"].values()), process["with_nan"]) for process in found}


def _report(
    machine: Optional[Machine], groups: list[str], period: float, before: dict[int, tuple[int, int]]
) -> dict[str, Any]:
    found = _processes(machine) if machine else []
    runtimes = [_runtime(each, groups, period, before.get(each["pid"], (0, 0))) for each in found]
    return {
        "neuron_runtime_data": runtimes,
        "system_data": {
            "memory_info": {"period": period, "error": "", **_memory()},
            "vcpu_usage": {"period": period, "average_usage": {"user": 0, "system": 0, "idle": 100}, "error": ""},
            "neuron_hw_counters": {
                "period": period, "error": "",
                "neuron_devices": [_counters(index) for index in range(machine.device_count if machine else 0)],
            },
        },
        "instance_info": {
            "instance_type": machine.instance_type if machine else "",
            "instance_id": machine.instance_id if machine else "", "region": "", "error": "",
        },
        "neuron_hardware_info": _hardware(machine),
    }  # fmt: skip


def _hardware(machine: Optional[Machine]) -> dict[str, Any]:
    if machine is None:
        return {"neuron_device_count": 0, "neuroncore_per_device_count": 0, "error": "Neuron Driver is not installed"}
    return {
        "neuron_device_type": machine.instance_type.split(".")[0], "neuroncore_version": machine.core_name(),
        "neuron_device_count": machine.device_count, "neuron_device_memory_size": machine.device_memory,
        "neuroncore_per_device_count": machine.cores_on_device(),
        "logical_neuroncore_config": machine.lnc(), "error": "",
    }  # fmt: skip


def _processes(machine: Machine) -> list[dict[str, Any]]:
    holders = {holder.pid for holder in map(machine.holder, range(machine.core_count())) if holder}
    files = [machine.report_file(pid) for pid in sorted(holders)]
    return [json.loads(path.read_text(encoding="utf-8")) for path in files if path.exists()]


def _runtime(process: dict[str, Any], groups: list[str], period: float, before: tuple[int, int]) -> dict[str, Any]:
    completed, with_nan = sum(process["completed"].values()) - before[0], process["with_nan"] - before[1]
    every = {
        "neuroncore_counters": {
            "neuroncores_in_use": {
                core: {"neuroncore_utilization": 100.0 if count else 0.0, "flops": 0}
                for core, count in process["completed"].items()
            },
        },
        "execution_stats": {
            "error_summary": dict.fromkeys(("generic", "numerical", "transient", "model", "runtime", "hardware"), 0),
            "execution_summary": {
                "completed": completed - with_nan, "completed_with_err": 0,
                "completed_with_num_err": with_nan, "timed_out": 0, "incorrect_input": 0,
                "failed_to_queue": 0,
            },
            "latency_stats": {name: _latency(process["seconds"]) for name in ("total_latency", "device_latency")},
        },
        "memory_used": {
            "neuron_runtime_used_bytes": {
                "host": 0, "neuron_device": sum(process["memory"].values()),
                "usage_breakdown": {"neuroncore_memory_usage": {
                    core: {"constants": size, "model_code": 0, "model_shared_scratchpad": 0, "runtime_memory": 0,
                           "tensors": 0}
                    for core, size in process["memory"].items()
                }},
            },
            "loaded_models": [
                {"name": "file.neff", "uuid": "", "model_id": 1001 + index, "is_running": False, "subgraphs": {}}
                for index in range(process["models"])
            ],
        },
        "neuron_runtime_vcpu_usage": {"vcpu_usage": {"user": 0.0, "system": 0.0}},
    }  # fmt: skip
    report = {name: {"period": period, "error": "", **every[name]} for name in groups if name in every}
    return {"pid": process["pid"], "neuron_runtime_tag": process["tag"], "error": "", "report": report}


def _latency(seconds: list[float]) -> Optional[dict[str, float]]:
    if not seconds:
        return None
    ordered = sorted(seconds)
    return {f"p{share}": ordered[min(share * len(ordered) // 100, len(ordered) - 1)] for share in _PERCENTILES}


def _counters(index: int) -> dict[str, int]:
    names = ("mem_ecc_corrected", "mem_ecc_uncorrected", "sram_ecc_uncorrected", "sram_ecc_corrected")
    return {"neuron_device_index": index, **dict.fromkeys(names, 0)}


def _memory() -> dict[str, int]:
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return {"memory_total_bytes": pages * size, "memory_used_bytes": 0, "swap_total_bytes": 0, "swap_used_bytes": 0}
