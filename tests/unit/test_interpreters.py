"""Every place where an interpreter that traces may lie is looked into, and each environment is found once."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from neuron_studio.runs import added_environments
from neuron_studio.runs.interpreters import candidates
from neuron_studio.wire.errors import StudioError


@pytest.fixture(autouse=True)
def _no_conda(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONDA_EXE", raising=False)


def an_environment(folder: Path, mark: str = "pyvenv.cfg") -> str:
    """A folder laid out like a virtual environment; its Python's path."""
    python = folder / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    (folder / mark).touch()
    return str(python)


def found(tmp_path: Path, is_inf1: bool = False) -> list[str]:
    names = candidates(is_inf1, tmp_path / "opt", tmp_path / "home")
    assert names[-1] == sys.executable
    return list(names[:-1])


def test_that_all_documented_folders_are_found_the_plain_one_of_the_newest_torch_first(tmp_path: Path) -> None:
    names = (
        "aws_neuron_venv_pytorch_1_13_inf1",
        "aws_neuron_venv_pytorch_inf1",
        "aws_neuronx_venv_pytorch_2_9",
        "aws_neuronx_venv_pytorch_2_10",
        "aws_neuronx_venv_pytorch_2_9_nxd_inference",
        "aws_neuron_venv_pytorch",
    )
    pythons = {name: an_environment(tmp_path / "opt" / name) for name in names}
    an_environment(tmp_path / "opt" / "aws_neuronx_venv_jax_0_7")
    order = [name for python in found(tmp_path) for name in names if pythons[name] == python]
    assert order == ["aws_neuronx_venv_pytorch_2_10", "aws_neuronx_venv_pytorch_2_9",
                     "aws_neuronx_venv_pytorch_2_9_nxd_inference", "aws_neuron_venv_pytorch",
                     "aws_neuron_venv_pytorch_1_13_inf1", "aws_neuron_venv_pytorch_inf1"]  # fmt: skip
    assert found(tmp_path, is_inf1=True)[:2] == [pythons[name] for name in names[:2]]


def test_that_those_made_by_hand_and_the_active_one_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    by_hand = an_environment(tmp_path / "home" / "aws_neuron_venv_pytorch_inf1")
    active = an_environment(tmp_path / "my env")
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "my env"))
    assert found(tmp_path) == [by_hand, active]


def test_that_every_environment_that_conda_knows_is_found_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "conda root"
    old = an_environment(root / "envs" / "aws_neuron_pytorch_p38", "conda-meta")
    other = an_environment(root / "envs" / "a_first", "conda-meta")
    elsewhere = an_environment(tmp_path / "elsewhere", "conda-meta")
    in_home = an_environment(tmp_path / "home" / "anaconda3" / "envs" / "mine", "conda-meta")
    listed = tmp_path / "home" / ".conda" / "environments.txt"
    listed.parent.mkdir()
    listed.write_text(f"{tmp_path}/elsewhere\n{root}/envs/a_first\n\nnot a path\n/gone\n")
    monkeypatch.setenv("CONDA_EXE", str(root / "bin" / "conda"))
    assert found(tmp_path)[0] == old
    assert sorted(found(tmp_path)) == sorted([old, other, elsewhere, in_home])
    monkeypatch.delenv("CONDA_EXE")
    monkeypatch.setenv("CONDA_PREFIX", str(root / "envs" / "a_first"))
    assert sorted(found(tmp_path)) == sorted([old, other, elsewhere, in_home])


def test_that_two_names_in_one_environment_are_one_and_links_of_environments_are_two(tmp_path: Path) -> None:
    first = an_environment(tmp_path / "first")
    (tmp_path / "first" / "bin" / "python3").symlink_to("python")
    second = an_environment(tmp_path / "second")
    for python in (second, first, str(tmp_path / "first" / "bin" / "python3")):
        added_environments.add(python)
    assert found(tmp_path) == [str(tmp_path / "first" / "bin" / "python3"), second]


def test_that_the_studios_own_interpreter_keeps_its_own_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    assert candidates(root=tmp_path, home=tmp_path) == (sys.executable,)


def test_that_an_added_interpreter_is_kept_once_and_forgotten_on_demand(tmp_path: Path) -> None:
    python = an_environment(tmp_path / "mine")
    assert added_environments.interpreter(str(tmp_path / "mine")) == python
    for _ in range(2):
        added_environments.add(python)
    added_environments.add("/usr/bin/python3")
    assert added_environments.added() == ("/usr/bin/python3", python)
    assert found(tmp_path)[:2] == ["/usr/bin/python3", python]
    added_environments.remove(python)
    assert added_environments.added() == ("/usr/bin/python3",)
    with pytest.raises(StudioError) as raised:
        added_environments.remove(python)
    assert raised.value.code == "environment-not-added"


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"added": 3}', '{"added": ["relative", 7, null]}'])
def test_that_a_damaged_list_holds_none(tmp_path: Path, content: str) -> None:
    added_environments.add("/usr/bin/python3")
    (tmp_path / "studio-config" / "environments.json").write_text(content)
    assert added_environments.added() == ()
