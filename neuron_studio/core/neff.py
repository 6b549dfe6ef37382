"""The header of a NEFF, the file that NeuronCores execute: what it needs, read with no driver and no device.

Layout as AWS documents it for working with NEFF files: 1024 bytes, little endian, the archive follows.
"""

from __future__ import annotations

import struct
from typing import Optional

from neuron_studio.wire.errors import StudioError
from neuron_studio.wire.events import NeffHeader

_LAYOUT = struct.Struct("<5Q128sI32s16s256sI64sQI468x")
HEADER_SIZE = _LAYOUT.size

# Runtimes refuse a higher major version outright.
NEWEST_MAJOR = 2


def read_neff_header(data: bytes) -> NeffHeader:
    """The header at the beginning of a NEFF; raises StudioError where there is none."""
    if len(data) < HEADER_SIZE:
        raise _not_a_neff(f"it has {len(data)} bytes, a header alone has {HEADER_SIZE}")
    (package, header_size, data_size, major, minor, build, _flag, digest, _uuid, name, cores, _per_node, features,
     logical) = _LAYOUT.unpack(data[:HEADER_SIZE])  # fmt: skip
    if package not in (1, 2) or header_size != HEADER_SIZE:
        raise _not_a_neff(f"package version {package}, header size {header_size}")
    return NeffHeader(
        package_version=package,
        data_size=data_size,
        version=f"{major}.{minor}",
        build_version=_text(build),
        # Package version 2 holds an MD5 in the first half, version 1 a SHA-256 in the whole field.
        hash=digest[: 16 if package == 2 else 32].hex(),
        name=_text(name),
        neuron_cores=cores,
        feature_bits=features,
        logical_core_size=logical,
    )


def misfit(header: NeffHeader, logical_core_size: Optional[int], cores: Optional[int]) -> str:
    """Why this machine cannot run it, in one sentence; empty where nothing speaks against it."""
    if int(header.version.split(".")[0]) > NEWEST_MAJOR:
        return f"The NEFF has format {header.version}; runtimes read up to {NEWEST_MAJOR}."
    if logical_core_size and header.logical_core_size and header.logical_core_size != logical_core_size:
        return (
            f"The NEFF was compiled for logical core size {header.logical_core_size}, the runtime is set to "
            f"{logical_core_size}."
        )
    if cores is not None and header.neuron_cores > cores:
        return f"The NEFF wants {header.neuron_cores} NeuronCores, {cores} are given."
    return ""


def _text(field: bytes) -> str:
    return field.split(b"\0", 1)[0].decode("utf-8", "replace")


def _not_a_neff(why: str) -> StudioError:
    return StudioError("not-a-neff", f"This is not a NEFF: {why}.", "Compile again; the file is damaged or foreign.")
