"""What the window remembers between starts."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from neuron_studio.core.request import Request
from neuron_studio.runs.resources import STARTER_MODEL
from neuron_studio.ui.settings import Memory, load, save, with_recent
from neuron_studio.wire.spec import ModelChoice
from tests.support.scripted_run import PAIRS

WHOLE = Memory(
    request=Request(ModelChoice("some/model"), PAIRS, family="inf2", neuron_cores=2, output="/bundles/mine"),
    recent_models=("some/model", "/models/mine"),
    python="/opt/aws_neuron_venv_pytorch_inf1/bin/python",
    run="20261122-205501-mrpc",
    bell=True,
)


def test_that_everything_comes_back(tmp_path: Path) -> None:
    save(WHOLE, tmp_path / "not yet there")
    assert load(tmp_path / "not yet there") == WHOLE
    assert os.listdir(tmp_path / "not yet there") == ["window.json"]


def test_that_the_starter_model_is_remembered_wherever_the_program_goes(tmp_path: Path) -> None:
    memory = Memory(request=Request(ModelChoice(str(STARTER_MODEL))))
    save(memory, tmp_path)
    assert str(STARTER_MODEL) not in (tmp_path / "window.json").read_text()
    assert load(tmp_path) == memory


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"window"', "\x00\xff", '{"request": {"model": 7}}'])
def test_that_a_damaged_file_is_a_first_start(tmp_path: Path, text: str) -> None:
    (tmp_path / "window.json").write_text(text)
    assert load(tmp_path) == Memory()


def test_that_what_can_be_read_survives_what_cannot(tmp_path: Path) -> None:
    save(WHOLE, tmp_path)
    plain = json.loads((tmp_path / "window.json").read_text())
    plain["request"]["from_the_future"] = 1
    plain["recent_models"] = "all"
    (tmp_path / "window.json").write_text(json.dumps(plain))
    remembered = load(tmp_path)
    assert (remembered.request, remembered.recent_models) == (None, ())
    assert (remembered.python, remembered.run) == (WHOLE.python, WHOLE.run)


def test_that_a_folder_that_cannot_be_written_costs_only_the_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    save(WHOLE, tmp_path / "file")
    assert load(tmp_path / "file") == Memory()


def test_that_the_latest_model_comes_first_and_old_ones_go() -> None:
    models: tuple[str, ...] = ()
    for number in (*range(12), 5):
        models = with_recent(models, f"m{number}")
    assert models == ("m5", "m11", "m10", "m9", "m8", "m7", "m6", "m4")
