"""Which versions of torch-neuronx and neuronx-cc belong together, from AWS's own manifest of its releases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Tuple

Numbers = Tuple[int, ...]

# Builds for torch 2.9 do not load with an older C library.
GLIBC_OF_TORCH_2_9 = (2, 35)


@dataclass(frozen=True)
class Release:
    """One SDK release: its compiler, a torch-neuronx of it, the oldest and newest Python that this one is built for."""

    sdk: str
    neuronx_cc: str
    torch_neuronx: str
    oldest_python: Numbers
    newest_python: Numbers


# Newest first; 2.32.0 and later have no torch-neuronx at all.
RELEASES = (
    Release("2.31", "2.26.6360.0", "2.9.0.2.15.32035", (3, 11), (3, 13)),
    Release("2.30", "2.25.3371.0", "2.9.0.2.14.27725", (3, 11), (3, 13)),
    Release("2.29", "2.24.8799.0", "2.9.0.2.13.26312", (3, 10), (3, 12)),
    Release("2.28", "2.23.6484.0", "2.8.0.2.12.22436", (3, 10), (3, 12)),
    Release("2.27", "2.22.12471.0", "2.8.0.2.11.19912", (3, 10), (3, 12)),
    Release("2.26", "2.21.33363.0", "2.7.0.2.10.16998", (3, 9), (3, 11)),
    Release("2.25", "2.20.9961.0", "2.7.0.2.9.9357", (3, 9), (3, 11)),
    Release("2.24", "2.19.8089.0", "2.7.0.2.8.6734", (3, 9), (3, 11)),
    Release("2.23", "2.18.121.0", "2.6.0.2.7.5413", (3, 9), (3, 11)),
    Release("2.22", "2.17.194.0", "2.5.1.2.6.0", (3, 9), (3, 11)),
    Release("2.21", "2.16.372.0", "2.5.1.2.4.0", (3, 8), (3, 11)),
    Release("2.20", "2.15.143.0", "2.1.2.2.3.2", (3, 8), (3, 11)),
)
LAST = RELEASES[0]

# The manual install page pins this compiler of 2.32 beside the last torch-neuronx.
_PINNED_TOGETHER = ("2.27", LAST.sdk)


def numbers(version: str) -> Numbers:
    """The leading numbers of a version; a local part such as +cpu does not count."""
    found = []
    for part in version.split("+")[0].split("."):
        if not part.isdigit():
            break
        found.append(int(part))
    return tuple(found)


def release_of_compiler(version: str) -> Optional[Release]:
    """The SDK release that a neuronx-cc came with; None where the table does not know it."""
    return next((release for release in RELEASES if numbers(release.neuronx_cc)[:2] == numbers(version)[:2]), None)


def release_of_torch_neuronx(version: str) -> Optional[Release]:
    """The SDK release that a torch-neuronx came with, read behind the torch release that it is for."""
    ours = numbers(version)[3:5]
    return next((release for release in RELEASES if numbers(release.torch_neuronx)[3:5] == ours), None)


def fit_together(torch_neuronx: str, neuronx_cc: str) -> bool:
    """Whether both came with one SDK release; what the table does not know is taken to fit."""
    one, other = release_of_torch_neuronx(torch_neuronx), release_of_compiler(neuronx_cc)
    if one is None or other is None:
        is_beyond = one is not None and numbers(neuronx_cc)[:2] > numbers(LAST.neuronx_cc)[:2]
        is_pinned = one is not None and (neuronx_cc.rsplit(".", 2)[0], one.sdk) == _PINNED_TOGETHER
        return is_pinned or not is_beyond
    return one == other


def newest_for(python: Numbers, glibc: Numbers) -> Optional[Release]:
    """The newest release that is built for a Python and a C library; an unknown one is taken to be new enough."""
    for release in RELEASES:
        needs_newer = bool(glibc) and numbers(release.torch_neuronx) >= (2, 9) and glibc < GLIBC_OF_TORCH_2_9
        if not needs_newer and release.oldest_python <= python[:2] <= release.newest_python:
            return release
    return None
