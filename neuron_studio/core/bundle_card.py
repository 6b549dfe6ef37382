"""What a bundle needs against what a machine has, before anything of it is loaded."""

from __future__ import annotations

from typing import Any, Iterator, Mapping, Optional, Sequence, Tuple

from neuron_studio.core.neff import misfit
from neuron_studio.core.neuron_devices import CoreMap
from neuron_studio.wire.codec import decode
from neuron_studio.wire.errors import ProtocolError
from neuron_studio.wire.events import NeffHeader
from neuron_studio.wire.findings import Finding, Level

# Modules do not move between generations; within one they do.
_GENERATIONS = ({"inf1"}, {"inf2", "trn1", "trn1n"}, {"trn2", "trn2u"})


def bundle_findings(
    manifest: Mapping[str, Any], cores: CoreMap, instance: Optional[str], devices: int, versions: Mapping[str, str]
) -> Tuple[Finding, ...]:
    """Whether this bundle can be used here; versions are those of the interpreter that would load it."""
    target = _map(_map(manifest, "spec"), "target")
    family, backend = str(target.get("family", "")), str(target.get("backend", ""))
    found = [*_proof(manifest), *_packages(manifest, "" if manifest.get("emulated") else backend, versions)]
    if not manifest.get("emulated"):
        found.extend(_device(family, instance, devices))
        if devices:
            found.extend(_neffs(_map(_map(manifest, "compiler"), "neffs"), cores))
    return tuple(found)


def damage_findings(damaged: Sequence[str], missing: Sequence[str]) -> Tuple[Finding, ...]:
    """What became of the files since the bundle was made; one good finding where they are as they were."""
    again = "Copy the bundle again, or compile it again."
    changed = [Finding(Level.PROBLEM, "file-changed", "It is not what the manifest says.", again, subject=name)
               for name in damaged]  # fmt: skip
    gone = [Finding(Level.PROBLEM, "file-missing", "It is not there.", again, subject=name) for name in missing]
    return (*changed, *gone) or (Finding(Level.GOOD, "files-whole", "Every file is as it was when it was made."),)


def _proof(manifest: Mapping[str, Any]) -> Iterator[Finding]:
    if manifest.get("emulated"):
        yield Finding(Level.NOTE, "emulated", "EMULATED: a rehearsal, which loads on any CPU and on no Neuron device.")
    elif not manifest.get("verified"):
        yield Finding(
            Level.WARNING, "not-verified", "It was compiled where no device could run it, and nothing is proven.",
            "Run its infer.py --golden on a Neuron instance, or compile again there.",
        )  # fmt: skip


def _device(family: str, instance: Optional[str], devices: int) -> Iterator[Finding]:
    here = (instance or "").split(".")[0]
    if not devices:
        yield Finding(
            Level.PROBLEM, "no-device", f"It needs an {family.capitalize()} instance; there is no Neuron device here.",
            "Copy the folder to such an instance.",
        )  # fmt: skip
    elif here and not any(family in generation and here in generation for generation in _GENERATIONS):
        yield Finding(
            Level.PROBLEM, "another-generation", f"It was compiled for {family.capitalize()}, this is an {instance}.",
            "Compile again for this instance; modules do not move between generations of chips.",
        )  # fmt: skip


def _neffs(neffs: Mapping[str, Any], cores: CoreMap) -> Iterator[Finding]:
    sizes = {device.logical_core_size for device in cores.devices}
    size = sizes.pop() if len(sizes) == 1 else None
    for name, plain in neffs.items():
        try:
            header: NeffHeader = decode(NeffHeader, plain)
        except ProtocolError as error:
            yield Finding(
                Level.WARNING, "neff-unreadable", f"Its header is not readable: {error.message}", subject=name
            )
            continue
        said = misfit(header, size, len(cores.cores) or None)
        if said:
            remedy = "Compile again here, or set NEURON_LOGICAL_NC_CONFIG to what it was compiled for."
            yield Finding(Level.PROBLEM, "neff-misfit", said, remedy, subject=name)
        else:
            made = f"NEFF {header.version} by compiler build {header.build_version}"
            yield Finding(Level.GOOD, "neff-fits", f"{made}, {header.neuron_cores} NeuronCore(s).", subject=name)


def _packages(manifest: Mapping[str, Any], backend: str, versions: Mapping[str, str]) -> Iterator[Finding]:
    made_with = _map(manifest, "versions")
    for name in filter(None, ("torch", "transformers", backend)):
        wanted, here = str(made_with.get(name, "")), versions.get(name)
        if here is None:
            remedy = "Choose the environment that made it, or install the package there."
            said = f"{name} is not in this environment; the bundle was made with {wanted or 'it'}."
            yield Finding(Level.PROBLEM, "package-missing", said, remedy)
        elif wanted and _release(wanted) != _release(here):
            yield Finding(
                Level.WARNING, "other-release", f"It was made with {wanted}, here is {here}.",
                "Prove it here with its infer.py --golden before relying on it.", subject=name,
            )  # fmt: skip


def _release(version: str) -> str:
    """The part of a version that files are compatible within: its first two numbers."""
    return ".".join(version.split("+")[0].split(".")[:2])


def _map(entry: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = entry.get(name)
    return found if isinstance(found, Mapping) else {}
