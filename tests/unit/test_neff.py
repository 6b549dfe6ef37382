"""A NEFF's header tells what it needs, with no driver and no device at hand."""

from __future__ import annotations

import struct

import pytest

from neuron_studio.core.neff import HEADER_SIZE, misfit, read_neff_header
from neuron_studio.wire.errors import StudioError


def header(package: int = 2, major: int = 2, cores: int = 1, features: int = 0, logical: int = 1) -> bytes:
    """A header field by field, at the documented offsets."""
    data = bytearray(1024)
    struct.pack_into("<5Q", data, 0, package, 1024, 77, major, 5)
    data[0x28 : 0x28 + 13] = b"2.0.21884.0%x"
    data[0xAC : 0xAC + 32] = bytes(range(32))
    data[0xDC : 0xDC + 4] = b"bert"
    struct.pack_into("<I", data, 0x1DC, cores)
    struct.pack_into("<Q", data, 0x220, features)
    struct.pack_into("<I", data, 0x228, logical)
    return bytes(data)


def test_that_every_field_is_read_from_its_documented_place() -> None:
    found = read_neff_header(header(cores=4, features=6, logical=2) + b"archive")
    assert HEADER_SIZE == 1024
    assert (found.package_version, found.data_size, found.version) == (2, 77, "2.5")
    assert (found.build_version, found.name) == ("2.0.21884.0%x", "bert")
    assert found.hash == bytes(range(16)).hex()
    assert (found.neuron_cores, found.feature_bits, found.logical_core_size) == (4, 6, 2)


def test_that_the_older_package_holds_a_longer_digest() -> None:
    assert read_neff_header(header(package=1)).hash == bytes(range(32)).hex()


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04" * 10, header()[:1023], header(package=7), bytes(1024)])
def test_that_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(StudioError) as caught:
        read_neff_header(data)
    assert caught.value.code == "not-a-neff"


@pytest.mark.parametrize(
    ("data", "logical", "cores", "said"),
    [
        (header(), 1, 1, ""),
        (header(logical=0), 2, None, ""),
        (header(logical=2), 1, None, "compiled for logical core size 2, the runtime is set to 1"),
        (header(cores=4), 1, 2, "wants 4 NeuronCores, 2 are given"),
        (header(major=3), None, None, "format 3.5; runtimes read up to 2"),
    ],
)
def test_that_a_misfit_is_named_before_anything_is_loaded(
    data: bytes, logical: int | None, cores: int | None, said: str
) -> None:
    found = misfit(read_neff_header(data), logical, cores)
    assert said in found
    assert bool(found) == bool(said)
