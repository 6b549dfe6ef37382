"""What a model is, before anything is loaded: read from its folder, or asked of the hub."""

from __future__ import annotations

import os
from pathlib import Path

from neuron_studio.core import model_address
from neuron_studio.core.model_facts import ModelFacts
from neuron_studio.runs import hub
from neuron_studio.runs.model_folder import describe_folder
from neuron_studio.wire.errors import Blame, StudioError
from neuron_studio.wire.spec import ModelChoice


def describe(choice: ModelChoice) -> ModelFacts:
    """The facts about a hub id or a folder; raises StudioError where there is no such model."""
    if os.path.isdir(choice.id):
        return describe_folder(Path(choice.id))
    if looks_like_a_path(choice.id):
        raise StudioError(
            "no-such-model", f"There is no folder {choice.id}.",
            "Choose a folder that holds config.json and model.safetensors, or a model id from the hub.", Blame.INPUT,
        )  # fmt: skip
    return hub.describe(choice)


def looks_like_a_path(model: str) -> bool:
    """Whether the user meant a folder: a hub id has at most one slash and never begins like a path."""
    return model.startswith(("/", "./", "../", "~")) or model.count("/") > 1 or os.path.exists(model)


def absolute(model: str) -> str:
    """The model as a run's spec names it: folders by their whole path, since the worker starts elsewhere."""
    path = Path(model).expanduser()
    return str(path.resolve()) if path.is_dir() else model


def choice_of(text: str) -> ModelChoice:
    """The model that a text names: a folder, a hub id, id@revision, or the address of a model's page."""
    named = absolute(text.strip()) if text.strip() else ""
    return ModelChoice(named) if os.path.isdir(named) else ModelChoice(*model_address.parse(named))
