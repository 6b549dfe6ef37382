"""A loop that joins Qt and asyncio, and the whole window without a network."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from neuron_studio.core.environment import Environment
from neuron_studio.core.model_facts import ModelFacts, ModelFile
from neuron_studio.core.request import Request
from neuron_studio.runs.local_models import STARTER_OFFER
from neuron_studio.runs.resources import STARTER_MODEL
from neuron_studio.runs.store import RunStore
from neuron_studio.ui import background, theme
from neuron_studio.ui.core_watch import CoreWatch
from neuron_studio.ui.environment_finder import EnvironmentFinder
from neuron_studio.ui.model_search import ModelSearch
from neuron_studio.ui.preflight import Preflight
from neuron_studio.ui.preparation import Preparation
from neuron_studio.ui.studio import Studio
from neuron_studio.wire.machine import Machine
from neuron_studio.wire.spec import ModelChoice
from tests.support.scripted_run import CONFIG

Run = Callable[..., Any]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The offscreen platform complains about every window that has a least size; that is its own affair."""
    for item in items:
        if "/ui/" in str(item.path):
            item.add_marker(pytest.mark.qt_log_ignore("propagateSizeHints"))


@pytest.fixture(autouse=True)
def _dressed(qapp: QApplication) -> None:
    """Widgets look as in the program, and closing one does not end the tests."""
    theme.apply(qapp)
    theme.still(qapp)
    qapp.setQuitOnLastWindowClosed(False)


@pytest.fixture(autouse=True, scope="module")
def _freed_on_this_thread() -> Iterator[None]:
    """Garbage is collected between tests, never by a thread of theirs: see ui/garbage.py."""
    gc.disable()
    yield
    gc.collect()
    gc.enable()


@pytest.fixture
def run(qapp: QApplication) -> Iterator[Run]:
    """Runs a coroutine in a loop that plays Qt's events, for so long at most, and what it began as well."""
    loop = QEventLoop(qapp)

    def run(work: Coroutine[Any, Any, Any], seconds: float = 20) -> Any:
        return loop.run_until_complete(asyncio.wait_for(_with_what_it_began(work), seconds))

    yield run
    loop.run_until_complete(_nothing_left())
    loop.close()
    gc.collect()


async def _with_what_it_began(work: Coroutine[Any, Any, Any]) -> Any:
    # Between two runs Qt's events go on, and a task would wake up without its loop.
    result = await work
    await until(lambda: not background._running)
    return result


async def _nothing_left() -> None:
    background.end_all()
    await asyncio.sleep(0)


async def until(is_so: Callable[[], object]) -> None:
    """Wait for something to be the case; whoever runs this says for how long."""
    while not is_so():
        await asyncio.sleep(0.01)


def an_environment(python: str = sys.executable, **changes: Any) -> Environment:
    """An interpreter without a device that can trace."""
    versions = {"torch": "2.13.0", "transformers": "5.23.0"}
    return Environment(python, **{"python_version": "3.11.7", "versions": versions, **changes})


def facts_of(choice: ModelChoice) -> ModelFacts:
    """A BERT with two labels, whatever was asked for."""
    return ModelFacts(choice.id, CONFIG, (ModelFile("model.safetensors"),), parameters=720_000)


class Desk:
    """The whole window on a store of its own, its seekers answered by the test."""

    def __init__(self, root: Path) -> None:
        self.store = RunStore(root)
        self.environments = [an_environment()]
        self.machine = Machine()
        self.warmed: list[str | None] = []
        self.studio: Studio | None = None

    def open(
        self,
        request: Request | None = None,
        preflight: Preflight | None = None,
        describe: Callable[[ModelChoice], ModelFacts] = facts_of,
    ) -> Studio:
        """Show the window."""
        studio = Studio(
            self.store,
            EnvironmentFinder(lambda: iter(self.environments), an_environment, lambda environment: environment),
            Preparation(request or Request(ModelChoice(str(STARTER_MODEL))), describe),
            ModelSearch(lambda text: (), lambda: (STARTER_OFFER,)),
            CoreWatch(lambda python: self.machine),
            preflight,
        )
        studio.controller.keep_warm = self.warmed.append  # type: ignore[method-assign]
        studio.window.show()
        self.studio = studio
        return studio

    async def close(self) -> None:
        """Close the window and let its threads go."""
        if self.studio is not None:
            self.studio.window.close_now()
            self.studio.window.deleteLater()
            self.studio = None
            await asyncio.sleep(0.05)


@pytest.fixture
def desk(run: Run, tmp_path: Path) -> Iterator[Desk]:
    """The whole window."""
    desk = Desk(tmp_path / "runs")
    yield desk
    run(desk.close())
