"""Whether a run's pairs ran on NeuronCores: three kinds of evidence, and what is missing of them."""

from __future__ import annotations

from typing import Any, List, Mapping, Optional, Tuple

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
        f"NeuronCore {_ranges(proof.cores)} held",
        f"{proof.executions:,} execution{'' if proof.executions == 1 else 's'} counted at least",
        f"{operators} Neuron operator{'' if operators == 1 else 's'} in the graph, {traced.cpu_operators} on the CPU",
    ]
    return f"{'; '.join(parts)} (told by {', '.join(proof.told_by)})"


def held_by(listing: Any, pid: int) -> Tuple[int, ...]:
    """The cores of the devices that neuron-ls says a process has open; it names holders by device, not by core."""
    cores: List[int] = []
    for entry in listing if isinstance(listing, (list, tuple)) else ():
        if any(_pid(process) == pid for process in _list(entry, "neuron_processes")):
            cores.extend(core for core in _list(entry, "neuroncore_ids") if isinstance(core, int))
    return tuple(sorted(cores))


def use_by(report: Any, pid: int) -> Optional[Tuple[Tuple[int, ...], Optional[int]]]:
    """The cores and the executions of a process in one of neuron-monitor's reports; None where it is not in it.

    The executions are None in a report that does not count them.
    """
    for runtime in _list(report, "neuron_runtime_data"):
        if _pid(runtime) == pid:
            told = _map(runtime, "report")
            cores = _map(_map(told, "neuroncore_counters"), "neuroncores_in_use")
            counted = _map(_map(told, "execution_stats"), "execution_summary")
            ended = (counted.get(name) for name in ("completed", "completed_with_err", "completed_with_num_err"))
            executions = sum(number for number in ended if isinstance(number, int)) if counted else None
            return tuple(sorted(int(core) for core in cores if str(core).isdigit())), executions
    return None


def _ranges(cores: Tuple[int, ...]) -> str:
    is_run = len(cores) > 2 and cores[-1] - cores[0] == len(cores) - 1
    return f"{cores[0]}-{cores[-1]}" if is_run else ", ".join(map(str, cores))


def _pid(entry: Any) -> Optional[int]:
    pid = entry.get("pid") if isinstance(entry, Mapping) else None
    return int(pid) if isinstance(pid, int) or (isinstance(pid, str) and pid.isdigit()) else None


def _map(entry: Any, name: str) -> Mapping[str, Any]:
    found = entry.get(name) if isinstance(entry, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _list(entry: Any, name: str) -> List[Any]:
    found = entry.get(name) if isinstance(entry, Mapping) else None
    return found if isinstance(found, list) else []
