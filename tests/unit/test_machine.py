"""What is made of AWS's tools: their JSON, and everything else that programs of these names may do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from neuron_studio.wire import machine, monitor
from neuron_studio.wire.codec import decode, encode
from neuron_studio.wire.machine import Machine, this_machine
from tests.support.listings import a_listing, a_report
from tests.support.until import until


class Tools:
    """A folder with an interpreter's name and the tools beside it, each a script."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.python = str(folder / "python")

    def write(self, name: str, script: str) -> None:
        path = self.folder / name
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)

    def say(self, name: str, value: object, then: str = "") -> None:
        (self.folder / f"{name}.json").write_text(json.dumps(value), encoding="utf-8")
        self.write(name, f"cat '{self.folder}/{name}.json'; echo\n{then}")

    def look(self) -> Machine:
        return this_machine(self.python)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@pytest.fixture
def tools(tmp_path: Path) -> Tools:
    return Tools(tmp_path)


HELD = a_listing("inf1.xlarge", {0: [(4242, "python")]})


def test_that_an_idle_machine_is_told_by_neuron_ls_alone(tools: Tools) -> None:
    tools.say("neuron-ls", a_listing("inf1.6xlarge"))
    tools.write("neuron-monitor", 'touch "$(dirname "$0")/asked"')
    seen = tools.look()
    assert (seen.devices, seen.instance, seen.usage) == (4, "inf1.6xlarge", None)
    assert not (tools.folder / "asked").exists()


def test_that_a_held_device_makes_the_monitor_be_asked_once_and_ended(tools: Tools) -> None:
    tools.say("neuron-ls", HELD)
    tools.say("neuron-monitor", a_report({4242: [1]}), then=f"echo $$ > '{tools.folder}/pid'; sleep 1000 & wait")
    seen = tools.look()
    assert seen.usage == a_report({4242: [1]})
    assert decode(Machine, json.loads(json.dumps(encode(seen)))) == seen


def test_that_the_monitor_is_told_what_to_measure(tools: Tools) -> None:
    tools.say("neuron-ls", HELD)
    tools.write("neuron-monitor", '[ "$1" = -c ] && tr -d "\\n" < "$2"; echo; sleep 1000')
    usage = tools.look().usage
    assert usage is not None
    assert usage["neuron_runtimes"][0]["metrics"] == [{"type": "neuroncore_counters"}]


@pytest.mark.parametrize(
    "script",
    [
        "exit 1",
        "echo not json; sleep 1000",
        "printf '{\"half\":'",
        "printf '\\377\\376\\n'",
        "kill -SEGV $$",
        "sleep 1000",
    ],
)
def test_that_a_monitor_that_tells_nothing_leaves_the_listing_as_it_is(
    script: str, tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monitor, "_TIMEOUT_S", 0.5)
    tools.say("neuron-ls", HELD)
    tools.write("neuron-monitor", script)
    seen = tools.look()
    assert (seen.devices, seen.usage) == (1, None)


@pytest.mark.parametrize(
    "script",
    ["echo '| NEURON | PID |'", "exit 0", "echo '{}'", "echo '[{'", "printf '\\377'", "exit 2", "sleep 1000",
     "exec >&-; sleep 1000"],
)  # fmt: skip
def test_that_a_tool_that_lists_nothing_legible_leaves_the_count_to_the_kernel(
    script: str, tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "_TIMEOUT_S", 0.5)
    tools.write("neuron-ls", script)
    assert tools.look().listing is None


def test_that_saying_nothing_with_status_1_means_no_device(tools: Tools) -> None:
    tools.write("neuron-ls", "exit 1")
    assert tools.look().listing == ()


def test_that_records_of_another_shape_are_a_machine_all_the_same(tools: Tools) -> None:
    tools.say("neuron-ls", [1, None, {"neuron_processes": "?"}])
    assert tools.look().devices == 3


def test_that_a_tool_that_hangs_takes_its_children_along(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_TIMEOUT_S", 0.5)
    tools.write("neuron-ls", f"sleep 1000 & echo $! > '{tools.folder}/child'; wait")
    assert tools.look().listing is None
    child = int((tools.folder / "child").read_text())
    until(lambda: not is_alive(child))
