"""Which model: the starter model, a recent one, a hub id or a folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from neuron_studio.core.fitness import Fit, Verdict
from neuron_studio.core.validation import Problem
from neuron_studio.runs.resources import STARTER_MODEL
from neuron_studio.ui.panels.model_picker import STARTER_TITLE, ModelPicker
from neuron_studio.wire.spec import ModelChoice
from tests.ui.conftest import facts_of


@pytest.fixture
def picker(qtbot: QtBot) -> ModelPicker:
    picker = ModelPicker()
    qtbot.addWidget(picker)
    picker.show_recent(("bert-base-cased-finetuned-mrpc", str(STARTER_MODEL), "/models/mine"))
    picker.show_choice(ModelChoice(str(STARTER_MODEL)))
    return picker


def test_that_the_starter_model_comes_first_then_recent_ones(picker: ModelPicker) -> None:
    offered = [picker.line.itemText(row) for row in range(picker.line.count())]
    assert offered == [STARTER_TITLE, "bert-base-cased-finetuned-mrpc", "/models/mine"]
    assert picker.line.currentText() == STARTER_TITLE
    assert picker.choice.id == str(STARTER_MODEL)


def test_that_typing_tells_each_choice_once(picker: ModelPicker, qtbot: QtBot) -> None:
    told = QSignalSpy(picker.model_changed)
    picker.line.setEditText("  cross-encoder/stsb-roberta-base ")
    picker.line.setEditText("cross-encoder/stsb-roberta-base")
    assert [told.at(number)[0].id for number in range(told.count())] == ["cross-encoder/stsb-roberta-base"]
    picker.line.setCurrentIndex(0)
    assert picker.choice.id == str(STARTER_MODEL)


def test_that_a_folder_is_named_by_its_whole_path(
    picker: ModelPicker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "model").mkdir()
    monkeypatch.chdir(tmp_path)
    picker.line.setEditText("model")
    assert picker.choice.id == os.path.realpath(tmp_path / "model")


def test_that_the_line_below_says_what_the_model_is_or_what_is_wrong(picker: ModelPicker) -> None:
    picker.show_facts(None, ())
    assert picker.summary.text() == "Looking at the model …"
    picker.show_facts(facts_of(picker.choice), ())
    assert "not paraphrase / paraphrase" in picker.summary.text()
    picker.show_facts(None, (Problem("model", "no-such-model", "No such model.", "Look at the spelling."),))
    assert picker.summary.isHidden()
    assert picker.problem.text() == "⚠ No such model. Look at the spelling."


def test_that_the_verdict_has_a_sign_and_yields_to_a_problem(picker: ModelPicker) -> None:
    facts = facts_of(picker.choice)
    picker.show_facts(facts, (), Verdict(Fit.WORKS, "inf1.xlarge"))
    assert picker.verdict.text().startswith("✓ Works on inf1.xlarge")
    assert [label.text() for label in picker.details if not label.isHidden()] == [
        "up to 512 tokens · no licence stated · safetensors · head not looked at",
    ]
    picker.show_facts(
        facts, (Problem("model", "no-weights", "No weights.", "Save it."),), Verdict(Fit.NOT, "inf1.xlarge")
    )
    assert picker.verdict.isHidden()
    assert not picker.problem.isHidden()


def test_that_well_known_models_are_offered_before_anything_was_found(picker: ModelPicker) -> None:
    picker.line.completer().setCompletionPrefix("ms-marco")
    assert picker.line.completer().currentCompletion() == "cross-encoder/ms-marco-MiniLM-L6-v2"
