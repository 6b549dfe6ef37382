"""The proof: a bundle takes its place only when it is proven, and only a place that is free or may be replaced."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from neuron_studio.core.run_state import RunState, fold_all
from neuron_studio.wire import events
from neuron_studio.wire.errors import StudioError
from neuron_studio.wire.journal import Journal, JournalReader
from neuron_studio.wire.run_folder import BUNDLE_KIND, RunFolder
from neuron_studio.worker import proof
from tests.support.scripted_run import a_spec
from tests.support.workers import content, half_made, older_bundle


class Prover:
    """A run whose bundle lies aside, up to its proof."""

    def __init__(self, root: Path, on_device: bool = True, force: bool = False, output: Path | None = None) -> None:
        self.place = output or root / "bundle"
        self.folder = RunFolder(root / "runs" / "20261122-205501-mrpc")
        self.folder.path.mkdir(parents=True)
        self.folder.log_file.write_text("said on the way\n")
        self.spec = replace(a_spec(output=str(self.place)), force=force)
        self.journal = Journal(self.folder.events_file)
        self.journal.append(events.EnvironmentDescribed({}, True, on_device))
        self.aside = self.folder.bundle_aside(self.spec)
        self.aside.mkdir()
        (self.aside / "model.emulated.pt").write_bytes(b"a new model")
        self.asked = 0

    def prove(self, status: int = 0) -> events.BundleSaved:
        """Prove the bundle, with a verifier that ends like this; the record of the bundle."""
        proof.prove(self.folder, self.state, self.journal, lambda: self._verify(status))
        assert self.state.bundle is not None
        return self.state.bundle

    @property
    def state(self) -> RunState:
        return fold_all(RunState(self.spec), JournalReader(self.folder.events_file).read())

    def _verify(self, status: int) -> int:
        self.asked += 1
        return status


@pytest.fixture(autouse=True)
def _sigterm_as_before() -> Iterator[None]:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    yield
    signal.pthread_sigmask(signal.SIG_SETMASK, before)


def model_in(place: Path) -> bytes:
    (model,) = place.glob("model*.pt")
    return model.read_bytes()


def test_that_a_proven_bundle_takes_its_place_complete(tmp_path: Path) -> None:
    prover = Prover(tmp_path)
    saved = prover.prove()
    assert saved == events.BundleSaved(str(prover.place), "model.emulated.pt", saved.sha256, 11, True)
    assert {path.name for path in prover.place.iterdir()} == {
        "model.emulated.pt", "compile.log", "report.html", "report.csv", "manifest.json",
    }  # fmt: skip
    assert (prover.place / "compile.log").read_text() == "said on the way\n"
    assert not prover.aside.exists()


@pytest.mark.parametrize(
    ("status", "code"), [(1, "bundle-not-reproduced"), (-9, "killed"), (-11, "crashed"), (2, "died")]
)
def test_that_an_unproven_bundle_never_takes_its_place(status: int, code: str, tmp_path: Path) -> None:
    older = content(older_bundle(tmp_path / "bundle"))
    with pytest.raises(StudioError) as caught:
        Prover(tmp_path, force=True).prove(status)
    assert caught.value.code == code
    assert content(tmp_path / "bundle") == older


def test_that_a_proven_bundle_replaces_an_older_one_where_that_is_wanted(tmp_path: Path) -> None:
    older_bundle(tmp_path / "bundle")
    saved = Prover(tmp_path, force=True).prove()
    assert saved.path == str(tmp_path / "bundle")
    assert model_in(tmp_path / "bundle") == b"a new model"
    assert half_made(tmp_path) == []


def test_that_an_older_bundle_is_replaced_where_the_kernel_cannot_swap_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof.ctypes, "CDLL", lambda *_, **__: object())
    older_bundle(tmp_path / "bundle")
    Prover(tmp_path, force=True).prove()
    assert model_in(tmp_path / "bundle") == b"a new model"
    assert half_made(tmp_path) == []


@pytest.mark.parametrize(
    ("force", "on_device", "kind"), [(False, True, BUNDLE_KIND), (True, False, BUNDLE_KIND), (True, True, "a diary")]
)
def test_that_what_may_not_be_replaced_stays_and_the_new_bundle_lies_beside_it(
    force: bool, on_device: bool, kind: str, tmp_path: Path
) -> None:
    older_bundle(tmp_path / "bundle")
    (tmp_path / "bundle" / "manifest.json").write_text(json.dumps({"kind": kind}))
    before = content(tmp_path / "bundle")
    prover = Prover(tmp_path, on_device, force)
    saved = prover.prove()
    assert content(tmp_path / "bundle") == before
    assert saved.path == str(tmp_path / "bundle.20261122-205501-mrpc")
    assert model_in(Path(saved.path)) == b"a new model"
    assert [note.code for note in prover.state.notes] == ["output-taken"]
    assert saved.path in prover.state.notes[0].remedy


def test_that_a_file_in_the_way_stays_too(tmp_path: Path) -> None:
    (tmp_path / "bundle").write_text("not a folder")
    saved = Prover(tmp_path, force=True).prove()
    assert (tmp_path / "bundle").read_text() == "not a folder"
    assert model_in(Path(saved.path)) == b"a new model"


def test_that_a_link_keeps_pointing_to_where_the_bundle_is_replaced(tmp_path: Path) -> None:
    older_bundle(tmp_path / "versions" / "one")
    (tmp_path / "current").symlink_to(tmp_path / "versions" / "one")
    saved = Prover(tmp_path, force=True, output=tmp_path / "current").prove()
    assert (tmp_path / "current").is_symlink()
    assert model_in(tmp_path / "current") == b"a new model"
    assert saved.path == str(tmp_path / "versions" / "one")
    assert half_made(tmp_path, tmp_path / "versions") == []


def test_that_where_nothing_ran_nobody_is_asked_to_verify_and_the_bundle_says_so(tmp_path: Path) -> None:
    prover = Prover(tmp_path, on_device=False)
    assert prover.prove().verified is False
    assert prover.asked == 0
    assert json.loads((prover.place / "manifest.json").read_text())["verified"] is False
