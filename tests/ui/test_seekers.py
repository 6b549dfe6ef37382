"""Environments and models are looked for without holding up the window."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from neuron_studio.core.environment import Environment
from neuron_studio.core.model_offers import MOST_OFFERED, Offer, hub_offer, local_offer
from neuron_studio.ui.environment_finder import EnvironmentFinder
from neuron_studio.ui.model_search import ModelSearch
from neuron_studio.wire.errors import StudioError
from tests.ui.conftest import Run, an_environment, until


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

    def search(text: str) -> tuple[Offer, ...]:
        asked.append(text)
        return (hub_offer(f"{text}-base"), hub_offer(text))

    async def scene() -> None:
        searching = ModelSearch(search)
        told: list[tuple[Offer, ...]] = []
        searching.found.connect(told.append)
        for text in ("b", "be", "bert", "bert-base-cased"):
            searching.change_text(text)
            await asyncio.sleep(0.02)
        await until(lambda: told)
        assert asked == ["bert-base-cased"]
        assert [[offer.id for offer in offers] for offers in told] == [["bert-base-cased-base", "bert-base-cased"]]

    run(scene())


def test_that_folders_short_texts_and_titles_are_not_searched_for(run: Run) -> None:
    async def scene() -> None:
        searching = ModelSearch(lambda text: (_ for _ in ()).throw(AssertionError(text)))
        for text in ("ab", "/models/mine", "./mine", "Starter model (shipped, works offline)"):
            searching.change_text(text)
        assert not searching._is_searching

    run(scene())


def ended(run: Run, search: Callable[[str], tuple[Offer, ...]]) -> list[str]:
    """What is said of a search from its begin to its end."""

    async def scene() -> list[str]:
        searching = ModelSearch(search)
        told: list[str] = []
        searching.state_changed.connect(told.append)
        searching.change_text("bert")
        await until(lambda: not searching._is_searching)
        return told

    return run(scene())


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            StudioError("hub-unreachable", "No hub.", "Look."),
            "Offline: these are the models that are known without the hub.",
        ),
        (StudioError("hub-error", "The hub is too slow.", "Wait."), "The hub is too slow. Wait."),
    ],
)
def test_that_being_offline_is_a_state_and_a_hub_in_trouble_is_told(run: Run, error: StudioError, said: str) -> None:
    def search(text: str) -> tuple[Offer, ...]:
        raise error

    assert ended(run, search) == ["Searching the hub …", said]


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "The hub has nothing for “bert”."),
        (1, "The hub has 1 model for “bert”."),
        (MOST_OFFERED, "The hub has more than these 200 for “bert”: type more of the name."),
    ],
)
def test_that_it_is_said_how_much_was_found(run: Run, count: int, said: str) -> None:
    offers = tuple(hub_offer(f"acme/{number}") for number in range(count))
    assert ended(run, lambda text: offers) == ["Searching the hub …", said]


def test_that_typing_on_during_a_search_is_answered_after_it_and_never_beside_it(run: Run) -> None:
    asked: list[str] = []
    may_answer = threading.Event()

    def search(text: str) -> tuple[Offer, ...]:
        asked.append(text)
        may_answer.wait(10)
        if text == "bert":
            raise StudioError("hub-error", "Too slow.", "Wait.")
        return (hub_offer(text),)

    async def scene() -> None:
        searching = ModelSearch(search)
        told: list[tuple[Offer, ...]] = []
        searching.found.connect(told.append)
        searching.change_text("bert")
        await until(lambda: asked == ["bert"])
        searching.change_text("roberta")
        may_answer.set()
        await until(lambda: told)
        assert asked == ["bert", "roberta"]
        assert told == [(hub_offer("roberta"),)]

    run(scene())


def test_that_what_is_on_this_machine_is_told_without_a_search(run: Run) -> None:
    here = (local_offer("acme/pairs", "BertForSequenceClassification", 438_000_000),)

    async def scene() -> None:
        searching = ModelSearch(lambda text: (), lambda: here)
        told: list[tuple[Offer, ...]] = []
        searching.found_here.connect(told.append)
        searching.look_here()
        await until(lambda: told)
        assert told == [here]

    run(scene())
