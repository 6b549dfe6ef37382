"""The window stands as it stood: its size and its columns, which no damaged file and no full disk may spoil."""

from __future__ import annotations

from pathlib import Path

import pytest

from neuron_studio.ui.geometry import Geometry, load, save


def test_that_it_comes_back(tmp_path: Path) -> None:
    left = Geometry((1200, 700), (400, 800))
    assert save(left, tmp_path / "not yet there")
    assert load(tmp_path / "not yet there") == left


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "7", "\x00", '{"size": "large"}', '{"size": [1]}', '{"size": [-5, 100]}', '{"size": [9e9, 1e9]}',
     '{"size": [true, true]}', '{"size": [99999, 700]}'],
)  # fmt: skip
def test_that_a_damaged_file_is_a_first_start(tmp_path: Path, text: str) -> None:
    (tmp_path / "geometry.json").write_text(text)
    assert load(tmp_path) == Geometry()


def test_that_what_can_be_read_survives_what_cannot(tmp_path: Path) -> None:
    (tmp_path / "geometry.json").write_text('{"size": [1200, 700], "columns": null}')
    assert load(tmp_path) == Geometry((1200, 700))


def test_that_a_folder_that_cannot_be_written_costs_only_the_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert not save(Geometry(), tmp_path / "file")
    assert load(tmp_path / "file") == Geometry()
