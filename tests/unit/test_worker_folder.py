"""The worker's folder: wire, core, worker and their tables, which old interpreters run as they are."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import neuron_studio
from neuron_studio.runs.worker_folder import worker_folder
from neuron_studio.wire.errors import StudioError

TRAVELS = ("wire", "core", "worker")

# Imports each module of the folder but those that need torch; prints what it imported.
IMPORTS_ALL = """
import importlib, json, pkgutil, sys
sys.path.insert(0, sys.argv[1])
import neuron_studio
done, missing = [], []
for found in pkgutil.walk_packages(neuron_studio.__path__, "neuron_studio."):
    try:
        importlib.import_module(found.name)
        done.append(found.name)
    except ImportError as error:
        missing.append([found.name, error.name])
print(json.dumps([done, missing]))
"""


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEURON_STUDIO_CACHE", str(tmp_path / "cache and more"))


def import_all(python: str) -> tuple[list[str], list[list[str]]]:
    command = [python, "-I", "-W", "error", "-c", IMPORTS_ALL, str(worker_folder())]
    child = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    assert child.returncode == 0, child.stderr
    done, missing = json.loads(child.stdout)
    return done, missing


def test_that_it_holds_wire_core_worker_and_their_tables_and_nothing_else() -> None:
    package = Path(neuron_studio.__file__).parent
    sources = {
        f"neuron_studio/{path.relative_to(package)}" for part in TRAVELS for path in (package / part).rglob("*.py")
    }
    tables = {f"neuron_studio/resources/{name}.json" for name in ("instance_types", "neuron_ops")}
    found = files_of(worker_folder())
    assert set(found) == {"__main__.py", "neuron_studio/__init__.py", *sources, *tables}
    assert all(found[name] == (package.parent / name).read_bytes() for name in sources)


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_that_equal_sources_make_an_equal_folder_under_an_equal_name() -> None:
    first = worker_folder()
    content, age = files_of(first), ages(first)
    assert worker_folder() == first
    assert ages(first) == age, "nothing is written twice"
    shutil.rmtree(first)
    assert worker_folder() == first
    assert files_of(first) == content
    assert list(first.parent.iterdir()) == [first]


def ages(folder: Path) -> set[int]:
    return {path.stat().st_mtime_ns for path in folder.rglob("*")}


def test_that_a_file_that_was_cut_short_or_lost_is_written_anew() -> None:
    folder = worker_folder()
    whole = files_of(folder)
    (folder / "__main__.py").write_bytes(b"import")
    (folder / "neuron_studio" / "wire" / "codec.py").unlink()
    assert files_of(worker_folder()) == whole


def test_that_an_interpreter_compiles_it_once() -> None:
    command = [sys.executable, "-I", str(worker_folder()), "probe"]
    subprocess.run(command, capture_output=True, check=True)
    kept = {path: path.stat().st_mtime_ns for path in worker_folder().rglob("*.pyc")}
    assert kept
    subprocess.run(command, capture_output=True, check=True)
    assert {path: path.stat().st_mtime_ns for path in worker_folder().rglob("*.pyc")} == kept


def test_that_a_cache_that_cannot_be_written_is_told_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("NEURON_STUDIO_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(StudioError) as caught:
        worker_folder()
    assert caught.value.code == "no-cache-folder"
    assert "NEURON_STUDIO_CACHE" in caught.value.remedy


def test_that_it_runs_by_itself_where_nothing_of_the_project_is_importable() -> None:
    command = [sys.executable, "-I", str(worker_folder()), "probe"]
    child = subprocess.run(command, capture_output=True, text=True, check=True, cwd="/", env={})
    assert json.loads(child.stdout)["python"] == sys.executable


def test_that_every_module_imports_with_torch_and_transformers_alone() -> None:
    done, missing = import_all(sys.executable)
    assert missing == []
    assert "neuron_studio.worker.pipeline" in done


def test_that_every_module_imports_under_an_old_python() -> None:
    python = os.environ.get("PYTHON38")
    if not python:
        pytest.skip("PYTHON38 names no Python 3.8")
    done, missing = import_all(python)
    assert {name for _, name in missing} <= {"torch", "transformers"}
    assert {"neuron_studio.core.report", "neuron_studio.wire.journal", "neuron_studio.worker.supervisor"} <= set(done)


def test_that_every_module_is_written_in_the_language_of_python_3_8() -> None:
    for path in worker_folder().rglob("*.py"):
        ast.parse(path.read_bytes(), str(path), feature_version=(3, 8))
