"""Another look at the devices: when it is worth one, one at a time, and told only where something changed."""

from __future__ import annotations

import asyncio
import threading

from neuron_studio.core.environment import Environment
from neuron_studio.ui import core_watch
from neuron_studio.ui.core_watch import CoreWatch
from neuron_studio.wire.machine import Machine
from tests.support.listings import a_machine
from tests.ui.conftest import Run, an_environment, until

IDLE, HELD = a_machine("inf1.xlarge"), a_machine("inf1.xlarge", {0: [(4242, "python")]})


class Looks:
    """A machine that the test changes, and every look at it."""

    def __init__(self) -> None:
        self.machine, self.asked, self.seen = IDLE, [], []  # type: ignore[var-annotated]
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.watch = CoreWatch(self)
        self.watch.seen.connect(self.seen.append)

    def __call__(self, python: str) -> Machine:
        self.asked.append(python)
        self.may_answer.wait()
        return self.machine


def test_that_a_change_is_told_with_its_environment(run: Run) -> None:
    async def scene() -> None:
        looks = Looks()
        looks.machine = HELD
        looks.watch.look(an_environment("/some/python", machine=IDLE))
        await until(lambda: looks.seen)
        assert looks.seen == [an_environment("/some/python", machine=HELD)]

    run(scene())


def test_that_nothing_is_told_where_nothing_changed_and_nobody_asked_without_devices(run: Run) -> None:
    async def scene() -> None:
        looks = Looks()
        for environment in (None, an_environment(), an_environment("/first", machine=IDLE)):
            looks.watch.look(environment)
        await until(lambda: looks.asked)
        await asyncio.sleep(0)

    run(scene())


def test_that_a_second_look_waits_for_none_while_the_first_goes_on(run: Run) -> None:
    async def scene() -> None:
        looks = Looks()
        looks.may_answer.clear()
        environment = an_environment("/some/python", machine=HELD)
        looks.watch.look(environment)
        looks.watch.look(environment)
        looks.may_answer.set()
        await until(lambda: looks.seen)
        assert looks.asked == ["/some/python"]

    run(scene())


def test_that_a_request_that_waits_for_cores_is_served_until_it_waits_no_more(run: Run) -> None:
    async def scene() -> None:
        looks = Looks()
        looks.watch._waiting.setInterval(5)
        waiting: Environment = an_environment("/some/python", machine=HELD)
        looks.watch.wait_for(waiting)
        await until(lambda: looks.seen)
        looks.watch.wait_for(None)
        assert not looks.watch._waiting.isActive()

    run(scene())


def test_that_waiting_asks_no_faster_than_a_process_or_two_are_worth() -> None:
    assert core_watch._WAITING_MS >= 10_000
