"""neuron-studio cores: the NeuronCores of this machine and who holds them, or what the table says of an instance."""

from __future__ import annotations

import sys
from typing import Any

import click

from neuron_studio.cli.render import say_error
from neuron_studio.core.core_plan import CorePlan, refusal
from neuron_studio.core.core_words import device_memory, instance_line, map_line, process_text, program, span_text
from neuron_studio.core.instances import Instance
from neuron_studio.core.neuron_cores import runtime_variables, variables_text
from neuron_studio.core.neuron_devices import CoreMap, NeuronDevice, core_map
from neuron_studio.core.plan_words import plan_line
from neuron_studio.core.request import Request
from neuron_studio.core.validation import core_problems
from neuron_studio.runs.resources import STARTER_MODEL, instances
from neuron_studio.wire.codec import dumps
from neuron_studio.wire.errors import EXIT_CODES, Blame, StudioError
from neuron_studio.wire.machine import Machine, this_machine
from neuron_studio.wire.spec import ModelChoice, Target

_NOT_HERE = StudioError(
    "not-here", "There are no such NeuronCores on this machine, free or not.",
    "Ask on the Neuron instance itself.", Blame.ENVIRONMENT,
)  # fmt: skip
_NOT_LISTED = StudioError(
    "cores-not-listed", "neuron-ls does not list the NeuronCores here, so nobody knows which are free.",
    "Update the Neuron tools (aws-neuronx-tools).", Blame.ENVIRONMENT,
)  # fmt: skip


@click.command("cores")
@click.option("--instance", "name", help="What the table says of an instance type, such as inf1.6xlarge.")
@click.option("--cores", "count", type=click.IntRange(1), metavar="N", help="Exit with 3 unless N are free here.")
@click.option("--logical-core-size", "size", type=int, help="Trn2: 1 or 2 physical NeuronCores in each logical one.")
@click.option("--python", help="Interpreter of the environment whose neuron-ls is asked.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def cores_command(name: str | None, count: int | None, size: int | None, python: str | None, as_json: bool) -> None:
    """The NeuronCores here, who holds them, and the variables that a run would set."""
    machine = this_machine(python or sys.executable)
    instance = _instance(name) if name else instances().get(machine.instance or "")
    if instance is not None:
        request = Request(ModelChoice(str(STARTER_MODEL)), neuron_cores=count, logical_core_size=size)
        for problem in core_problems(request, instance):
            raise problem.as_error()
        size = size or instance.default_core_size
    is_here = name in (None, machine.instance)
    found = core_map(list(machine.listing), machine.usage).resized(size) if is_here and machine.listing else None
    target = _target(instance, found, count, size)
    if as_json:
        click.echo(dumps(_plain(target, instance, found), indent=2))
    elif found is not None:
        click.echo("\n".join([map_line(found), *_rows(found), _variables_line(target)]))
    elif instance is not None:
        click.echo(plan_line(CorePlan(target, instance, None, is_here and machine.devices > 0)))
        click.echo(_variables_line(target))
    else:
        click.echo("No Neuron device is listed here. The instance types that have them:")
        click.echo("\n".join(f"  {instance_line(each)}" for each in instances().values()))
    if count is not None:
        _hold_to(target, machine, is_here)


def _instance(name: str) -> Instance:
    if name not in instances():
        raise StudioError(
            "unknown-instance", f"{name!r} is not an instance type with NeuronCores.",
            f"Choose one of {', '.join(sorted(instances()))}.", Blame.INPUT,
        )  # fmt: skip
    return instances()[name]


def _target(instance: Instance | None, found: CoreMap | None, count: int | None, size: int | None) -> Target:
    everything = len(found.cores) if found is not None else instance.cores_of_size(size) if instance else 0
    name, family = (instance.name, instance.family) if instance else ("", "")
    # Every SDK reads the same variables.
    return Target("torch-neuronx", family, name, count or everything, size)


def _hold_to(target: Target, machine: Machine, is_here: bool) -> None:
    if not is_here or not machine.listing:
        busy: StudioError | None = _NOT_LISTED if is_here and machine.devices else _NOT_HERE
    else:
        busy = refusal(target, machine)
    if busy is not None:
        say_error(busy.message, busy.remedy)
        sys.exit(EXIT_CODES[busy.blame])


def _variables_line(target: Target) -> str:
    return f"a run sets  {variables_text(runtime_variables(target))}"


def _rows(found: CoreMap) -> list[str]:
    rows = [("device", "NeuronCores", "memory", "held by")]
    rows += [
        (str(device.index), span_text(device.cores), device_memory(device), _held_by(device))
        for device in found.devices
    ]  # fmt: skip
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return [
        "  " + "  ".join((*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]))
        for row in rows
    ]  # fmt: skip


def _held_by(device: NeuronDevice) -> str:
    if not device.holders:
        return "–"
    which = f"NeuronCores {span_text(device.held)}" if device.is_told else "which cores is not told"
    return f"{', '.join(map(process_text, device.holders))}: {which}"


def _plain(target: Target, instance: Instance | None, found: CoreMap | None) -> dict[str, Any]:
    run = found.longest_run if found else ()
    return {
        "here": found is not None,
        "instance": (found.instance if found else None) or (instance.name if instance else None),
        "table": [instance] if instance else list(instances().values()),
        "devices": [_plain_device(device) for device in found.devices] if found else [],
        "free": list(found.free) if found else None,
        "longest_run": [run[0], run[-1]] if run else None,
        "variables": runtime_variables(target) if target.neuron_cores else {},
    }


def _plain_device(device: NeuronDevice) -> dict[str, Any]:
    return {
        "device": device.index,
        "cores": list(device.cores),
        "memory_bytes": device.memory,
        "logical_core_size": device.logical_core_size,
        "held": list(device.held),
        "held_is_told": device.is_told,
        "holders": [
            {"pid": holder.pid, "program": program(holder.command), "cores": list(holder.cores)}
            for holder in device.holders
        ],
    }
