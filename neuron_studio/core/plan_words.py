"""A plan for NeuronCores in words: each cell, each device, and the lines around them."""

from __future__ import annotations

from collections import Counter
from typing import Iterable

from neuron_studio.core.core_plan import CorePlan, CoreState
from neuron_studio.core.core_words import held_text, instance_line, names_text, process_text, span_text
from neuron_studio.core.neuron_devices import CoreHolder, NeuronDevice

# Colour never speaks alone.
STATE_SIGNS = {CoreState.FREE: "□", CoreState.ASKED: "▣", CoreState.HELD: "☒", CoreState.UNTOLD: "◩"}

_MOST_NAMED = 3


def plan_line(plan: CorePlan) -> str:
    """Where the cores are and how they stand, on one line."""
    if plan.map is None:
        row = instance_line(plan.instance, plan.target.logical_core_size)
        if not plan.is_here:
            return f"{row}; not this machine"
        return f"{row}; {'emulated' if plan.target.backend == 'emulator' else 'neuron-ls does not list its cores'}"
    counts = Counter(plan.states.values())
    return " · ".join(f"{STATE_SIGNS[state]} {counts[state]} {state.value}" for state in CoreState if counts[state])


def holders_line(plan: CorePlan) -> str:
    """Who holds cores of this machine; empty where nobody does."""
    devices = plan.map.devices if plan.map else ()
    holders = dict.fromkeys(holder for device in devices for holder in device.holders)
    return "; ".join(f"{process_text(holder)} holds {held_text(plan.map, holder)}" for holder in holders if plan.map)


def core_text(plan: CorePlan, device: NeuronDevice, core: int) -> str:
    """One core: its number, its device, how it stands and who is in the way."""
    state, name = plan.states[core], f"NeuronCore {core} of device {device.index}"
    if state is CoreState.ASKED:
        return f"{name}: {state.value}, as far as is known; the runtime picks when it starts"
    if state is CoreState.HELD:
        return f"{name}: held by {_names(holder for holder in device.holders if core in holder.cores)}"
    if state is CoreState.UNTOLD:
        return f"{name}: on a device that {_names(device.holders)} holds"
    return f"{name}: {state.value}"


def device_text(plan: CorePlan, device: NeuronDevice) -> str:
    """One device for who cannot see its cells: its cores by how they stand, and its holders."""
    states = plan.states
    parts = []
    for state in CoreState:
        cores = [core for core in device.cores if states[core] is state]
        if cores:
            parts.append(f"{span_text(cores)} {state.value}")
    by = f", by {_names(device.holders)}" if device.holders else ""
    return f"Device {device.index}: NeuronCores {', '.join(parts)}{by}."


def _names(holders: Iterable[CoreHolder]) -> str:
    return names_text([process_text(holder) for holder in holders], _MOST_NAMED)
