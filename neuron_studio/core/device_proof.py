"""Whether a run's pairs ran on NeuronCores: three kinds of evidence, and what is missing of them."""

from __future__ import annotations

from typing import Any, List, Mapping, Optional, Tuple

from neuron_studio.core.core_words import span_text
from neuron_studio.core.counting import counted
from neuron_studio.core.neuron_devices import CoreMap
from neuron_studio.wire.events import DeviceProof, Traced

# The namespace of both SDKs' operators in a saved graph.
NEURON_OPERATORS = "neuron::"


def lacking(traced: Optional[Traced], proof: Optional[DeviceProof]) -> Tuple[str, ...]:
    """The evidence that is missing, in words; nothing where the run is proven to have been on a device."""
    missing: List[str] = []
    if traced is None or not traced.neuron_operators:
        missing.append("the saved graph holds no Neuron operator")
    if proof is None or not proof.cores:
        missing.append("no tool showed NeuronCores held by the run")
    if proof is None or proof.executions < 1:
        missing.append("no execution was counted")
    return tuple(missing)


def proof_line(traced: Traced, proof: DeviceProof) -> str:
    """The evidence on one line."""
    operators = sum(traced.neuron_operators.values())
    parts = [
        f"NeuronCore {span_text(proof.cores)} held",
        f"{counted(proof.executions, 'execution')} counted at least",
        f"{counted(operators, 'Neuron operator')} in the graph, {traced.cpu_operators} on the CPU",
    ]
    return f"{'; '.join(parts)} (told by {', '.join(proof.told_by)})"


def held_by(found: Optional[CoreMap], pid: int) -> Tuple[int, ...]:
    """The cores of the devices that a process has open; neuron-ls names holders by device, not by core."""
    devices = found.devices if found is not None else ()
    held = [device for device in devices if any(holder.pid == pid for holder in device.holders)]
    return tuple(sorted(core for device in held for core in device.cores))


def use_by(report: Any, pid: int) -> Optional[Tuple[Tuple[int, ...], Optional[int]]]:
    """The cores and the executions of a process in one of neuron-monitor's reports; None where it is not in it.

    The executions are None in a report that does not count them.
    """
    for runtime in _list(report, "neuron_runtime_data"):
        if _pid(runtime) == pid:
            told = _map(runtime, "report")
            cores = _map(_map(told, "neuroncore_counters"), "neuroncores_in_use")
            ends = _map(_map(told, "execution_stats"), "execution_summary")
            ended = (ends.get(name) for name in ("completed", "completed_with_err", "completed_with_num_err"))
            executions = sum(number for number in ended if isinstance(number, int)) if ends else None
            return tuple(sorted(int(core) for core in cores if str(core).isdigit())), executions
    return None


def _pid(entry: Any) -> Optional[int]:
    pid = entry.get("pid") if isinstance(entry, Mapping) else None
    return int(pid) if isinstance(pid, int) or (isinstance(pid, str) and pid.isdigit()) else None


def _map(entry: Any, name: str) -> Mapping[str, Any]:
    found = entry.get(name) if isinstance(entry, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _list(entry: Any, name: str) -> List[Any]:
    found = entry.get(name) if isinstance(entry, Mapping) else None
    return found if isinstance(found, list) else []
