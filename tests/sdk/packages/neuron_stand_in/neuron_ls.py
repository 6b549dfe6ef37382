"""neuron-ls: the devices, and which processes hold them."""

from __future__ import annotations

import json
import sys
from typing import Any, Sequence

from neuron_stand_in.compiler import StrictParser
from neuron_stand_in.machine import Machine, this_machine


def main(arguments: Sequence[str]) -> int:
    """Be neuron-ls; gives the exit status."""
    parser = StrictParser(prog="neuron-ls")
    parser.add_argument("-w", "--wide", action="store_true")
    parser.add_argument("-a", "--show-all-procs", action="store_true")
    parser.add_argument("-t", "--topology", action="store_true")
    parser.add_argument("-j", "--json-output", action="store_true")
    options = parser.parse_args(list(arguments))
    machine = this_machine()
    if machine is None:
        sys.stderr.write("neuron-ls: No neuron devices found\n")
        return 1
    devices = [_device(machine, index) for index in range(machine.device_count)]
    print(json.dumps(devices, indent=4) if options.json_output else _table(machine, devices))
    return 0


def _device(machine: Machine, index: int) -> dict[str, Any]:
    count = machine.cores_on_device()
    cores = list(range(index * count, (index + 1) * count))
    found = {holder.pid: holder for holder in (machine.holder(core) for core in cores) if holder is not None}
    neighbours = [other for other in (index - 1, index + 1) if 0 <= other < machine.device_count]
    device = {
        "neuron_device": index, "bdf": f"00:{31 - index:02x}.0", "cpu_affinity": "0-3", "numa_node": "-1",
        "connected_to": neighbours or None, "nc_count": count, "memory_size": machine.device_memory,
        "neuroncore_ids": cores,
        "neuron_processes": [
            {"pid": holder.pid, "command": holder.command, "neuron_runtime_version": machine.runtime_version}
            for holder in found.values()
        ],
        "instance_type": machine.instance_type, "instance_id": machine.instance_id,
    }  # fmt: skip
    if machine.has_logical_cores:
        device["logical_neuroncore_config"] = machine.lnc()
    return device


def _table(machine: Machine, devices: list[dict[str, Any]]) -> str:
    head = ("NEURON", "NEURON", "NEURON", "PID", "COMMAND"), ("DEVICE", "CORES", "MEMORY", "", "")
    rows = [
        (str(device["neuron_device"]), str(device["nc_count"]), f"{device['memory_size'] >> 30} GB",
         str(process["pid"]) if process else "", process["command"][:40] if process else "")
        for device in devices for process in device["neuron_processes"] or [None]
    ]  # fmt: skip
    widths = [max(len(row[place]) for row in [*head, *rows]) for place in range(5)]
    rule = "+" + "+".join("-" * (width + 2) for width in widths) + "+"
    lines = [f"instance-type: {machine.instance_type}", f"instance-id: {machine.instance_id}", rule]
    lines += [_row(row, widths) for row in head] + [rule] + [_row(row, widths) for row in rows] + [rule]
    return "\n".join(lines)


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "|" + "|".join(f" {cell.ljust(width)} " for cell, width in zip(cells, widths)) + "|"
