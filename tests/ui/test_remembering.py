"""What the window remembers survives its end, however many pairs there are and whenever the end comes."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from neuron_studio.core.project import MOST_PAIRS_INSIDE
from neuron_studio.core.request import Request
from neuron_studio.runs.places import config_folder
from neuron_studio.runs.resources import STARTER_MODEL
from neuron_studio.ui import settings
from neuron_studio.ui.remembering import Remembering
from neuron_studio.wire.errors import StudioError
from neuron_studio.wire.spec import ModelChoice, SentencePair
from tests.ui.conftest import Desk, Run, until

MANY = tuple(SentencePair(f"first {number}\0\u2028\ud800", "second\r\n") for number in range(MOST_PAIRS_INSIDE + 1))
READABLE = tuple(SentencePair(f"first {number}", "second") for number in range(MOST_PAIRS_INSIDE + 1))
REQUEST = Request(ModelChoice(str(STARTER_MODEL)), MANY, trace_pair=700)


def names() -> list[str]:
    """What lies in the folder of the settings."""
    return sorted(os.listdir(config_folder()))


def kept(request: Request = REQUEST) -> str:
    """The name of the pairs' file after a window with this request was closed."""
    remembering = Remembering()
    remembering.forget_unread_pairs()
    remembering.remember(request=request)
    remembering.close()
    return json.loads((config_folder() / "window.json").read_text())["pairs_file"]


def test_that_many_pairs_lie_aside_and_come_back_as_they_were(run: Run) -> None:
    assert [kept(), "window.json"] == names()
    again = Remembering()
    assert again.has_unread_pairs
    assert again.memory.request.pairs == ()
    assert run(again.read_pairs()) == MANY
    assert again.memory.request == REQUEST
    assert not again.has_unread_pairs


def test_that_pairs_are_written_again_only_where_they_are_others(run: Run) -> None:
    name = kept()
    again = Remembering()
    run(again.read_pairs())
    again.remember(bell=True)
    again.close()
    assert names() == [name, "window.json"]
    again.remember(request=Request(ModelChoice("x"), MANY[::-1]))
    again.close()
    assert name not in names()
    assert run(Remembering().read_pairs()) == MANY[::-1]
    again.remember(request=Request(ModelChoice("x"), MANY[:5]))
    again.close()
    assert names() == ["window.json"]
    assert settings.load().request.pairs == MANY[:5]


def test_that_a_window_closed_before_its_pairs_were_read_loses_none(run: Run) -> None:
    name = kept()
    early = Remembering()
    early.remember_request(Request(ModelChoice("other"), pairs=(), sequence_length=64))
    early.close()
    assert names() == [name, "window.json"]
    again = Remembering()
    assert run(again.read_pairs()) == MANY
    assert again.memory.request == Request(ModelChoice("other"), MANY, trace_pair=700, sequence_length=64)


def test_that_pairs_which_take_the_place_of_unread_ones_stay(run: Run) -> None:
    kept()
    again = Remembering()
    again.forget_unread_pairs()
    again.remember_request(Request(ModelChoice("other"), MANY[:2]))
    again.close()
    assert names() == ["window.json"]
    assert settings.load().request.pairs == MANY[:2]


def test_that_a_window_killed_between_its_two_files_finds_the_older_state(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept()
    again = Remembering()
    run(again.read_pairs())
    monkeypatch.setattr(settings, "write_whole", failing)
    again.remember(request=Request(ModelChoice("x"), MANY[::-1]))
    again.close()
    assert run(Remembering().read_pairs()) == MANY
    assert len(names()) == 2


def test_that_a_disk_without_room_for_the_pairs_keeps_the_older_ones(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    kept()
    again = Remembering()
    run(again.read_pairs())
    monkeypatch.setattr(settings, "write_json_lines", failing)
    again.remember(request=Request(ModelChoice("x"), MANY[::-1]))
    again.close()
    assert run(Remembering().read_pairs()) == MANY
    assert len(names()) == 2


def failing(*arguments: object) -> None:
    """A disk that runs full midway."""
    if hasattr(arguments[0], "write"):
        arguments[0].write(b"half")
    raise OSError(28, "No space left on device")


def test_that_pairs_another_window_removed_are_written_again(run: Run) -> None:
    remembering = Remembering()
    remembering.remember(request=REQUEST)
    remembering.close()
    for path in config_folder().glob("pairs-*"):
        path.unlink()
    remembering.remember(bell=True)
    remembering.close()
    assert run(Remembering().read_pairs()) == MANY


def test_that_a_damaged_file_of_pairs_is_told_and_left_where_it_is(run: Run) -> None:
    name = kept()
    (config_folder() / name).write_text("torn")
    again = Remembering()
    with pytest.raises(StudioError, match=name):
        run(again.read_pairs())
    again.remember_request(Request(ModelChoice("x"), MANY[:2]))
    again.close()
    assert names() == [name, "window.json"]
    assert settings.load().request.pairs == MANY[:2]


def test_that_a_name_from_outside_leads_nowhere_else(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "pairs.jsonl").write_text('{"sentence1": "a", "sentence2": "b", "label": null}\n')
    with pytest.raises(StudioError):
        settings.load_pairs("../pairs.jsonl", tmp_path / "config")


def test_that_the_table_is_closed_until_the_pairs_of_the_last_time_are_back(
    desk: Desk, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(replace(REQUEST, pairs=READABLE))
    read: Callable[..., object] = settings.load_pairs
    may_read = threading.Event()

    def waiting(name: str) -> object:
        may_read.wait(10)
        return read(name)

    monkeypatch.setattr(settings, "load_pairs", waiting)

    async def scene() -> None:
        studio = desk.open(settings.load().request)
        await until(lambda: studio.bar.reason.text() == "Reading the pairs of the last time …")
        assert not studio.form.pairs.isEnabled()
        assert not studio.form.pairs.problem.isVisible()
        studio.form.settings.sequence_length.setValue(96)
        may_read.set()
        await until(studio.bar.start.isEnabled)
        assert studio.form.pairs.isEnabled()
        assert (studio.form.pairs.model.pairs, studio.form.pairs.model.trace_pair) == (READABLE, 700)
        assert studio.preparation.spec().pairs == READABLE
        assert studio.preparation.spec().options.sequence_length == 96
        await desk.close()
        again = Remembering()
        assert await again.read_pairs() == READABLE
        assert again.memory.request.trace_pair == 700

    run(scene())
