"""A NEFF: the documented header of 1024 bytes before a tar of the compiled graph."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import tarfile
from dataclasses import dataclass
from typing import Any

_LAYOUT = "<5Q128sI32s16s256sI64sQI468x"
SIZE = struct.calcsize(_LAYOUT)
_PACKAGE_VERSION = 2


@dataclass(frozen=True)
class Header:
    """What the header says."""

    data_size: int
    version: tuple[int, int]
    build: str
    cores: int
    digest: bytes
    uuid: bytes
    name: str
    feature_bits: int
    lnc: int


def pack(
    program: dict[str, Any], weights: list[tuple[str, bytes]], version: tuple[int, int], build: str, cores: int,
    lnc: int, compressed: bool,
) -> bytes:  # fmt: skip
    """The bytes of a NEFF; program is what a device would run, weights are raw tensors by name."""
    data = _tar([("sg00/def.json", json.dumps(program).encode("utf-8")), *weights], compressed)
    digest = hashlib.sha256(data).digest()
    per_node = bytes([cores]) + bytes(63)
    header = struct.pack(
        _LAYOUT, _PACKAGE_VERSION, SIZE, len(data), *version, build.encode("ascii"), cores, digest, digest[:16],
        b"file.neff", cores, per_node, 0, lnc,
    )  # fmt: skip
    return header + data


def header(neff: bytes) -> Header:
    """The header of a NEFF."""
    fields = struct.unpack(_LAYOUT, neff[:SIZE])
    return Header(
        data_size=fields[2], version=(fields[3], fields[4]), build=_text(fields[5]), cores=fields[10],
        digest=fields[7], uuid=fields[8], name=_text(fields[9]), feature_bits=fields[12], lnc=fields[13],
    )  # fmt: skip


def unpack(neff: bytes) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The program and the weights of a NEFF."""
    with tarfile.open(fileobj=io.BytesIO(neff[SIZE:])) as tar:
        files = {member.name: tar.extractfile(member).read() for member in tar.getmembers()}  # type: ignore[union-attr]
    return json.loads(files.pop("sg00/def.json").decode("utf-8")), files


def _tar(files: list[tuple[str, bytes]], compressed: bool) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz" if compressed else "w", **_level(compressed)) as tar:
        for name, content in files:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return stream.getvalue()


def _level(compressed: bool) -> dict[str, Any]:
    return {"compresslevel": 1} if compressed else {}


def _text(field: bytes) -> str:
    return field.rstrip(b"\0").decode("ascii", "replace")
