"""The worker's zipapp: wire, core, worker and their tables, in one file that old interpreters run."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import neuron_studio
from neuron_studio.runs.zipapp import worker_zipapp
from neuron_studio.wire.errors import StudioError

TRAVELS = ("wire", "core", "worker")

# Imports each module of the zipapp but those that need torch; prints what it imported.
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
    command = [python, "-I", "-W", "error", "-c", IMPORTS_ALL, str(worker_zipapp())]
    child = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    assert child.returncode == 0, child.stderr
    done, missing = json.loads(child.stdout)
    return done, missing


def test_that_it_holds_wire_core_worker_and_their_tables_and_nothing_else() -> None:
    package = Path(neuron_studio.__file__).parent
    sources = {
        f"neuron_studio/{path.relative_to(package)}" for part in TRAVELS for path in (package / part).rglob("*.py")
    }
    with zipfile.ZipFile(worker_zipapp()) as archive:
        tables = {f"neuron_studio/resources/{name}.json" for name in ("instance_types", "neuron_ops")}
        assert set(archive.namelist()) == {"__main__.py", "neuron_studio/__init__.py", *sources, *tables}
        assert archive.testzip() is None


def test_that_equal_sources_make_an_equal_file_under_an_equal_name() -> None:
    first = worker_zipapp()
    content, age = first.read_bytes(), first.stat().st_mtime_ns
    assert worker_zipapp() == first
    assert first.stat().st_mtime_ns == age, "it is not built twice"
    first.unlink()
    assert worker_zipapp() == first
    assert first.read_bytes() == content
    assert list(first.parent.iterdir()) == [first]


def test_that_a_file_that_was_cut_short_is_built_anew() -> None:
    path = worker_zipapp()
    whole = path.read_bytes()
    path.write_bytes(whole[:100])
    assert worker_zipapp().read_bytes() == whole


def test_that_a_cache_that_cannot_be_written_is_told_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("NEURON_STUDIO_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(StudioError) as caught:
        worker_zipapp()
    assert caught.value.code == "no-cache-folder"
    assert "NEURON_STUDIO_CACHE" in caught.value.remedy


def test_that_it_runs_by_itself_where_nothing_of_the_project_is_importable() -> None:
    command = [sys.executable, "-I", str(worker_zipapp()), "probe"]
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
    with zipfile.ZipFile(worker_zipapp()) as archive:
        for name in archive.namelist():
            ast.parse(archive.read(name), name, feature_version=(3, 8))
