"""What a run and a bundle have on record, as one side of a comparison of two."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from neuron_studio.core.comparison import Decisions
from neuron_studio.core.run_state import RunState
from neuron_studio.core.sides import side_of_bundle, side_of_run
from neuron_studio.core.versus import versus
from neuron_studio.runs.follower import read_state
from neuron_studio.wire.codec import encode
from neuron_studio.wire.errors import StudioError
from neuron_studio.wire.events import GoldenCompared
from neuron_studio.wire.saved_bundle import Golden
from tests.support.scripted_run import FLIPPED, LABELS, PAIRS, a_spec, failed_run, finished_run, new_run

CPU = ((0.5, -0.5), (1.0, -1.0))


def a_state(root: Path, **changes: Any) -> RunState:
    return replace(read_state(finished_run(root, **changes).folder))


def test_that_two_runs_are_compared_by_their_journals(tmp_path: Path) -> None:
    base = side_of_run("a", a_state(tmp_path, name="a"))
    other = side_of_run("b", a_state(tmp_path, outcomes=FLIPPED, name="b"))
    assert base.labels == LABELS
    assert base.spec.model.revision == "main"
    assert base.emulated
    found = versus(base, other)
    assert found.comparison.decisions is Decisions.FLIPPED
    assert found.comparison.flipped == (3,)
    assert found.comparison.labelled is not None, "the labels that were expected come along"
    assert found.emulated == ("a", "b")


def test_that_a_run_that_failed_or_goes_on_is_no_side(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="The run a cannot be compared: it failed"):
        side_of_run("a", read_state(failed_run(tmp_path, "a").folder))
    with pytest.raises(StudioError, match="The run b cannot be compared: it goes on"):
        side_of_run("b", read_state(new_run(tmp_path, name="b").take_lock().begin().folder))


def test_that_a_bundle_that_missed_its_golden_values_says_so_in_any_comparison(tmp_path: Path) -> None:
    state = a_state(tmp_path)
    missed = side_of_run("a", replace(state, golden=GoldenCompared(4, 0.3, 1e-4)))
    found = versus(missed, side_of_run("b", state)).comparison
    assert found.decisions is Decisions.DEFECTIVE
    assert "a: It does not reproduce its golden values" in found.reason


def golden(neuron: tuple[tuple[float, ...], ...] = CPU) -> Golden:
    pairs = tuple((pair.first, pair.second) for pair in PAIRS[:2])
    return Golden(
        True, pairs, {"input_ids": ((5, 6, 0), (5, 0, 0)), "attention_mask": ((1, 1, 0), (1, 0, 0))}, CPU, neuron
    )


def manifest(backend: str, **more: object) -> dict[str, Any]:
    return {"spec": encode(a_spec(backend=backend)), "model": {"labels": list(LABELS)}, "versions": {}, **more}


def test_that_a_bundle_is_a_side_by_its_golden_values(tmp_path: Path) -> None:
    side = side_of_bundle("b", tmp_path, manifest("emulator"), golden())
    assert [pair for pair, _ in side.records] == list(PAIRS[:2])
    assert [outcome.tokens for _, outcome in side.records] == [2, 1]
    assert (side.emulated, side.lacking) == (True, ())


@pytest.mark.parametrize(
    ("proof", "lacking"),
    [
        (None, ("its manifest holds no proof of a device",)),
        ({"lacking": []}, ()),
        ({"lacking": ["no execution was counted"]}, ("no execution was counted",)),
    ],
)
def test_that_a_bundle_for_a_device_is_as_proven_as_its_manifest_says(
    proof: dict[str, Any] | None, lacking: tuple[str, ...], tmp_path: Path
) -> None:
    side = side_of_bundle("b", tmp_path, manifest("torch-neuron", device_proof=proof), golden())
    assert side.lacking == lacking
