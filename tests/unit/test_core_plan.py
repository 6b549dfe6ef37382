"""A request's cores against what is free: how each cell stands, who is in the way, and what to do about it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from neuron_studio.core.core_plan import CorePlan, CoreState, core_plan, refusal
from neuron_studio.core.core_words import instance_line, names_text, program, span_text
from neuron_studio.core.environment import Environment
from neuron_studio.core.plan_words import core_text, device_text, holders_line, plan_line
from neuron_studio.core.request import Request
from neuron_studio.runs.resources import instances
from neuron_studio.wire.errors import Blame, StudioError
from neuron_studio.wire.machine import Machine
from neuron_studio.wire.spec import ModelChoice, Target
from tests.support.listings import a_listing, a_machine

VERSIONS = {"torch": "1.13.1", "transformers": "4.30.2", "torch-neuron": "1.13.1.2.11.13.0"}
ASKED = Request(ModelChoice("some/model"))


def target(count: int, backend: str = "torch-neuron", **changes: Any) -> Target:
    return replace(Target(backend, "inf1", "inf1.6xlarge", count), **changes)


def refused(count: int, machine: Machine) -> StudioError:
    error = refusal(target(count), machine)
    assert error is not None
    assert error.blame is Blame.ENVIRONMENT
    return error


def plan(machine: Machine, versions: dict[str, str] = VERSIONS, **asked: Any) -> CorePlan:
    return core_plan(replace(ASKED, **asked), Environment("python", "3.8", versions, machine), instances())


def test_that_free_neighbours_are_granted() -> None:
    machine = a_machine("inf1.6xlarge", {1: [(4242, "python a.py")]}, {4242: [4]})
    assert refusal(target(11), machine) is None


def test_that_free_cores_with_a_held_one_between_them_are_refused_with_its_holder() -> None:
    error = refused(12, a_machine("inf1.6xlarge", {1: [(4242, "/usr/bin/python3 a.py --all")]}, {4242: [4]}))
    assert error.code == "cores-busy"
    assert error.message == (
        "12 NeuronCores asked, 15 free, 11 side by side: process 4242 (python3 a.py) holds NeuronCore 4 (device 1)."
    )
    assert error.remedy == "Choose 11 or fewer, or end process 4242: cores return when their process exits."


def test_that_a_holder_whose_cores_are_not_told_is_named_with_its_devices() -> None:
    error = refused(16, a_machine("inf1.6xlarge", {1: [(4242, "python")], 2: [(4242, "python")]}))
    assert "process 4242 (python) holds devices 1-2 (which cores is not told)." in error.message
    assert error.remedy.startswith("Choose 4 or fewer")


def test_that_where_nothing_is_free_only_ending_a_process_helps() -> None:
    error = refused(1, a_machine("inf1.xlarge", {0: [(4242, "python"), (4343, "python")]}))
    assert error.message.startswith("1 NeuronCore asked, none free: process 4242")
    assert error.remedy == "End processes 4242, 4343: cores return when their process exits."


def test_that_one_free_core_is_offered_as_one() -> None:
    machine = a_machine("inf1.xlarge", {0: [(4242, "python")]}, {4242: [1, 2, 3]})
    assert refused(2, machine).remedy.startswith("Choose 1, or end process 4242")


def test_that_of_many_holders_the_first_are_named() -> None:
    machine = a_machine("trn1.32xlarge", {device: [(100 + device, "python")] for device in range(16)})
    error = refused(2, machine)
    assert error.message.endswith("process 102 (python) holds device 2 (which cores is not told) and 13 more.")
    assert "100, 101, 102 and 13 more" in error.remedy


def test_that_more_cores_than_this_machine_has_are_another_matter() -> None:
    error = refused(24, a_machine("inf2.xlarge"))
    assert (error.code, error.message) == ("too-many-cores", "24 NeuronCores asked, this machine has 2.")


@pytest.mark.parametrize(
    ("machine", "backend"),
    [(Machine(), "torch-neuron"), (Machine(1), "torch-neuron"), (Machine(1, None, ("garbage",)), "torch-neuron"),
     (a_machine("inf1.xlarge", {0: [(4242, "python")]}), "emulator")],
)  # fmt: skip
def test_that_nothing_is_refused_where_nothing_is_known_or_nothing_is_taken(machine: Machine, backend: str) -> None:
    assert refusal(target(4, backend), machine) is None


def test_that_the_size_of_logical_cores_decides_what_is_free() -> None:
    machine = a_machine("trn2.48xlarge", {0: [(4242, "python")]}, {4242: [0]})
    for size, most in ((2, 63), (1, 126)):
        fits = target(most, "torch-neuronx", logical_core_size=size)
        assert refusal(fits, machine) is None
        assert refusal(replace(fits, neuron_cores=most + 1), machine) is not None


def test_that_a_plan_tells_of_each_core_how_it_stands() -> None:
    machine = a_machine("inf1.6xlarge", {0: [(4242, "python a.py")], 3: [(4343, "b")]}, {4242: [1]})
    found = plan(machine, neuron_cores=4)
    assert Counter(found.states.values()) == {
        CoreState.HELD: 1, CoreState.ASKED: 4, CoreState.FREE: 7, CoreState.UNTOLD: 4,
    }  # fmt: skip
    assert [core for core, state in found.states.items() if state is CoreState.ASKED] == [2, 3, 4, 5]
    assert plan_line(found) == "□ 7 free · ▣ 4 for this run · ☒ 1 held · ◩ 4 on a held device"
    assert holders_line(found) == (
        "process 4242 (python a.py) holds NeuronCore 1 (device 0); "
        "process 4343 (b) holds device 3 (which cores is not told)"
    )
    assert found.map is not None
    first, *_, last = found.map.devices
    cells = "Device 0: NeuronCores 0 free, 2-3 for this run, 1 held"
    assert device_text(found, first) == f"{cells}, by process 4242 (python a.py)."
    assert core_text(found, first, 0) == "NeuronCore 0 of device 0: free"
    assert core_text(found, first, 1) == "NeuronCore 1 of device 0: held by process 4242 (python a.py)"
    assert core_text(found, first, 2).endswith("for this run, as far as is known; the runtime picks when it starts")
    assert core_text(found, last, 12) == "NeuronCore 12 of device 3: on a device that process 4343 (b) holds"


def test_that_a_request_that_does_not_fit_takes_no_cell() -> None:
    found = plan(a_machine("inf1.xlarge", {0: [(4242, "python")]}))
    assert set(found.states.values()) == {CoreState.UNTOLD}
    assert set(plan(a_machine("inf1.xlarge"), neuron_cores=0).states.values()) == {CoreState.FREE}


def test_that_without_a_map_the_table_answers() -> None:
    line = "inf1.6xlarge: 4 devices × 4 NeuronCores, 32 GiB of device memory"
    assert plan_line(plan(Machine(), instance="inf1.6xlarge")) == f"{line}; not this machine"
    old_tools = Machine(4, "inf1.6xlarge")
    assert plan_line(plan(old_tools)) == f"{line}; neuron-ls does not list its cores"
    assert plan_line(plan(a_machine("inf1.6xlarge"), backend="emulator")) == f"{line}; emulated"
    assert plan(old_tools).variables == {"NEURON_RT_NUM_CORES": "16"}


def test_that_an_instance_is_told_with_its_logical_cores() -> None:
    trn2 = instances()["trn2.48xlarge"]
    assert instance_line(trn2) == "trn2.48xlarge: 16 devices × 4 logical NeuronCores, 1536 GiB of device memory"
    assert "16 devices × 8 logical" in instance_line(trn2, 1)


def test_that_a_command_is_told_without_arguments_that_may_be_secret() -> None:
    assert program("/opt/venv/bin/python /srv/serve.py --token=hf_secret") == "python serve.py"
    assert program("python -m jupyterlab --IdentityProvider.token=secret") == "python -m jupyterlab"
    assert program("server --token=secret") == "server --token"
    assert program("python -c print('secret')") == "python -c"
    assert program(f"python {'x' * 60}.py") == f"python {'x' * 27}…"
    assert program("") == ""


def test_that_numbers_and_names_are_drawn_together() -> None:
    assert span_text([3, 0, 1, 2, 6]) == "0-3, 6"
    assert names_text(["a", "b", "c"], 2) == "a, b and 1 more"


def test_that_a_listing_read_by_another_name_of_the_machine_is_still_its_map() -> None:
    nameless = [{**entry, "instance_type": ""} for entry in a_listing("inf1.xlarge")]
    found = plan(Machine(1, None, tuple(nameless)))
    assert found.map is not None
    assert len(found.states) == 4
