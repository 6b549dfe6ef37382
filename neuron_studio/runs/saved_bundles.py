"""Find a bundle or a run by what the user calls it, and make of it a run to begin or a side to compare."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from neuron_studio.core.environment import Environment
from neuron_studio.core.request import Request
from neuron_studio.core.saved_spec import golden_pairs, spec_in, spec_to_judge
from neuron_studio.core.sides import side_of_bundle, side_of_run
from neuron_studio.core.validation import model_problems
from neuron_studio.core.versus import Side
from neuron_studio.runs import bundles
from neuron_studio.runs.follower import read_state
from neuron_studio.runs.models import absolute, describe
from neuron_studio.runs.store import RunStore
from neuron_studio.wire.errors import Blame, StudioError
from neuron_studio.wire.findings import Finding, Level
from neuron_studio.wire.saved_bundle import Golden, read_golden, read_manifest, require_schema, require_whole
from neuron_studio.wire.spec import Goal, ModelChoice, RunSpec, SentencePair

# Without a device the CPU's side is computed all the same, as in a compile.
_NO_OBSTACLE = "no-device"


@dataclass(frozen=True)
class SavedBundle:
    """A bundle whose files are as they were when it was made."""

    folder: Path
    manifest: dict[str, Any]
    golden: Golden


def open_bundle(folder: Path) -> SavedBundle:
    """Read a bundle and the digests of all its files; raises StudioError where it is damaged, before any use."""
    folder = folder.resolve()
    manifest = read_manifest(folder)
    require_schema(folder, manifest)
    require_whole(folder, manifest)
    return SavedBundle(folder, manifest, read_golden(folder))


def bundle_named(name: str, store: RunStore) -> SavedBundle:
    """The bundle in a folder, or the one that a run made or judged."""
    if Path(name).is_dir():
        return open_bundle(Path(name))
    folder = store.find(name)
    state = read_state(folder)
    place = state.spec.bundle or (state.bundle.path if state.bundle else None)
    if place is None:
        raise StudioError(
            "run-has-no-bundle", f"The run {folder.name} left no bundle behind.", "Name another run, or a bundle.",
            Blame.INPUT,
        )  # fmt: skip
    return open_bundle(Path(place))


def side_named(name: str, store: RunStore) -> Side:
    """What a bundle's golden values or a run's journal say, without running anything."""
    if Path(name).is_dir():
        bundle = open_bundle(Path(name))
        return side_of_bundle(name, bundle.folder, bundle.manifest, bundle.golden)
    folder = store.find(name)
    return side_of_run(folder.name, read_state(folder))


def spec_of_bundle(
    bundle: SavedBundle, environment: Environment, pairs: tuple[SentencePair, ...], model: ModelChoice,
    goals: tuple[Goal, ...] | None = None,
) -> RunSpec:  # fmt: skip
    """The spec of a run that judges a bundle, on its golden pairs where none are given; raises what stops it."""
    _refuse_problems(bundle, environment)
    made = spec_in(bundle.folder, bundle.manifest)
    chosen = pairs or golden_pairs(bundle.folder, made, bundle.golden)
    spec = spec_to_judge(bundle.folder, made, environment.python, chosen, _absolute(model), goals)
    try:
        facts = describe(spec.model)
    except StudioError as error:
        raise StudioError(
            error.code, f"The CPU's side needs the model that was compiled. {error.message}",
            f"Name a folder that holds it with --model. {error.remedy}", error.blame,
        ) from error  # fmt: skip
    for problem in model_problems(Request(spec.model), facts):
        raise problem.as_error()
    return spec


def _absolute(model: ModelChoice) -> ModelChoice:
    return replace(model, id=absolute(model.id)) if model.id else model


def _refuse_problems(bundle: SavedBundle, environment: Environment) -> None:
    if environment.problem:
        raise StudioError("environment-broken", environment.problem, "Choose another with --python.", Blame.ENVIRONMENT)
    for finding in bundles.check(bundle.folder, environment):
        if finding.level is Level.PROBLEM and finding.code != _NO_OBSTACLE:
            raise _as_error(finding)


def _as_error(finding: Finding) -> StudioError:
    subject = f"{finding.subject}: " if finding.subject else ""
    return StudioError(finding.code, f"{subject}{finding.message}", finding.remedy, Blame.ENVIRONMENT)
