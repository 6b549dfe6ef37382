"""A plan for NeuronCores in words: each cell, each device, and the lines around them."""

from __future__ import annotations

from collections import Counter

from neuron_studio.core.core_plan import CorePlan, CoreState
from neuron_studio.core.core_words import held_text, instance_line, names_text, process_text, span_text
from neuron_studio.core.neuron_devices import NeuronDevice

# Colour never speaks alone.
STATE_SIGNS = {CoreState.FREE: "□", CoreState.ASKED: "▣", CoreState.HELD: "☒", CoreState.UNTOLD: "◩"}

_MOST_NAMED = 3


def plan_line(plan: CorePlan) -> str:
    """Where the cores are and how they stand, on one line."""
    if plan.map is None:
        where = "its cores are not listed" if plan.devices_here else "not this machine"
        return f"{instance_line(plan.instance, plan.target.logical_core_size)}; {where}"
    counts = Counter(plan.states.values())
    return " · ".join(f"{STATE_SIGNS[state]} {counts[state]} {state.value}" for state in CoreState if counts[state])


def holders_line(plan: CorePlan) -> str:
    """Who holds cores of this machine; empty where nobody does."""
    devices = plan.map.devices if plan.map else ()
    holders = dict.fromkeys(holder for device in devices for holder in device.holders)
    return "; ".join(f"{process_text(holder)} holds {held_text(plan.map, holder)}" for holder in holders if plan.map)


def core_text(plan: CorePlan, device: NeuronDevice, core: int) -> str:
    """One core: its number, its device, how it stands and who is in the way."""
    state = plan.states[core]
    name = f"NeuronCore {core} of device {device.index}: {state.value}"
    if state is CoreState.ASKED:
        return f"{name}, as far as is known; the runtime picks when it starts"
    holders = [holder for holder in device.holders if state is CoreState.UNTOLD or core in holder.cores]
    if state is CoreState.FREE or not holders:
        return name
    return f"{name} by {names_text([process_text(holder) for holder in holders], _MOST_NAMED)}"


def device_text(plan: CorePlan, device: NeuronDevice) -> str:
    """One device for who cannot see its cells: its cores by how they stand, and its holders."""
    states = plan.states
    parts = []
    for state in CoreState:
        cores = [core for core in device.cores if states[core] is state]
        if cores:
            parts.append(f"{span_text(cores)} {state.value}")
    names = names_text([process_text(holder) for holder in device.holders], _MOST_NAMED)
    by = f", by {names}" if names else ""
    return f"Device {device.index}: NeuronCores {', '.join(parts)}{by}."
