"""neuron-studio check opens a bundle without loading it, and says what became of it and what it needs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sdk.environment import INF1
from tests.support.sdk_runs import Bench
from tests.support.workers import ROOT


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("inf1"), INF1)


@pytest.fixture(scope="module")
def bundle(bench: Bench, tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle that was proven on a pretend inf1.xlarge."""
    place = tmp_path_factory.mktemp("run")
    run = bench.compile(place, tiny_model, machine=bench.machine(place / "machine"))
    return Path(run.report["artifact"]["path"])


def checked(bundle: Path, bench: Bench, machine: Path | None, monkeypatch: pytest.MonkeyPatch) -> tuple[int, set[str]]:
    """The exit code and the codes of what was found."""
    if machine is not None:
        monkeypatch.setenv("NEURON_STAND_IN_HARDWARE", str(machine))
    command = [sys.executable, "-m", "neuron_studio", "check", str(bundle), "--python", str(bench.environment.python)]
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, check=False, cwd=ROOT)
    return done.returncode, {finding["code"] for finding in json.loads(done.stdout)["findings"]}


def test_that_a_bundle_fits_where_it_was_made(
    bundle: Path, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, found = checked(bundle, bench, bench.machine(tmp_path), monkeypatch)
    assert (code, found) == (0, {"files-whole", "neff-fits"})


def test_that_another_generation_and_no_device_are_told_apart(
    bundle: Path, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, found = checked(bundle, bench, None, monkeypatch)
    assert code == 3
    assert "no-device" in found
    code, found = checked(bundle, bench, bench.machine(tmp_path, "inf2.xlarge"), monkeypatch)
    assert code == 3
    assert "another-generation" in found


def test_that_one_changed_byte_and_a_missing_file_are_found(
    bundle: Path, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copy"
    subprocess.run(["cp", "-r", str(bundle), str(copy)], check=True)
    model = copy / "model.pt"
    content = bytearray(model.read_bytes())
    content[len(content) // 2] ^= 1
    model.write_bytes(content)
    (copy / "golden.json").unlink()
    code, found = checked(copy, bench, bench.machine(tmp_path / "machine"), monkeypatch)
    assert code == 3
    assert {"file-changed", "file-missing"} <= found


def test_that_a_manifest_cannot_lead_out_of_its_folder(
    bundle: Path, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    manifest = json.loads((bundle / "manifest.json").read_text())
    (copy / "manifest.json").write_text(json.dumps({**manifest, "files": {"../../secret": "00"}}))
    (tmp_path.parent / "secret").write_text("nobody reads this")
    _code, found = checked(copy, bench, bench.machine(tmp_path / "machine"), monkeypatch)
    assert "file-missing" in found
    assert "file-changed" not in found


def test_that_any_other_folder_is_refused_as_input(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "neuron_studio", "check", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 2
    assert "not a bundle" in done.stderr
