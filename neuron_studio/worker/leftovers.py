"""What must not outlive a run that ended early."""

from __future__ import annotations

import shutil
from contextlib import suppress

from neuron_studio.wire.run_folder import RunFolder
from neuron_studio.wire.spec import RunSpec


def make_room(folder: RunFolder, spec: RunSpec) -> None:
    """Remove the half-made bundle and the reserve: on a full disk they stand in the way of the last record."""
    shutil.rmtree(str(folder.bundle_aside(spec)), ignore_errors=True)
    with suppress(OSError):
        folder.reserve.unlink()
