"""neuron-studio compare: a saved bundle judged again, and two held to each other, with real bundles."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from neuron_studio.core.run_state import Phase
from neuron_studio.runs.follower import read_state
from neuron_studio.runs.store import RunStore
from neuron_studio.ui.models.run_summary import read_summary
from neuron_studio.wire import stages
from tests.sdk.environment import INF1
from tests.support.compiling import Compilations, Compiled, run_pairs
from tests.support.sdk_runs import Bench, SdkRun
from tests.support.workers import PAIRS, WORKER_PYTHON, a_spec, at_stage, begin, cleared_away, content

ARGUMENTS = ("--backend", "emulator", "--target", "inf2", "--max-length", "32", "--python", WORKER_PYTHON)
MINE = tuple(word for pair in PAIRS for word in ("--pair", pair.first, pair.second))

# What a wrong runtime does: decisions stand, and yet the numbers are not those that were proven.
DISTURB = """
import sys, torch
module = torch.jit.load(sys.argv[1])
with torch.no_grad():
    dict(module.named_parameters())["model.classifier.bias"].add_(0.001)
torch.jit.save(module, sys.argv[1])
"""


@pytest.fixture(scope="module")
def emulated(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    """Bundles of the same model, one in each of two precisions."""
    place = tmp_path_factory.mktemp("emulated")
    asked = (str(tiny_model), *MINE, *ARGUMENTS)
    compilations = Compilations(place, {"none": asked, "all": (*asked, "--auto-cast", "all")})
    yield {name: Path(compilations.result(name).report["artifact"]["path"]) for name in ("none", "all")}
    compilations.abandon()


@pytest.fixture
def bundle(emulated: dict[str, Path], tmp_path: Path) -> Path:
    """A copy that a test may spoil, as another machine would have it."""
    return Path(shutil.copytree(emulated["none"], tmp_path / "bundle"))


def compare(place: Path, *arguments: object) -> Compiled:
    return run_pairs(place, "compare", *map(str, arguments), "--python", WORKER_PYTHON)


def sealed(bundle: Path, **changes: Any) -> Path:
    """The bundle with digests of what its files are now: whoever spoiled it covered the tracks."""
    manifest = json.loads((bundle / "manifest.json").read_text())
    for name in manifest["files"]:
        manifest["files"][name] = hashlib.sha256((bundle / name).read_bytes()).hexdigest()
    (bundle / "manifest.json").write_text(json.dumps({**manifest, **changes}))
    return bundle


def test_that_a_bundle_passes_again_reproduces_its_golden_values_and_stays_as_it_was(
    bundle: Path, tmp_path: Path
) -> None:
    before = content(bundle)
    done = compare(tmp_path, bundle)
    assert done.exit_code == 0, done.said
    assert done.report["comparison"]["decisions"] == "same"
    assert done.report["emulated"] is True
    assert done.report["judged_bundle"] == str(bundle)
    assert done.report["golden"] == {"pairs": 2, "largest": 0.0, "allowed": 1e-4, "other_tokens": 0}
    assert done.report["artifact"] is None
    assert [stage["name"] for stage in done.report["stages"]] == list(stages.STAGES_OF_SAVED)
    assert [pair["first"] for pair in done.pairs] == [pair.first for pair in PAIRS]
    assert content(bundle) == before
    (folder,) = RunStore(tmp_path / "data" / "runs").folders()
    row = read_summary(folder)
    assert (row.model, row.decisions, row.emulated) == ("compare bert", "✓ same", True)
    state = read_state(folder)
    assert (state.phase, state.bundle) == (Phase.FINISHED, None)


def gone(bundle: Path) -> Path:
    """The bundle, whose model lies no more where it was."""
    spec = json.loads((bundle / "manifest.json").read_text())["spec"]
    spec["model"]["id"] = "/gone/away"
    return sealed(bundle, spec=spec)


def test_that_a_model_that_is_gone_is_named_with_the_way_to_name_another(bundle: Path, tmp_path: Path) -> None:
    done = compare(tmp_path, gone(bundle))
    assert done.exit_code == 2
    assert "/gone/away" in done.said
    assert "--model" in done.report["error"]["remedy"]


def test_that_other_pairs_are_judged_beside_a_model_that_moved(bundle: Path, tiny_model: Path, tmp_path: Path) -> None:
    file = tmp_path / "pairs.csv"
    file.write_text("one,two,answer\na dog runs,a cat sleeps,LABEL_1\noil fell,the price of oil rose,LABEL_0\n,,\n")
    columns = ("--first-column", "one", "--second-column", "two", "--label-column", "answer", "--skip-broken-rows")
    done = compare(tmp_path, gone(bundle), "--model", tiny_model, "--pairs", file, *columns)
    assert done.exit_code == 0, done.said
    assert [pair["expected"] for pair in done.pairs] == ["LABEL_1", "LABEL_0"]
    assert done.report["comparison"]["accuracy"]["labelled"] == 2
    assert done.report["golden"]["pairs"] == 2, "its own values are held to as well"


def test_that_a_mutant_with_a_digest_that_fits_is_caught_by_the_golden_values(bundle: Path, tmp_path: Path) -> None:
    subprocess.run([WORKER_PYTHON, "-c", DISTURB, str(bundle / "model.emulated.pt")], check=True)
    done = compare(tmp_path, sealed(bundle))
    assert done.exit_code == 5, done.said
    assert done.report["comparison"]["decisions"] == "defective"
    assert "does not reproduce its golden values" in done.report["comparison"]["reason"]
    assert done.report["golden"]["largest"] == pytest.approx(0.001, rel=0.01)
    assert all(pair["agrees"] for pair in done.pairs)


def test_that_a_tampered_module_is_refused_by_its_name_before_a_run_begins(bundle: Path, tmp_path: Path) -> None:
    with open(bundle / "model.emulated.pt", "ab") as file:
        file.write(b"\0")
    done = compare(tmp_path, bundle)
    assert done.exit_code == 2
    assert done.report["error"]["code"] == "bundle-damaged"
    assert "model.emulated.pt is not what the manifest says" in done.said
    assert not (tmp_path / "data").exists()


def test_that_the_worker_itself_loads_nothing_of_a_bundle_that_changed_meanwhile(
    bundle: Path, store: RunStore, tiny_model: Path
) -> None:
    (bundle / "tokenizer.json").write_text("{}")
    run = begin(store, a_spec(tiny_model, bundle=str(bundle)))
    with cleared_away(run):
        state = run.end()
    assert state.failure is not None
    assert (state.failure.code, state.failure.stage) == ("bundle-damaged", stages.LOAD)
    assert "tokenizer.json" in state.failure.message


def test_that_a_run_of_a_bundle_is_stopped_like_any_other(
    bundle: Path, store: RunStore, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_stage(monkeypatch, stages.OPEN)
    run = begin(store, a_spec(tiny_model, bundle=str(bundle)))
    with cleared_away(run):
        run.reach(stages.OPEN)
        run.process.terminate()
        state = run.end()
    assert (state.phase, state.stage_name) == (Phase.STOPPED, stages.OPEN)


def test_that_another_model_in_the_same_folder_is_not_taken_for_the_one_that_was_compiled(
    bundle: Path, tiny_model: Path, tmp_path: Path
) -> None:
    other = Path(shutil.copytree(tiny_model, tmp_path / "other"))
    code = (
        "import sys; from safetensors.torch import load_file, save_file; f = sys.argv[1]; w = load_file(f); "
        "w['classifier.weight'] = -w['classifier.weight']; save_file(w, f, metadata={'format': 'pt'})"
    )
    subprocess.run([WORKER_PYTHON, "-c", code, str(other / "model.safetensors")], check=True)
    done = compare(tmp_path, bundle, "--model", other)
    assert done.exit_code == 2
    assert done.report["error"]["code"] == "another-model"
    assert "golden pairs" in done.said


def test_that_two_precisions_are_held_to_each_other_by_record_and_by_run(
    emulated: dict[str, Path], tmp_path: Path
) -> None:
    recorded = compare(tmp_path, emulated["none"], "--against", emulated["all"])
    assert recorded.exit_code == 0, recorded.said
    assert recorded.report["emulated"] == [str(emulated["none"]), str(emulated["all"])]
    assert recorded.report["comparison"]["yardstick"] is None, "golden values hold no bfloat16"
    (difference,) = recorded.report["differences"]
    assert (difference["what"], difference["other"]) == ("precision", "everything in bf16")
    done = compare(tmp_path, emulated["none"], "--against", emulated["all"], *MINE)
    assert done.exit_code == 0, done.said
    assert [pair["base"] for pair in done.pairs] == [pair["base"] for pair in recorded.pairs]
    assert 0.1 < done.report["comparison"]["yardstick"] < 10
    runs = [folder.name for folder in RunStore(tmp_path / "data" / "runs").folders()]
    again = compare(tmp_path, runs[1], "--against", runs[0])
    assert again.report["comparison"] == done.report["comparison"]
    unknown = compare(tmp_path, runs[1], "--against", "no-such-run")
    assert (unknown.exit_code, unknown.report["error"]["code"]) == (2, "no-such-run")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("inf1"), INF1)


@pytest.fixture(scope="module")
def proven(bench: Bench, tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle that was proven on a pretend inf1.xlarge."""
    place = tmp_path_factory.mktemp("proven")
    run = bench.compile(place, tiny_model, machine=bench.machine(place / "machine"))
    return Path(run.report["artifact"]["path"])


def test_that_a_bundle_of_a_device_is_proven_again_where_there_is_one(
    bench: Bench, proven: Path, tmp_path: Path
) -> None:
    run: SdkRun = bench.compare(tmp_path, proven, machine=bench.machine(tmp_path / "machine"))
    assert run.compiled.exit_code == 0, run.compiled.said
    assert run.decisions == "same"
    assert run.report["emulated"] is False
    assert run.report["device_proof"]["lacking"] == []
    assert run.report["golden"]["largest"] <= run.report["golden"]["allowed"]
    assert run.calls == (), "nothing is compiled"


def test_that_a_bundle_is_not_run_where_there_is_no_device(bench: Bench, proven: Path, tmp_path: Path) -> None:
    run = bench.compare(tmp_path, proven)
    assert (run.compiled.exit_code, run.decisions) == (3, "not_run")
    assert run.report["golden"] is None
    assert "the bundle is not run" in run.compiled.said


def test_that_a_bundle_is_refused_where_its_packages_are_not_or_its_chips(
    bench: Bench, proven: Path, tmp_path: Path
) -> None:
    missing = compare(tmp_path / "missing", proven)
    assert (missing.exit_code, missing.report["error"]["code"]) == (3, "package-missing")
    run = bench.compare(tmp_path, proven, machine=bench.machine(tmp_path / "machine", "inf2.xlarge"))
    assert run.compiled.exit_code == 3
    assert run.error["code"] == "another-generation"
