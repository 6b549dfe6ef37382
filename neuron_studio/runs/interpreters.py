"""Where interpreters that could trace may lie: AWS's folders, those made by hand, conda's, and the user's own."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from neuron_studio.runs.added_environments import added

# Both spellings of the Inf1 environment and all suffixes; those made by hand are named alike.
_DOCUMENTED = "aws_neuron*_venv_pytorch*"

# Where conda's own installers put it.
_CONDA_FOLDERS = ("anaconda3", "miniconda3", "miniforge3")


def candidates(is_inf1: bool = False, root: Path = Path("/opt"), home: Path | None = None) -> tuple[str, ...]:
    """The interpreters to ask, likeliest first; each environment once, links of environments unresolved."""
    own_home = home or Path.home()
    active = [Path(os.environ[name]) for name in ("VIRTUAL_ENV", "CONDA_PREFIX") if os.environ.get(name)]
    folders = [*_documented(root, is_inf1), *_documented(own_home, is_inf1), *active, *_conda(root, own_home)]
    inside = (str(folder / "bin" / "python") for folder in folders)
    return _each_once([*added(), *filter(_is_executable, inside), sys.executable])


def _documented(folder: Path, is_inf1: bool) -> list[Path]:
    def worth(path: Path) -> tuple[bool, list[int], int]:
        # The machine's own SDK, then the newest torch, then the plain one before those for other libraries.
        return (
            ("inf1" in path.name) == is_inf1,
            [int(digits) for digits in re.findall(r"\d+", path.name)],
            -len(path.name),
        )

    return sorted(_matching(folder, _DOCUMENTED), key=worth, reverse=True)


def _conda(root: Path, home: Path) -> Iterator[Path]:
    """Every environment that conda knows of, those of the old machine images first."""
    roots = [*(home / name for name in _CONDA_FOLDERS), root / "conda"]
    if os.environ.get("CONDA_EXE"):
        roots.append(Path(os.environ["CONDA_EXE"]).parent.parent)
    if os.environ.get("CONDA_PREFIX"):
        prefix = Path(os.environ["CONDA_PREFIX"])
        roots.append(prefix.parent.parent if prefix.parent.name == "envs" else prefix)
    found = [*_listed(home / ".conda" / "environments.txt")]
    found += [path for place in dict.fromkeys(roots) for path in _matching(place / "envs", "*")]
    yield from sorted(found, key=lambda path: not path.name.startswith("aws_neuron_pytorch_p3"))


def _listed(file: Path) -> Iterator[Path]:
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    yield from (Path(line.strip()) for line in lines if line.strip().startswith("/"))


def _matching(folder: Path, pattern: str) -> list[Path]:
    try:
        return sorted(folder.glob(pattern))
    except OSError:
        return []  # somebody else's


def _is_executable(path: str) -> bool:
    return os.path.isfile(path) and os.access(path, os.X_OK)


def _each_once(pythons: Iterable[str]) -> tuple[str, ...]:
    # Inside one environment python, python3 and python3.10 are the same; the studio's own keeps its own name.
    found: dict[str, str] = {_environment_of(sys.executable): sys.executable}
    order = [_environment_of(python) for python in pythons if found.setdefault(_environment_of(python), python)]
    return tuple(found[key] for key in dict.fromkeys(order))


def _environment_of(python: str) -> str:
    folder = os.path.dirname(os.path.dirname(python))
    is_folder = any(os.path.exists(os.path.join(folder, mark)) for mark in ("pyvenv.cfg", "conda-meta"))
    return folder if is_folder else python
