"""Where the program keeps its things, by the desktop's conventions; NEURON_STUDIO_DATA moves the runs."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

_NAME = "neuron-studio"


def data_folder() -> Path:
    """Holds the runs: what the user would miss."""
    return Path(os.environ.get("NEURON_STUDIO_DATA") or platformdirs.user_data_dir(_NAME))


def cache_folder() -> Path:
    """Holds what can be made again: the worker's folder and the probes' answers."""
    return Path(os.environ.get("NEURON_STUDIO_CACHE") or platformdirs.user_cache_dir(_NAME))


def config_folder() -> Path:
    """Holds what the user chose: the window's state and the environments that were added."""
    return Path(os.environ.get("NEURON_STUDIO_CONFIG") or platformdirs.user_config_dir(_NAME))
