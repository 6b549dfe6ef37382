"""Environments and models are looked for without holding up the window."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace

from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from neuron_studio.core.environment import Environment
from neuron_studio.ui.environment_finder import EnvironmentFinder
from neuron_studio.ui.model_search import ModelSearch
from neuron_studio.wire.errors import StudioError
from tests.ui.conftest import Run, an_environment, until


@dataclass(frozen=True)
class Hit:
    id: str


def unchanged(environment: Environment) -> Environment:
    """What an examination that finds out nothing gives."""
    return environment


def test_that_each_environment_is_told_as_soon_as_it_is_known(qtbot: QtBot) -> None:
    may_go_on = threading.Event()

    def find() -> Iterator[Environment]:
        yield an_environment("/first")
        may_go_on.wait(10)
        yield an_environment("/second")

    finder = EnvironmentFinder(find, an_environment, unchanged)
    found, ended = QSignalSpy(finder.found), QSignalSpy(finder.ended)
    finder.look()
    qtbot.waitUntil(lambda: found.count() == 1)
    assert ended.count() == 0
    may_go_on.set()
    qtbot.waitUntil(lambda: ended.count() == 1)
    assert [found.at(number)[0].python for number in range(2)] == ["/first", "/second"]


def test_that_an_interpreter_that_was_named_is_looked_at(qtbot: QtBot) -> None:
    finder = EnvironmentFinder(lambda: iter(()), an_environment, unchanged)
    with qtbot.waitSignal(finder.asked_found) as told:
        finder.ask("/named")
    assert told.args[0].python == "/named"


def test_that_what_the_imports_say_is_told_after_all_were_found(qtbot: QtBot) -> None:
    order: list[str] = []
    finder = EnvironmentFinder(
        lambda: iter([an_environment("/first"), an_environment("/second")]),
        an_environment,
        lambda environment: replace(environment, imports={"torch": ""}),
    )
    finder.found.connect(lambda environment: order.append(f"found {environment.python}"))
    finder.ended.connect(lambda count: order.append(f"ended {count}"))
    finder.examined.connect(lambda environment: order.append(f"examined {environment.python}"))
    finder.look()
    qtbot.waitUntil(lambda: len(order) == 5)
    assert order == ["found /first", "found /second", "ended 2", "examined /first", "examined /second"]


def test_that_nothing_more_is_imported_once_the_window_has_closed(qtbot: QtBot) -> None:
    imported: list[Environment] = []
    finder = EnvironmentFinder(lambda: iter([an_environment()]), an_environment, imported.append)  # type: ignore[arg-type]
    finder.close()
    finder.look()
    with qtbot.waitSignal(finder.asked_found):
        finder.ask("/named")
    assert imported == []


def test_that_at_most_one_search_is_under_way_and_only_the_latest_answer_is_told(run: Run) -> None:
    asked: list[str] = []

    def search(text: str) -> tuple[Hit, ...]:
        asked.append(text)
        return (Hit(f"{text}-base"), Hit(text))

    async def scene() -> None:
        searching = ModelSearch(search)
        told: list[tuple[str, ...]] = []
        searching.found.connect(told.append)
        for text in ("b", "be", "bert", "bert-base-cased"):
            searching.change_text(text)
            await asyncio.sleep(0.02)
        await until(lambda: told)
        assert (asked, told) == (["bert-base-cased"], [("bert-base-cased-base",)])

    run(scene())


def test_that_folders_short_texts_and_titles_are_not_searched_for(run: Run) -> None:
    async def scene() -> None:
        searching = ModelSearch(lambda text: (_ for _ in ()).throw(AssertionError(text)))
        for text in ("ab", "/models/mine", "./mine", "Starter model (shipped, works offline)"):
            searching.change_text(text)
        assert not searching._is_searching

    run(scene())


def test_that_being_offline_is_not_an_error(run: Run) -> None:
    def search(text: str) -> tuple[Hit, ...]:
        raise StudioError("hub-unreachable", "The hub does not answer.", "Look at the network.")

    async def scene() -> None:
        searching = ModelSearch(search)
        told: list[str] = []
        searching.state_changed.connect(told.append)
        searching.change_text("bert")
        await until(lambda: not searching._is_searching)
        assert told == ["Searching the hub …", "Offline: showing the models that are known without the hub."]

    run(scene())
