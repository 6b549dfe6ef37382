"""Open a bundle without loading it: its manifest, its files' digests, and whether it can be used here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from neuron_studio.core.bundle_card import bundle_findings, damage_findings
from neuron_studio.core.environment import Environment
from neuron_studio.core.neuron_devices import CoreMap, map_of
from neuron_studio.wire.digest import sha256_of
from neuron_studio.wire.errors import Blame, StudioError
from neuron_studio.wire.findings import Finding
from neuron_studio.wire.run_folder import is_bundle


def read_manifest(folder: Path) -> dict[str, Any]:
    """A bundle's manifest; raises StudioError for any other folder."""
    if not is_bundle(folder):
        raise StudioError(
            "not-a-bundle", f"{folder} is not a bundle of Neuron Studio.",
            "Name the folder that holds manifest.json; neuron-studio runs show last tells where one lies.", Blame.INPUT,
        )  # fmt: skip
    return dict(json.loads((folder / "manifest.json").read_text(encoding="utf-8")))


def check(folder: Path, environment: Environment) -> tuple[Finding, ...]:
    """What speaks for and against using this bundle here, in this environment; reads every file once."""
    manifest = read_manifest(folder)
    files = manifest.get("files")
    damaged, missing = _damage(folder, files if isinstance(files, dict) else {})
    machine = environment.machine
    about = bundle_findings(
        manifest, map_of(machine) or CoreMap(), machine.instance, machine.devices, environment.versions
    )
    return (*damage_findings(damaged, missing), *about)


def _damage(folder: Path, digests: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    damaged, missing = [], []
    for name, digest in sorted(digests.items()):
        # A manifest comes from outside: it names files of its own folder or nothing.
        path = folder / Path(name).name
        if not path.is_file() or path.name != name:
            missing.append(name)
        elif sha256_of(path) != digest:
            damaged.append(name)
    return damaged, missing
