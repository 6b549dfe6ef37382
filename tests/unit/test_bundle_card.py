"""A bundle says before it is loaded whether it fits this machine."""

from __future__ import annotations

from typing import Any

import pytest

from neuron_studio.core.bundle_card import bundle_findings, damage_findings
from neuron_studio.core.neuron_devices import CoreMap, NeuronDevice

HERE = {"torch": "2.9.0", "transformers": "4.57.1", "torch-neuronx": "2.9.0.2.15"}
NEFF = {
    "package_version": 2, "data_size": 1, "version": "2.0", "build_version": "2.26", "hash": "", "name": "bert",
    "neuron_cores": 1, "feature_bits": 0, "logical_core_size": 1,
}  # fmt: skip
INF2 = CoreMap((NeuronDevice(0, (0, 1), 32 << 30),), "inf2.xlarge")
TRN2 = CoreMap((NeuronDevice(0, (0, 1, 2, 3), 96 << 30, logical_core_size=2),), "trn2.48xlarge")


def manifest(family: str = "inf2", **changes: Any) -> dict[str, Any]:
    backend = "torch-neuron" if family == "inf1" else "torch-neuronx"
    return {
        "emulated": False, "verified": True, "versions": HERE,
        "spec": {"target": {"family": family, "backend": backend}},
        "compiler": {"neffs": {"graph.neff": NEFF}}, **changes,
    }  # fmt: skip


def codes(plain: dict[str, Any], cores: CoreMap = INF2, versions: dict[str, str] = HERE) -> list[str]:
    found = bundle_findings(plain, cores, cores.instance, len(cores.devices), versions)
    return [finding.code for finding in found]


def test_that_a_bundle_that_fits_has_nothing_against_it() -> None:
    assert codes(manifest()) == ["neff-fits"]
    assert codes(manifest("trn1")) == ["neff-fits"], "Trn1 and Inf2 are one generation"


@pytest.mark.parametrize("family", ["inf1", "trn2"])
def test_that_modules_do_not_move_between_generations(family: str) -> None:
    assert "another-generation" in codes(manifest(family))


def test_that_without_a_device_nothing_but_an_emulation_can_be_loaded() -> None:
    assert codes(manifest(), CoreMap()) == ["no-device"]
    assert codes(manifest(emulated=True), CoreMap()) == ["emulated"]


def test_that_logical_cores_and_core_counts_are_held_against_the_neff() -> None:
    assert "neff-misfit" in codes(manifest("trn2"), TRN2)
    wide = {"neffs": {"graph.neff": {**NEFF, "neuron_cores": 16}}}
    assert "neff-misfit" in codes(manifest(compiler=wide))
    assert "neff-unreadable" in codes(manifest(compiler={"neffs": {"graph.neff": {"version": 2}}}))


def test_that_missing_and_other_releases_of_packages_are_named() -> None:
    assert codes(manifest(), versions={**HERE, "torch": "2.8.0"}) == ["other-release", "neff-fits"]
    assert codes(manifest(), versions={"torch": "2.9.1", "transformers": "4.57.6"}) == ["package-missing", "neff-fits"]


def test_that_what_was_never_run_says_so() -> None:
    assert "not-verified" in codes(manifest(verified=False))


def test_that_files_that_changed_or_vanished_are_problems() -> None:
    assert [finding.code for finding in damage_findings([], [])] == ["files-whole"]
    found = damage_findings(["model.pt"], ["config.json"])
    assert [(finding.code, finding.subject) for finding in found] == [
        ("file-changed", "model.pt"), ("file-missing", "config.json"),
    ]  # fmt: skip


@pytest.mark.parametrize("plain", [{}, {"spec": None, "compiler": 3, "versions": []}])
def test_that_a_manifest_of_another_make_raises_nothing(plain: dict[str, Any]) -> None:
    assert "package-missing" in codes(plain, versions={})
