"""Open a bundle without loading it: its manifest, its files' digests, and whether it can be used here."""

from __future__ import annotations

from pathlib import Path

from neuron_studio.core.bundle_card import bundle_findings, damage_findings
from neuron_studio.core.environment import Environment
from neuron_studio.core.neuron_devices import CoreMap, map_of
from neuron_studio.wire.findings import Finding
from neuron_studio.wire.saved_bundle import damage, read_manifest


def check(folder: Path, environment: Environment) -> tuple[Finding, ...]:
    """What speaks for and against using this bundle here, in this environment; reads every file once."""
    manifest = read_manifest(folder)
    files = manifest.get("files")
    damaged, missing = damage(folder, files if isinstance(files, dict) else {})
    machine = environment.machine
    about = bundle_findings(
        manifest, map_of(machine) or CoreMap(), machine.instance, machine.devices, environment.versions
    )
    return (*damage_findings(damaged, missing), *about)
