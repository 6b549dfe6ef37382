"""The commands that mend an environment's packages, for the very interpreter that they belong to."""

from __future__ import annotations

import shlex
from typing import Tuple

from neuron_studio.core.environment import Environment
from neuron_studio.core.sdk_releases import newest_for, numbers

NEURON_INDEX = "https://pip.repos.neuron.amazonaws.com"

# The Python releases that torch-neuron was built for; no new ones will come.
INF1_PYTHONS = ((3, 8), (3, 10))

_INF1_PACKAGES = ("torch-neuron==1.13.1.*", "neuron-cc[tensorflow]", "protobuf<3.20")


def install(environment: Environment, *packages: str) -> str:
    """Install packages, or exchange them for other versions."""
    return f"{_pip(environment, 'install')} {_words(packages)}"


def install_from_neuron(environment: Environment, *packages: str, options: Tuple[str, ...] = ()) -> str:
    """Install packages that stand in AWS's own index."""
    return f"{_pip(environment, 'install')} {_words((*options, '--extra-index-url', NEURON_INDEX, *packages))}"


def uninstall(environment: Environment, *packages: str) -> str:
    """Take packages out."""
    return f"{_pip(environment, 'uninstall')} -y {_words(packages)}"


def install_sdk(environment: Environment, backend: str) -> str:
    """Install the whole SDK of a backend in versions that fit this Python; empty where there are none."""
    packages = sdk_packages(environment, backend)
    return install_from_neuron(environment, *packages) if packages else ""


def sdk_packages(environment: Environment, backend: str) -> Tuple[str, ...]:
    """The packages of a backend's SDK, pinned to what fits this Python and its C library."""
    python = numbers(environment.python_version)
    if backend == "torch-neuron":
        return _INF1_PACKAGES if INF1_PYTHONS[0] <= python[:2] <= INF1_PYTHONS[1] else ()
    release = newest_for(python, numbers(environment.glibc))
    return (f"neuronx-cc=={release.neuronx_cc}", f"torch-neuronx=={release.torch_neuronx}") if release else ()


def _pip(environment: Environment, action: str) -> str:
    return f"{shlex.quote(environment.python)} -m pip {action}"


def _words(words: Tuple[str, ...]) -> str:
    return " ".join(map(shlex.quote, words))
