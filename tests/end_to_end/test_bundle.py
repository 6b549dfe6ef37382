"""The bundle: whole, light, proven, and good for something where nothing of this program is at hand."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from neuron_studio.core.run_state import Phase, RunState
from neuron_studio.runs.store import RunStore
from neuron_studio.wire import stages
from tests.support.workers import (
    PAIRS,
    WORKER_PYTHON,
    a_spec,
    at_stage,
    begin,
    cleared_away,
    content,
    half_made,
    older_bundle,
)

FILES = {
    "compile.log", "config.json", "golden.json", "infer.py", "manifest.json", "model.emulated.pt", "report.csv",
    "report.html", "tokenizer.json", "tokenizer_config.json",
}  # fmt: skip


@pytest.fixture(scope="module")
def finished(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> RunState:
    """A run that has put its bundle in the place of an older one."""
    place = tmp_path_factory.mktemp("made here")
    output = older_bundle(place / "ein Bündel")
    run = begin(RunStore(place / "runs"), a_spec(tiny_model, output=str(output), force=True))
    with cleared_away(run):
        state = run.end()
    assert state.phase is Phase.FINISHED, state.failure
    return state


@pytest.fixture(scope="module")
def bundle(finished: RunState) -> Path:
    assert finished.bundle is not None
    return Path(finished.bundle.path)


@pytest.fixture
def moved(bundle: Path, tmp_path: Path) -> Path:
    """A copy elsewhere, as another machine would have it."""
    return Path(shutil.copytree(bundle, tmp_path / "moved"))


def infer(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the bundle's script by itself: nothing of the project is importable, and nothing in the environment helps."""
    command = [WORKER_PYTHON, "-I", str(folder / "infer.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", timeout=120)


def test_that_a_proven_bundle_is_whole_and_has_replaced_the_older_one(finished: RunState, bundle: Path) -> None:
    assert {path.name for path in bundle.iterdir()} >= FILES
    assert "model.pt" not in {path.name for path in bundle.iterdir()}, "the older one's file, and a device's name"
    assert half_made(bundle.parent) == []
    assert finished.bundle is not None
    assert finished.bundle.verified
    assert finished.bundle.bytes == (bundle / finished.bundle.model_file).stat().st_size


def test_that_the_manifest_holds_the_digest_of_every_file_and_what_made_them(finished: RunState, bundle: Path) -> None:
    manifest = json.loads((bundle / "manifest.json").read_text())
    found = content(bundle)
    del found["manifest.json"]
    assert manifest["files"] == found
    assert finished.bundle is not None
    assert manifest["files"][manifest["model_file"]] == finished.bundle.sha256
    assert manifest["kind"] == "neuron-studio-bundle"
    assert manifest["emulated"] is True
    assert manifest["verified"] is True
    assert manifest["spec"]["pairs"][0]["first"] == PAIRS[0].first
    assert manifest["comparison"]["decisions"] == "same"
    assert manifest["versions"]["torch"]


def test_that_golden_json_gives_back_the_exact_logits(finished: RunState, bundle: Path) -> None:
    golden = json.loads((bundle / "golden.json").read_text())
    assert golden["emulated"] is True
    assert [tuple(row) for row in golden["cpu"]] == [judged.outcome.cpu for judged in finished.judged]
    assert [tuple(row) for row in golden["neuron"]] == [judged.outcome.neuron for judged in finished.judged]
    assert all(len(row) == 32 for rows in golden["inputs"].values() for row in rows)


def test_that_infer_py_judges_two_sentences_by_itself(finished: RunState, moved: Path) -> None:
    done = infer(moved, PAIRS[0].first, PAIRS[0].second)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(finished.judged[0].neuron_label or "?")
    assert done.stdout.rstrip().endswith("EMULATED")


def test_that_the_golden_numbers_are_reproduced_elsewhere(moved: Path) -> None:
    done = infer(moved, "--golden")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("golden: 2 pairs")


@pytest.mark.parametrize("part", ["neuron", "inputs"])
def test_that_golden_numbers_that_were_tampered_with_are_found_out(part: str, moved: Path) -> None:
    golden = json.loads((moved / "golden.json").read_text())
    if part == "neuron":
        golden["neuron"][1][0] += 0.01
    else:
        golden["inputs"]["input_ids"][0][1] += 1
    (moved / "golden.json").write_text(json.dumps(golden))
    done = infer(moved, "--golden")
    assert done.returncode == 1
    assert done.stdout.startswith("golden:")


def test_that_a_model_that_was_tampered_with_is_found_out(finished: RunState, moved: Path) -> None:
    model = moved / "model.emulated.pt"
    weights = bytearray(model.read_bytes())
    middle = len(weights) // 2
    weights[middle : middle + 4096] = bytes(byte ^ 0x41 for byte in weights[middle : middle + 4096])
    model.write_bytes(weights)
    assert infer(moved, "--golden").returncode == 1
    assert finished.bundle is not None
    assert hashlib.sha256(bytes(weights)).hexdigest() != finished.bundle.sha256


class _References(HTMLParser):
    """Collects whatever a page would have to fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "link", "iframe", "img", "object", "embed", "base"):
            self.found.append(tag)
        self.found += [
            f"{name}={value}" for name, value in attrs if name in ("src", "href", "srcset", "data", "action")
        ]


def test_that_the_report_says_emulated_and_refers_to_nothing_outside(bundle: Path) -> None:
    page = (bundle / "report.html").read_text(encoding="utf-8")
    parser = _References()
    parser.feed(page)
    assert parser.found == []
    # The name of a drawing's own namespace is no address: nobody fetches it.
    drawn = page.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not re.search(r"https?://|url\(|@import", drawn)
    assert "EMULATED" in page
    assert "SAME DECISIONS" in page


# What could go wrong between save and verify.
TRUNCATED = """
from pathlib import Path
(model,) = Path({folder!r}).glob(".bundle.*.part/model.emulated.pt")
model.write_bytes(model.read_bytes()[:5000])
"""


def test_that_a_bundle_that_is_not_reproduced_does_not_replace_the_older_one(
    tiny_model: Path, store: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = older_bundle(tmp_path / "bundle")
    before = content(output)
    at_stage(monkeypatch, stages.VERIFY, TRUNCATED.format(folder=str(tmp_path)))
    run = begin(store, a_spec(tiny_model, output=str(output), force=True))
    with cleared_away(run):
        state = run.end()
    assert state.failure is not None
    assert (state.failure.code, state.failure.stage) == ("bundle-not-reproduced", stages.VERIFY)
    assert state.failure.remedy
    assert content(output) == before
    assert half_made(tmp_path) == []
