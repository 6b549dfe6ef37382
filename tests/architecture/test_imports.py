"""Who may import whom: dependence points one way, from the window and the command line to the wire."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import neuron_studio

PACKAGE = Path(neuron_studio.__file__).parent
SOURCES = sorted(PACKAGE.rglob("*.py"))

# For each folder: the project's own folders that it may import, and the packages beside the standard library.
MAY_IMPORT = {
    "wire": ({"wire"}, set()),
    "core": ({"wire", "core"}, set()),
    "worker": (
        {"wire", "core", "worker"},
        {"torch", "transformers", "huggingface_hub", "torch_neuron", "torch_neuronx"},
    ),
    "runs": ({"wire", "core", "runs"}, {"platformdirs", "huggingface_hub", "tokenizers"}),
    "cli": ({"wire", "core", "runs", "cli"}, {"click"}),
    "ui": ({"wire", "core", "runs", "ui"}, {"PySide6", "shiboken6", "qasync"}),
}

# What the decisions in core are kept from: effects, other processes, the clock.
EFFECTS = {
    "subprocess",
    "socket",
    "threading",
    "asyncio",
    "multiprocessing",
    "shutil",
    "tempfile",
    "time",
    "io",
    "fcntl",
}

# In the standard library, but not yet in that of Python 3.8.
TOO_NEW = {"tomllib", "zoneinfo", "graphlib", "compression", "annotationlib"}


def name_of(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def folder_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0]


def imports_of(path: Path) -> Iterator[str]:
    """The full names of what a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)} has a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def in_folders(*folders: str) -> pytest.MarkDecorator:
    """For each file in these folders, by its name."""
    return pytest.mark.parametrize("path", [path for path in SOURCES if folder_of(path) in folders], ids=name_of)


def test_that_every_folder_has_its_rule() -> None:
    assert {folder_of(path) for path in SOURCES} == {*MAY_IMPORT, "__init__.py", "__main__.py"}


@in_folders(*MAY_IMPORT)
def test_that_a_file_imports_only_what_its_folder_may(path: Path) -> None:
    ours, theirs = MAY_IMPORT[folder_of(path)]
    for name in imports_of(path):
        top, _, rest = name.partition(".")
        if top == "neuron_studio":
            is_allowed = rest in ("", "__version__") or rest.split(".")[0] in ours
            opens_the_window = name_of(path) == "cli/main.py" and name == "neuron_studio.ui.app.run_window"
            assert is_allowed or opens_the_window, name
        else:
            assert top in theirs or top in sys.stdlib_module_names, name


@in_folders("wire", "core", "worker")
def test_that_what_travels_uses_the_standard_library_of_python_3_8(path: Path) -> None:
    assert not {name.partition(".")[0] for name in imports_of(path)} & TOO_NEW


@in_folders("core")
def test_that_core_decides_and_does_nothing(path: Path) -> None:
    assert not {name.partition(".")[0] for name in imports_of(path)} & EFFECTS
    calls = [node.func for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    assert "open" not in [function.id for function in calls if isinstance(function, ast.Name)]
    assert not {"read_text", "write_text", "read_bytes", "write_bytes", "unlink", "mkdir"} & {
        function.attr for function in calls if isinstance(function, ast.Attribute)
    }


@in_folders("worker")
def test_that_an_sdk_is_imported_by_its_own_backend_only(path: Path) -> None:
    found = {name.partition(".")[0] for name in imports_of(path)} & {"torch_neuron", "torch_neuronx"}
    assert found <= {path.stem}


@in_folders("worker")
def test_that_the_supervisor_and_what_it_stands_on_know_no_torch(path: Path) -> None:
    stands_on = {
        "__main__",
        "supervisor",
        "proof",
        "child",
        "leftovers",
        "output",
        "stage",
        "probe",
        "heart",
        "meter",
        "memory",
    }
    if path.stem in stands_on:
        assert not {name.partition(".")[0] for name in imports_of(path)} & {"torch", "transformers"}


@in_folders("ui")
def test_that_no_panel_imports_another_panel_and_no_widget_knows_of_runs(path: Path) -> None:
    kind = path.relative_to(PACKAGE / "ui").parts[0]
    names = list(imports_of(path))
    if kind == "panels":
        assert not [name for name in names if name.startswith("neuron_studio.ui.panels.")]
    if kind == "widgets":
        assert not [name for name in names if name.startswith("neuron_studio.runs.")]
