"""A bundle from outside is read without trust: whatever is wrong with it is told before anything of it is used."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from neuron_studio.core.golden import TOLERANCE, golden_defects, largest_difference
from neuron_studio.core.saved_spec import golden_pairs, labels_in, spec_in, spec_to_judge
from neuron_studio.wire.codec import encode
from neuron_studio.wire.errors import StudioError
from neuron_studio.wire.events import GoldenCompared
from neuron_studio.wire.run_folder import BUNDLE_KIND
from neuron_studio.wire.saved_bundle import read_golden, read_manifest, require_schema, require_whole
from neuron_studio.wire.spec import Goal, ModelChoice
from tests.support.scripted_run import a_spec

GOLDEN: dict[str, Any] = {
    "schema": 1, "emulated": True, "pairs": [["a", "b"]], "inputs": {"input_ids": [[1, 2]]},
    "cpu": [[0.5, "NaN"]], "neuron": [[0.5, 0.25]],
}  # fmt: skip


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A bundle as far as its description goes."""
    (tmp_path / "model.pt").write_bytes(b"a module")
    (tmp_path / "golden.json").write_text(json.dumps(GOLDEN))
    files = {name: hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() for name in ("model.pt", "golden.json")}
    manifest = {
        "schema": 1, "kind": BUNDLE_KIND, "spec": encode(a_spec()), "model": {"labels": ["no", "yes"]},
        "versions": {"torch": "2.9.0"}, "model_file": "model.pt", "files": files,
    }  # fmt: skip
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    return tmp_path


def changed(bundle: Path, change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """The bundle's manifest after a change."""
    manifest = json.loads((bundle / "manifest.json").read_text())
    change(manifest)
    return dict(manifest)


def refusal(read: Callable[[], object]) -> StudioError:
    with pytest.raises(StudioError) as refused:
        read()
    return refused.value


@pytest.mark.parametrize("text", ["", "{", "[]", '"a"', '{"kind": "another"}', "[" * 100_000, "\x00"])
def test_that_a_folder_without_a_manifest_of_ours_is_no_bundle(text: str, bundle: Path) -> None:
    (bundle / "manifest.json").write_text(text)
    assert refusal(lambda: read_manifest(bundle)).code == "not-a-bundle"


@pytest.mark.parametrize("schema", [2, "1", None, 99])
def test_that_a_bundle_of_another_version_is_refused(schema: object, bundle: Path) -> None:
    error = refusal(lambda: require_schema(bundle, changed(bundle, lambda plain: plain.update(schema=schema))))
    assert error.code == "bundle-of-another-version"
    assert repr(schema) in error.message


def test_that_a_whole_bundle_is_whole(bundle: Path) -> None:
    manifest = read_manifest(bundle)
    require_schema(bundle, manifest)
    require_whole(bundle, manifest)
    assert math.isnan(read_golden(bundle).cpu[0][1])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda plain: plain["files"].update({"model.pt": "00"}), "model.pt is not what the manifest says"),
        (lambda plain: plain["files"].update({"gone.bin": "00"}), "gone.bin is not there"),
        (lambda plain: plain["files"].update({"../outside": "00"}), "../outside is not there"),
        (lambda plain: plain["files"].pop("model.pt"), "no digest of model.pt"),
        (lambda plain: plain["files"].pop("golden.json"), "no digest of golden.json"),
        (lambda plain: plain.update(model_file="/etc/passwd"), "no digest of /etc/passwd"),
        (lambda plain: plain.update(model_file="../outside"), "no digest of ../outside"),
        (lambda plain: plain.pop("model_file"), "no digest of a model file"),
        (lambda plain: plain.pop("files"), "no digest of model.pt"),
        (lambda plain: plain.update(files=["model.pt"]), "no digest of model.pt"),
    ],
)
def test_that_nothing_is_loaded_without_its_own_digest(
    change: Callable[[dict[str, Any]], object], said: str, bundle: Path
) -> None:
    (bundle.parent / "outside").write_bytes(b"not of the bundle")
    manifest = changed(bundle, change)
    assert said in refusal(lambda: require_whole(bundle, manifest)).message


@pytest.mark.parametrize(
    "change",
    [
        lambda plain: plain.pop("spec"),
        lambda plain: plain["spec"].pop("model"),
        lambda plain: plain["spec"].update(unknown=1),
        lambda plain: plain["spec"]["target"].update(backend="shell"),
        lambda plain: plain["spec"]["target"].update(family="gpu"),
        lambda plain: plain["spec"]["target"].update(neuron_cores=0),
        lambda plain: plain["spec"]["options"].update(sequence_length=-1),
        lambda plain: plain["spec"]["options"].update(sequence_length=10**12),
        lambda plain: plain["spec"]["options"].update(batch_size=10**12),
        lambda plain: plain["spec"]["options"].update(truncation="never"),
    ],
)
def test_that_a_spec_no_run_can_have_is_refused(change: Callable[[dict[str, Any]], object], bundle: Path) -> None:
    assert refusal(lambda: spec_in(bundle, changed(bundle, change))).code == "bundle-unreadable"


@pytest.mark.parametrize("model", [None, {}, {"labels": []}, {"labels": "no"}, {"labels": [1, 2]}])
def test_that_a_bundle_without_labels_is_refused(model: object, bundle: Path) -> None:
    manifest = changed(bundle, lambda plain: plain.update(model=model))
    assert "names no labels" in refusal(lambda: labels_in(bundle, manifest)).message


@pytest.mark.parametrize(
    "change",
    [
        {"pairs": []}, {"pairs": [["a"]]}, {"pairs": [["a", "b"], ["c", "d"]]}, {"cpu": []}, {"neuron": [["x"]]},
        {"inputs": {"input_ids": []}}, {"inputs": None}, {"more": 1},
    ],
)  # fmt: skip
def test_that_golden_values_that_are_none_are_refused(change: dict[str, Any], bundle: Path) -> None:
    (bundle / "golden.json").write_text(json.dumps({**GOLDEN, **change}))
    assert refusal(lambda: read_golden(bundle)).code == "bundle-unreadable"


def test_that_golden_values_of_other_pairs_than_the_manifest_s_are_refused(bundle: Path) -> None:
    spec = spec_in(bundle, read_manifest(bundle))
    assert "other pairs" in refusal(lambda: golden_pairs(bundle, spec, read_golden(bundle))).message


def test_that_a_bundle_made_before_goals_and_layers_has_the_spec_it_was_made_from(bundle: Path) -> None:
    def of_old(plain: dict[str, Any]) -> None:
        for name in ("goals", "deep", "bundle"):
            del plain["spec"][name]

    assert spec_in(bundle, changed(bundle, of_old)) == spec_in(bundle, read_manifest(bundle))


def test_that_a_manifest_allows_nothing_chooses_no_interpreter_and_writes_nowhere(bundle: Path) -> None:
    allowed = ModelChoice("org/judge", None, allow_pickle=True)
    made = replace(a_spec(), model=allowed, output="/somewhere", force=True, python="/evil/python", deep=True)
    spec = spec_to_judge(bundle, made, "/usr/bin/python", made.pairs, ModelChoice(""))
    assert spec.model == ModelChoice("org/judge")
    assert (spec.output, spec.force, spec.python, spec.deep) == (None, False, "/usr/bin/python", False)
    assert spec.bundle == str(bundle)
    needs_code = replace(made, model=ModelChoice("org/judge", trust_remote_code=True))
    error = refusal(lambda: spec_to_judge(bundle, needs_code, "python", made.pairs, ModelChoice("")))
    assert (error.code, "--trust-remote-code" in error.remedy) == ("remote-code", True)


def test_that_the_model_is_the_commit_that_was_compiled_unless_another_is_named(bundle: Path) -> None:
    made = spec_in(bundle, changed(bundle, lambda plain: plain["model"].update(revision="4f2a9c")))
    assert made.model.revision == "4f2a9c"
    assert spec_to_judge(bundle, made, "python", made.pairs, ModelChoice("")).model.revision == "4f2a9c"
    moved = spec_to_judge(bundle, made, "python", made.pairs, ModelChoice("/moved/here"))
    assert moved.model == ModelChoice("/moved/here")


def test_that_goals_are_the_bundle_s_own_unless_others_are_set(bundle: Path) -> None:
    goals = (Goal("flips", 0.0),)
    made = replace(a_spec(), goals=goals)
    assert spec_to_judge(bundle, made, "python", made.pairs, ModelChoice("")).goals == goals
    assert spec_to_judge(bundle, made, "python", made.pairs, ModelChoice(""), ()).goals == ()


@pytest.mark.parametrize(
    ("rows", "golden", "largest"),
    [
        ([[1.0, 2.0]], [[1.0, 2.0]], 0.0),
        ([[1.0, 200.0]], [[1.0, 202.0]], pytest.approx(2 / 202)),
        ([[0.001]], [[0.003]], pytest.approx(0.002)),
        ([[math.nan]], [[math.nan]], 0.0),
        ([[math.nan]], [[1.0]], math.inf),
        ([[math.inf]], [[-math.inf]], math.inf),
        ([[1.0]], [[1.0, 2.0]], math.inf),
        ([[1.0]], [[1.0], [1.0]], math.inf),
    ],
)
def test_that_golden_values_are_held_to_as_infer_py_holds_to_them(
    rows: list[list[float]], golden: list[list[float]], largest: float
) -> None:
    assert largest_difference(rows, golden) == largest


def test_that_a_golden_difference_and_other_tokens_are_defects_of_their_own() -> None:
    assert golden_defects(GoldenCompared(2, TOLERANCE, TOLERANCE)) == ()
    assert "differ by 0.01" in golden_defects(GoldenCompared(2, 0.01, TOLERANCE))[0]
    assert golden_defects(GoldenCompared(2, math.nan, TOLERANCE))
    assert "other tokens than the recorded ones for 1 of 2 golden pairs" in golden_defects(
        GoldenCompared(2, 0.01, TOLERANCE, other_tokens=1)
    )[0]  # fmt: skip
