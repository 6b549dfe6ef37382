"""Where everything of one run lies; the folder is the whole protocol between studio and worker."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from neuron_studio.wire.codec import decode, dumps
from neuron_studio.wire.errors import ProtocolError
from neuron_studio.wire.spec import SCHEMA, RunSpec

BUNDLE_KIND = "neuron-studio-bundle"

# Room enough for the last record of a run.
RESERVE_BYTES = 1 << 16


@dataclass(frozen=True)
class RunFolder:
    """The paths inside one run's folder."""

    path: Path

    @property
    def name(self) -> str:
        """The run's id: its start time and its model."""
        return self.path.name

    @property
    def spec_file(self) -> Path:
        return self.path / "spec.json"

    @property
    def events_file(self) -> Path:
        return self.path / "events.jsonl"

    @property
    def log_file(self) -> Path:
        return self.path / "log.txt"

    @property
    def lock_file(self) -> Path:
        return self.path / "worker.lock"

    @property
    def work(self) -> Path:
        """The compiler's own folder, kept so that the NEFF is at hand."""
        return self.path / "work"

    @property
    def work_on_layers(self) -> Path:
        """The compiler's folder for the twin of the model, which is not kept."""
        return self.work / "deep"

    @property
    def reserve(self) -> Path:
        """A little room, given up when the disk is full so that the reason can still be written."""
        return self.path / ".reserve"

    def bundle(self, spec: RunSpec) -> Path:
        """Where the finished bundle goes; a link is followed, so that one rename reaches what it points to."""
        return Path(os.path.realpath(spec.output)) if spec.output else self.path / "artifact"

    def bundle_aside(self, spec: RunSpec) -> Path:
        """Where the bundle is built: beside its place, so that one rename finishes it."""
        place = self.bundle(spec)
        return place.parent / f".{place.name}.{self.name}.part"

    def write_spec(self, spec: RunSpec) -> None:
        """Write the spec; once, before the worker starts. It is there whole or not at all."""
        part = self.path / ".spec.part"
        part.write_text(dumps(spec, indent=2) + "\n", encoding="utf-8")
        os.replace(str(part), str(self.spec_file))

    def read_spec(self) -> RunSpec:
        """The spec as it was asked; raises ProtocolError where it cannot be read."""
        try:
            plain = json.loads(self.spec_file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ProtocolError(f"{self.spec_file} cannot be read: {error}.") from error
        if isinstance(plain, dict) and plain.get("schema") != SCHEMA:
            raise ProtocolError(f"{self.spec_file} has schema {plain.get('schema')}, this version reads {SCHEMA}.")
        return decode(RunSpec, plain)  # type: ignore[no-any-return]

    def is_out_of_room(self, spec: RunSpec) -> bool:
        """Whether the disk of this folder, or of the bundle, has no room left to speak of."""
        places = [place for place in (self.path, self.bundle_aside(spec).parent) if place.exists()]
        return any(shutil.disk_usage(str(place)).free < RESERVE_BYTES for place in places)

    def log_tail(self, size: int) -> str:
        """The end of the log, in whole lines where there are any; empty where there is no log."""
        try:
            with open(str(self.log_file), "rb") as file:
                length = file.seek(0, 2)
                file.seek(max(0, length - size))
                text = file.read().decode("utf-8", errors="replace")
        except OSError:
            return ""
        return text if length <= size else text.partition("\n")[2] or text


def is_bundle(folder: Path) -> bool:
    """Whether a folder is a bundle that this program made."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(manifest, dict) and manifest.get("kind") == BUNDLE_KIND
