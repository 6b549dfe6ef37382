"""The window and a hub that is slow, in trouble, or full: the typing goes on, and what is known stays in reach."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from huggingface_hub import constants
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from neuron_studio.core.model_offers import MOST_OFFERED, Place
from neuron_studio.runs import hub as real_hub
from neuron_studio.runs.hub import search
from neuron_studio.ui.background import in_thread
from neuron_studio.ui.panels.model_picker import ModelPicker
from tests.support.hub_server import HubServer
from tests.ui.conftest import Desk, Run, until


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    """A hub on loopback that this very process asks."""
    with HubServer() as server:
        monkeypatch.setattr(constants, "ENDPOINT", server.endpoint)
        yield server


async def opened(desk: Desk) -> ModelPicker:
    """The picker of a whole window that asks the hub in earnest."""
    studio = desk.open()
    studio.search._search = search
    await until(studio.bar.start.isEnabled)
    studio.window.activateWindow()
    studio.form.picker.line.setFocus()
    await until(studio.form.picker.line.hasFocus)
    studio.form.picker.line.selectAll()
    return studio.form.picker


def test_that_a_list_of_ten_thousand_is_shown_cut_and_chosen_from_by_keyboard(
    hub: HubServer, desk: Desk, run: Run, qtbot: QtBot
) -> None:
    hub.add_listing(10_000)

    async def scene() -> None:
        picker = await opened(desk)
        qtbot.keyClicks(picker.line, "listed")
        await until(lambda: "more than these 200" in picker.offers.state.text())
        assert picker.offers.model.rowCount() == MOST_OFFERED + len(picker.offers.model.headings)
        for key in (Qt.Key.Key_Down, Qt.Key.Key_PageDown, Qt.Key.Key_PageDown, Qt.Key.Key_Return):
            qtbot.keyClick(picker.line, key)
        assert picker.choice.id.startswith("listed/")
        assert picker.line.text() == picker.choice.id

    run(scene())
    assert len([request for request in hub.requests if request.path == "/api/models"]) == 3


def test_that_typing_goes_on_while_the_hub_takes_its_time(hub: HubServer, desk: Desk, run: Run, qtbot: QtBot) -> None:
    hub.add_listing(50)
    hub.trouble(only="/api/models", latency_s=30)  # longer than the scene may take

    async def scene() -> None:
        picker = await opened(desk)
        qtbot.keyClicks(picker.line, "listed")
        await until(lambda: hub.requests)
        for letter in "/sentence":
            qtbot.keyClick(picker.line, letter)
            await asyncio.sleep(0)
        assert picker.line.text() == "listed/sentence"
        assert picker.offers.state.text() == "Searching the hub …"
        assert len(hub.requests) == 1
        qtbot.keyClick(picker.line, Qt.Key.Key_Escape)
        assert picker.offers.isHidden()
        await in_thread(hub.close)

    run(scene())


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        ({"status": 503}, "The hub answered with an error (503)."),
        ({"html": True}, "What answered is not the hub, or not in order."),
        ({"bytes_per_s": 1}, "The hub is too slow: no whole answer within 0.5 s."),
    ],
)
def test_that_a_hub_in_trouble_is_said_to_be_and_the_next_text_is_asked_again(
    hub: HubServer, desk: Desk, run: Run, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch,
    trouble: dict[str, object], said: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(real_hub, "_SEARCH_LIMIT_S", 0.5)
    hub.add_listing(50)
    hub.trouble(only="/api/models", **trouble)

    async def scene() -> None:
        picker = await opened(desk)
        qtbot.keyClicks(picker.line, "listed")
        await until(lambda: picker.offers.state.text().startswith(said))
        hub.mend()
        monkeypatch.setattr(real_hub, "_SEARCH_LIMIT_S", 15)
        qtbot.keyClicks(picker.line, "/")
        await until(lambda: "The hub has 50 models" in picker.offers.state.text())

    run(scene())


def test_that_without_a_hub_the_known_models_are_there_to_choose(
    hub: HubServer, desk: Desk, run: Run, qtbot: QtBot
) -> None:
    hub.close()

    async def scene() -> None:
        picker = await opened(desk)
        qtbot.keyClicks(picker.line, "reranker")
        await until(lambda: picker.offers.state.text().startswith("Offline"))
        assert picker.offers.model.index(0, 0).data() == Place.KNOWN.value
        qtbot.keyClick(picker.line, Qt.Key.Key_Down)
        qtbot.keyClick(picker.line, Qt.Key.Key_Return)
        assert picker.choice.id == "cross-encoder/ms-marco-MiniLM-L6-v2"

    run(scene())
