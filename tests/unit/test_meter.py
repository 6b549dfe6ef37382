"""What processes take is read from the kernel, whoever started them and wherever they went."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from neuron_studio.core.pulse import Sample
from neuron_studio.wire import processes
from neuron_studio.wire.processes import Family
from neuron_studio.worker import memory as memory_module
from neuron_studio.worker.memory import memory
from neuron_studio.worker.meter import Meter
from tests.support.until import until

MB = 1 << 20
BURN = "import time\nwhile time.process_time() < {seconds}: pass\n"
IDLE = "import time\ntime.sleep(1000)\n"

# A compiler in a session of its own, as one that makes itself a daemon has it.
PARENT = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", {code!r}], start_new_session=True)
time.sleep(1000)
"""

# Holds the memory for a moment only, and says so.
SPIKE = f"block = bytearray(b'1') * {200 * MB}\ndel block\nopen({{ready!r}}, 'w').close()\n" + IDLE

Start = Callable[[str], int]


@pytest.fixture
def mark(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """What the children of this test carry; none of them is left."""
    mark = uuid.uuid4().hex
    monkeypatch.setenv(processes.MARK, mark)
    yield mark
    processes.end(lambda: processes.marked(mark), 0.0)


@pytest.fixture
def start(mark: str) -> Iterator[Start]:
    """Starts a Python with some code."""
    started: list[subprocess.Popen[bytes]] = []

    def start(code: str) -> int:
        started.append(subprocess.Popen([sys.executable, "-c", code]))
        return started[-1].pid

    yield start
    for child in started:
        child.kill()
        child.wait()


@pytest.fixture
def meter(mark: str) -> Meter:
    """Reads whatever carries the mark."""
    return Meter(Family(mark, session=-1))


def until_read(meter: Meter, is_so: Callable[[Sample], bool]) -> Sample:
    found: list[Sample] = []

    def look() -> bool:
        found.append(meter.read())
        return is_so(found[-1])

    until(look, timeout_s=30)
    return found[-1]


def test_that_a_child_that_burns_in_silence_is_seen_to_work(meter: Meter, start: Start) -> None:
    start(BURN.format(seconds=1000))
    assert until_read(meter, lambda sample: sample.cpu_seconds > 0.5).processes == 1


def test_that_a_child_that_sleeps_takes_no_time(meter: Meter, start: Start, tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    start(f"open({str(ready)!r}, 'w').close()\n{IDLE}")
    until(ready.exists)
    before = meter.read().cpu_seconds
    for _ in range(20):
        sample = meter.read()
    assert sample.processes == 1
    assert sample.cpu_seconds - before < 0.2


def test_that_memory_is_counted_while_it_is_held(meter: Meter, start: Start) -> None:
    start(f"block = bytearray(b'1') * {200 * MB}\n{IDLE}")
    sample = until_read(meter, lambda sample: sample.memory_bytes > 200 * MB)
    assert sample.peak_memory_bytes >= sample.memory_bytes
    assert sample.memory_bytes < 300 * MB


def test_that_memory_held_for_a_moment_between_two_looks_is_seen_once(
    meter: Meter, start: Start, tmp_path: Path
) -> None:
    ready = tmp_path / "ready"
    start(SPIKE.format(ready=str(ready)))
    until(ready.exists)
    spiked, later = meter.read(), meter.read()
    assert spiked.memory_bytes < 100 * MB
    assert spiked.peak_memory_bytes > 200 * MB
    assert later.peak_memory_bytes < 100 * MB


def test_that_a_grandchild_in_a_session_of_its_own_is_counted(meter: Meter, start: Start) -> None:
    start(PARENT.format(code=BURN.format(seconds=1000)))
    assert until_read(meter, lambda sample: sample.cpu_seconds > 0.5).processes == 2


def test_that_the_time_of_children_that_ended_is_counted_once(meter: Meter, start: Start, tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    code = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {BURN.format(seconds=0.5)!r}])\n"
    start(f"{code}open({str(ready)!r}, 'w').close()\n{IDLE}")
    until_read(meter, lambda sample: ready.exists())
    # The kernel counts in hundredths, and cuts what is left over.
    assert 0.45 <= meter.read().cpu_seconds < 1.0
    start(code)
    until_read(meter, lambda sample: sample.processes == 3)
    until_read(meter, lambda sample: sample.processes == 1)
    assert meter.read().cpu_seconds < 2.0


def test_that_what_was_taken_before_the_first_look_is_not_this_runs(start: Start, mark: str, tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    start(f"{BURN.format(seconds=0.5)}open({str(ready)!r}, 'w').close()\n{IDLE}")
    until(ready.exists)
    assert Meter(Family(mark, session=-1)).read().cpu_seconds < 0.2


def test_that_strangers_are_asked_once_and_newcomers_are_found(start: Start, mark: str) -> None:
    family = Family(mark, session=-1)
    assert family.members() == {}
    pid = start(IDLE)
    assert until(lambda: list(family.members())) == [pid]
    assert os.getpid() not in family.members()


def test_that_the_members_of_a_session_are_of_the_family_too(meter: Meter, mark: str) -> None:
    child = subprocess.Popen([sys.executable, "-c", IDLE], env={}, start_new_session=True)
    try:
        assert list(Family("another mark", session=child.pid).members()) == [child.pid]
    finally:
        child.kill()
        child.wait()


def test_that_the_machine_has_what_the_kernel_says(meter: Meter) -> None:
    sample = meter.read()
    assert 0 < sample.available_memory_bytes < sample.machine_memory_bytes
    assert sample.machine_memory_bytes <= os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize(
    ("line", "folder", "names"),
    [
        ("0::/user/run", "user/run", ("memory.max", "memory.current", "inactive_file")),
        ("0::/user/run/deeper", "user/run", ("memory.max", "memory.current", "inactive_file")),
        ("4:memory:/user", "memory/user",
         ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")),
    ],
)  # fmt: skip
def test_that_a_control_groups_limit_is_the_machine(
    line: str, folder: str, names: tuple[str, str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = tmp_path / "groups" / folder
    group.mkdir(parents=True)
    (group / names[0]).write_text(f"{64 * MB}\n")
    (group / names[1]).write_text(f"{50 * MB}\n")
    (group / "memory.stat").write_text(f"anon 1\n{names[2]} {6 * MB}\n")
    (tmp_path / "own").write_text(f"{line}\n1:cpu:/\n")
    monkeypatch.setattr(memory_module, "_GROUPS", tmp_path / "groups")
    monkeypatch.setattr(memory_module, "_OWN_GROUPS", tmp_path / "own")
    assert memory() == (64 * MB, 20 * MB)
    (group / names[0]).write_text("max\n")
    assert memory().total > 64 * MB
