"""Whether a bundle may be put where the user wants it, asked before anything starts."""

from __future__ import annotations

import os
from pathlib import Path

from neuron_studio.core.problem import Problem
from neuron_studio.wire.run_folder import is_bundle


def output_problems(output: str | None, force: bool) -> tuple[Problem, ...]:
    """What is wrong with an output folder; empty where the bundle may go there."""
    if output is None:
        return ()
    place = Path(output)
    if place.exists() and not is_bundle(place):
        return (_problem("output-not-a-bundle", f"{place} exists and is not a bundle.", "Choose a new folder."),)
    if place.exists() and not force:
        remedy = "Choose a new folder, or pass --force to have it replaced once the new bundle is proven."
        return (_problem("output-exists", f"{place} holds a bundle already.", remedy),)
    parent = _nearest_existing(place.absolute().parent)
    if not parent.is_dir():
        return (_problem("output-not-a-folder", f"{parent} is not a folder.", "Choose another output folder."),)
    if not os.access(parent, os.W_OK | os.X_OK):
        remedy = "Choose another output folder, or mend its permissions."
        return (_problem("output-read-only", f"{parent} cannot be written to.", remedy),)
    return ()


def _nearest_existing(path: Path) -> Path:
    return path if path.exists() or path == path.parent else _nearest_existing(path.parent)


def _problem(code: str, message: str, remedy: str) -> Problem:
    return Problem("output", code, message, remedy)
