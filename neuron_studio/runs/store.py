"""The run folders: make one, list them, find those that have not ended."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from neuron_studio.runs import worker_lock
from neuron_studio.runs.places import data_folder
from neuron_studio.wire.errors import Blame, ProtocolError, StudioError
from neuron_studio.wire.run_folder import RunFolder
from neuron_studio.wire.spec import RunSpec


class RunStore:
    """All runs of one user, newest first."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = root or data_folder() / "runs"

    def create(self, spec: RunSpec, now: datetime) -> RunFolder:
        """A new run folder with its spec; its name tells when and which model.

        Refused where a run that goes on has the same place for its bundle.
        """
        stem = f"{now:%Y%m%d-%H%M%S}-{_slug(spec.model.id)}"
        folder = None
        try:
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
            folder = RunFolder(self._make_unique(stem))
            folder.write_spec(spec)
            if spec.output is not None:
                # Looked for once our own is there: of two that start together, at least one sees the other.
                self._refuse_output_of_another(folder, spec)
        except (OSError, StudioError) as error:
            if folder is not None:
                shutil.rmtree(folder.path, ignore_errors=True)
            if isinstance(error, StudioError):
                raise
            raise StudioError(
                "no-run-folder",
                f"A run folder cannot be made in {self.root}: {error.strerror}.",
                "Free some space or mend the permissions, or set NEURON_STUDIO_DATA to another folder.",
                Blame.INPUT,
            ) from error
        return folder

    def _refuse_output_of_another(self, folder: RunFolder, spec: RunSpec) -> None:
        for other in self.folders():
            if other.path != folder.path and _goes_on(other) and _place(other) == folder.bundle(spec):
                raise StudioError(
                    "output-in-use",
                    f"The run {other.name} goes on, and its bundle is to go to {spec.output} as well.",
                    f"Choose another output folder, or wait; neuron-studio runs stop {other.name} ends that run.",
                    Blame.INPUT,
                )

    def _make_unique(self, stem: str) -> Path:
        # Two runs of the same model in the same second are two runs.
        for number in range(1, 1000):
            path = self.root / (stem if number == 1 else f"{stem}-{number}")
            try:
                path.mkdir(mode=0o700)
                return path
            except FileExistsError:
                continue
        raise FileExistsError(17, "a thousand runs began within one second", str(self.root))

    def folders(self) -> Iterator[RunFolder]:
        """Every run folder, newest first; anything else in the store is passed over."""
        if not self.root.is_dir():
            return
        for path in sorted(self.root.iterdir(), reverse=True):
            if (path / "spec.json").is_file():
                yield RunFolder(path)

    def find(self, name: str) -> RunFolder:
        """The run with this name, or with the only name that begins like this; "last" is the newest."""
        names = [folder for folder in self.folders() if name == "last" or folder.name.startswith(name)]
        exact = [folder for folder in names if folder.name == name]
        if name == "last" and names:
            return names[0]
        if len(exact or names) == 1:
            return (exact or names)[0]
        said = "No run is called" if not names else f"{len(names)} runs begin with"
        raise StudioError("no-such-run", f"{said} {name!r}.", "neuron-studio runs list shows their names.", Blame.INPUT)

    def remove(self, folder: RunFolder) -> None:
        """Delete a run that has ended, with everything in it."""
        if worker_lock.is_held(folder):
            raise StudioError("run-goes-on", f"The run {folder.name} goes on.", "Stop it first.", Blame.INPUT)
        shutil.rmtree(folder.path)


def _place(folder: RunFolder) -> Path | None:
    try:
        return folder.bundle(folder.read_spec())
    except ProtocolError:
        return None


def _goes_on(folder: RunFolder) -> bool:
    try:
        return worker_lock.is_held(folder) or worker_lock.may_be_starting(folder)
    except OSError:
        return False  # removed this moment, or somebody else's


def _slug(model_id: str) -> str:
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", model_id.rstrip("/").split("/")[-1]).strip("-.")
    return name[:60] or "model"
