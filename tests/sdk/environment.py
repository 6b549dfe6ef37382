"""Build an environment that holds a stand-in SDK: packages, their metadata, executables, and a Python of its own.

It is laid out like a virtual environment whose packages come from another one, which has torch. Its `python` starts
that interpreter with the SDK on top; `site` alone, put on PYTHONPATH, does the same for a Python of one's own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

PACKAGES = Path(__file__).parent / "packages"

INF1 = "inf1"
NEURONX = "neuronx"
VERSIONS: dict[str, dict[str, str]] = {
    INF1: {"torch-neuron": "1.13.1.2.11.13.0", "neuron-cc": "1.24.0.0"},
    NEURONX: {"torch-neuronx": "2.9.0.2.15.32035", "neuronx-cc": "2.26.6360.0"},
}
_MODULES = {INF1: ("torch_neuron", "neuroncc"), NEURONX: ("torch_neuronx", "neuronxcc")}
_EXECUTABLES = {
    INF1: {"neuron-cc": "neuron_cc"},
    NEURONX: {"neuronx-cc": "neuronx_cc"},
}
_TOOLS = {"neuron-ls": "neuron_ls", "neuron-monitor": "neuron_monitor"}

# The way of pip's own launchers: a shebang with blanks or of great length would not work.
_LAUNCHER = """#!/bin/sh
'''exec' "{python}" -S "$0" "$@"
' '''
import sys
sys.path.insert(0, {site!r})
from neuron_stand_in.{module} import main
sys.exit(main(sys.argv[1:]))
"""

# `import torch.neuron` finds the SDK without torch_neuron having been imported before.
_FINDER = '''"""Lets `import torch.neuron` find torch_neuron."""

import importlib.abc
import importlib.machinery
import sys


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path=None, target=None):
        return importlib.machinery.ModuleSpec(name, self) if name == "torch.neuron" else None

    def create_module(self, spec):
        import torch_neuron

        return torch_neuron

    def exec_module(self, module):
        pass


sys.meta_path.append(_Finder())
'''


@dataclass(frozen=True)
class SdkEnvironment:
    """A folder with an SDK: its Python, the folder of its packages, the folder of its executables."""

    root: Path
    python: Path
    site: Path
    bin: Path

    def variables(self) -> dict[str, str]:
        """What activating it changes: PATH."""
        return {"PATH": os.pathsep.join([str(self.bin), os.environ.get("PATH", os.defpath)])}


def install(
    into: Path, sdk: str, python: str = sys.executable, versions: Optional[dict[str, str]] = None,
    broken: Optional[str] = None,
) -> SdkEnvironment:  # fmt: skip
    """Write an environment for `sdk` on top of an interpreter that has torch; `broken` is what its import raises."""
    base = _ask(python)
    site = into / "lib" / base["version"] / "site-packages"
    environment = SdkEnvironment(root=into, python=into / "bin" / "python", site=site, bin=into / "bin")
    environment.bin.mkdir(parents=True)
    environment.python.symlink_to(base["executable"])
    settings = f"home = {Path(base['executable']).parent}\ninclude-system-site-packages = false\n"
    (into / "pyvenv.cfg").write_text(settings, encoding="utf-8")
    chosen = {**VERSIONS[sdk], **(versions or {})}
    _copy_packages(site, sdk, chosen, broken)
    lines = [f"import site; site.addsitedir({folder!r})" for folder in base["packages"]]
    if sdk == INF1:
        (site / "_torch_neuron_finder.py").write_text(_FINDER, encoding="utf-8")
        lines.append("import _torch_neuron_finder")
    (site / "stand_in.pth").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for name, module in {**_EXECUTABLES[sdk], **_TOOLS}.items():
        path = environment.bin / name
        path.write_text(_LAUNCHER.format(python=environment.python, site=str(site), module=module), encoding="utf-8")
        path.chmod(0o755)
    return environment


def _copy_packages(site: Path, sdk: str, versions: dict[str, str], broken: Optional[str]) -> None:
    framework, compiler = _MODULES[sdk]
    for name in ("neuron_stand_in", framework, compiler):
        shutil.copytree(str(PACKAGES / name), str(site / name), ignore=shutil.ignore_patterns("__pycache__"))
    (site / "neuron_stand_in" / "versions.json").write_text(json.dumps(versions), encoding="utf-8")
    if broken is not None:
        (site / framework / "__init__.py").write_text(f"raise ImportError({broken!r})\n", encoding="utf-8")
    for distribution, version in versions.items():
        folder = site / f"{distribution.replace('-', '_')}-{version}.dist-info"
        folder.mkdir()
        text = f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n"
        (folder / "METADATA").write_text(text, encoding="utf-8")
        (folder / "RECORD").write_text("", encoding="utf-8")
        (folder / "INSTALLER").write_text("stand-in\n", encoding="utf-8")


def _ask(python: str) -> dict[str, list[str]]:
    script = (
        "import json, os, site, sys, sysconfig; version = 'python%d.%d' % sys.version_info[:2]; "
        "folders = dict.fromkeys([sysconfig.get_paths()['purelib'], sysconfig.get_paths()['platlib']]); "
        "print(json.dumps({'executable': os.path.realpath(sys.executable), 'version': version, "
        "'packages': [folder for folder in folders if os.path.isdir(folder)]}))"
    )
    done = subprocess.run([python, "-c", script], stdout=subprocess.PIPE, check=True, text=True)
    return dict(json.loads(done.stdout))
