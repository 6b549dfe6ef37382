"""Which model: the starter model, a recent one, one that is here, a hub id with its revision, or a folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from neuron_studio.core.fitness import Fit, Verdict
from neuron_studio.core.model_offers import Place, hub_offer, local_offer
from neuron_studio.core.problem import Problem
from neuron_studio.runs.local_models import STARTER_OFFER, STARTER_TITLE
from neuron_studio.runs.resources import STARTER_MODEL
from neuron_studio.ui.panels.model_picker import ModelPicker
from neuron_studio.ui.widgets.keys import in_window
from neuron_studio.wire.spec import ModelChoice
from tests.ui.conftest import facts_of

MRPC = "bert-base-cased-finetuned-mrpc"


@pytest.fixture
def picker(qtbot: QtBot) -> ModelPicker:
    picker = ModelPicker()
    qtbot.addWidget(picker)
    picker.show_recent((MRPC, str(STARTER_MODEL), "/models/mine"))
    picker.show_choice(ModelChoice(str(STARTER_MODEL)))
    picker.resize(700, 500)
    picker.show()
    picker.line.setFocus()
    qtbot.waitUntil(picker.line.hasFocus)
    return picker


def type_in(picker: ModelPicker, qtbot: QtBot, text: str) -> None:
    """Put a text in the place of the line's, key by key."""
    picker.line.selectAll()
    qtbot.keyClicks(picker.line, text)


def shown(picker: ModelPicker) -> list[str]:
    """The list as it reads: headings and names."""
    model = picker.offers.model
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_that_recent_models_come_first_then_those_that_are_here_then_well_known_ones(picker: ModelPicker) -> None:
    picker.show_here((STARTER_OFFER, local_offer("acme/pairs", "BertForSequenceClassification", 438_000_000)))
    assert shown(picker)[:7] == [Place.RECENT, MRPC, "/models/mine", Place.HERE, STARTER_TITLE, "acme/pairs",
                                 Place.KNOWN]  # fmt: skip
    assert len(shown(picker)) > 15
    assert picker.line.text() == STARTER_TITLE
    assert picker.choice.id == str(STARTER_MODEL)


def test_that_typing_tells_each_choice_once(picker: ModelPicker) -> None:
    told = QSignalSpy(picker.model_changed)
    picker.line.setText("  cross-encoder/stsb-roberta-base ")
    picker.line.setText("cross-encoder/stsb-roberta-base")
    assert [told.at(number)[0].id for number in range(told.count())] == ["cross-encoder/stsb-roberta-base"]
    picker.line.setText(STARTER_TITLE)
    assert picker.choice.id == str(STARTER_MODEL)


def test_that_typing_opens_the_list_of_what_fits_and_keeps_the_focus(picker: ModelPicker, qtbot: QtBot) -> None:
    asked = QSignalSpy(picker.text_typed)
    type_in(picker, qtbot, "ms-marco")
    assert picker.offers.isVisible()
    assert picker.line.hasFocus()
    assert shown(picker) == [Place.KNOWN, "cross-encoder/ms-marco-MiniLM-L6-v2"]
    assert asked.at(asked.count() - 1) == ["ms-marco"]


def test_that_the_list_is_walked_and_chosen_from_by_keyboard_past_its_headings(
    picker: ModelPicker, qtbot: QtBot
) -> None:
    picker.line.clear()
    qtbot.keyClick(picker.line, Qt.Key.Key_Down)
    assert picker.offers.isVisible()
    for key, expected in (
        (Qt.Key.Key_Down, MRPC), (Qt.Key.Key_Down, "/models/mine"), (Qt.Key.Key_Down, STARTER_TITLE),
        (Qt.Key.Key_Up, "/models/mine"), (Qt.Key.Key_Up, MRPC), (Qt.Key.Key_Up, MRPC),
    ):  # fmt: skip
        qtbot.keyClick(picker.line, key)
        assert picker.offers.view.currentIndex().siblingAtColumn(0).data() == expected
        assert picker.line.accessibleDescription().startswith(expected)
    qtbot.keyClick(picker.line, Qt.Key.Key_Return)
    assert picker.offers.isHidden()
    assert (picker.line.text(), picker.choice.id) == (MRPC, MRPC)


@pytest.mark.parametrize(
    ("opened", "closed"),
    [
        ((Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier), (Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)),
        ((Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier), (Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)),
    ],
)
def test_that_the_list_opens_at_the_chosen_model_and_closes_without_a_change(
    picker: ModelPicker, qtbot: QtBot, opened: tuple[Qt.Key, Qt.KeyboardModifier],
    closed: tuple[Qt.Key, Qt.KeyboardModifier],
) -> None:  # fmt: skip
    told = QSignalSpy(picker.model_changed)
    qtbot.keyClick(picker.line, *opened)
    assert picker.offers.view.currentIndex().data() == STARTER_TITLE
    qtbot.keyClick(picker.line, *closed)
    assert picker.offers.isHidden()
    assert picker.line.text() == STARTER_TITLE
    assert told.count() == 0


def test_that_enter_without_a_row_keeps_what_was_typed(picker: ModelPicker, qtbot: QtBot) -> None:
    type_in(picker, qtbot, "acme/unheard-of")
    qtbot.keyClick(picker.line, Qt.Key.Key_Return)
    assert picker.offers.isHidden()
    assert picker.choice.id == "acme/unheard-of"


def test_that_the_mouse_opens_the_list_chooses_from_it_and_leaves_it(picker: ModelPicker, qtbot: QtBot) -> None:
    qtbot.mouseClick(picker.unfold, Qt.MouseButton.LeftButton)
    assert picker.offers.isVisible()
    qtbot.mouseClick(picker.unfold, Qt.MouseButton.LeftButton)
    assert picker.offers.isHidden()
    qtbot.mouseClick(picker.unfold, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(picker.summary, Qt.MouseButton.LeftButton)
    assert picker.offers.isHidden()
    qtbot.mouseClick(picker.unfold, Qt.MouseButton.LeftButton)
    view, model = picker.offers.view, picker.offers.model
    for row, chosen in ((0, str(STARTER_MODEL)), (1, MRPC)):
        place = view.visualRect(model.index(row, 0)).center()
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert picker.choice.id == chosen
    assert picker.offers.isHidden()
    assert picker.line.hasFocus()


def test_that_a_shortcut_of_the_window_closes_the_list(picker: ModelPicker, qtbot: QtBot) -> None:
    pressed: list[str] = []
    in_window(picker, "Ctrl+Return", lambda: pressed.append("started"))
    type_in(picker, qtbot, "mrpc")
    qtbot.keyClick(picker.line, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert pressed == ["started"]
    assert picker.offers.isHidden()


def test_that_what_the_hub_found_stands_beside_what_is_known_with_its_numbers(
    picker: ModelPicker, qtbot: QtBot
) -> None:
    type_in(picker, qtbot, "mrpc")
    offers = (
        hub_offer("acme/mrpc-writer", "text-generation", downloads=9_000_000),
        hub_offer("acme/mrpc", "text-classification", (), 1_230_000, 430, 438_000_000),
        hub_offer(MRPC, "text-classification", (), 52_000, 12, 433_000_000),
    )
    picker.show_found(offers)
    assert shown(picker) == [
        Place.RECENT, MRPC, Place.KNOWN, "Intel/bert-base-uncased-mrpc", Place.PAIRS, "acme/mrpc",
        Place.OTHERS, "acme/mrpc-writer",
    ]  # fmt: skip
    row = picker.offers.model.row_of("acme/mrpc")
    assert row is not None
    numbers = [picker.offers.model.index(row, column) for column in (2, 3, 4)]
    assert [index.data() for index in numbers] == ["1.2M ↓", "430 ♥", "438 MB"]
    assert all(index.data(Qt.ItemDataRole.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight for index in numbers)
    qtbot.keyClicks(picker.line, "-w")
    assert shown(picker) == [Place.OTHERS, "acme/mrpc-writer"]


def test_that_an_answer_never_moves_the_line_or_what_it_means(picker: ModelPicker, qtbot: QtBot) -> None:
    type_in(picker, qtbot, "acme/pa")
    told = QSignalSpy(picker.model_changed)
    picker.show_search("Searching the hub …")
    picker.show_found(tuple(hub_offer(f"acme/pairs-{number}") for number in range(200)))
    picker.show_search("The hub has more than these 200 for “acme/pa”: type more of the name.")
    assert (picker.line.text(), picker.line.cursorPosition(), told.count()) == ("acme/pa", 7, 0)
    assert not picker.offers.view.currentIndex().isValid()


def test_that_an_answer_leaves_the_row_that_was_walked_to(picker: ModelPicker, qtbot: QtBot) -> None:
    type_in(picker, qtbot, "nli")
    for _ in range(3):
        qtbot.keyClick(picker.line, Qt.Key.Key_Down)
    chosen = picker.offers.view.currentIndex().data()
    picker.show_here((local_offer("acme/nli", "BertForSequenceClassification", 1),))
    picker.show_found((hub_offer("acme/nli-large"), hub_offer("acme/nli-small")))
    assert picker.offers.view.currentIndex().data() == chosen
    qtbot.keyClick(picker.line, Qt.Key.Key_Return)
    assert picker.choice.id == chosen


def test_that_the_list_is_within_its_window_and_says_how_the_search_stands(picker: ModelPicker, qtbot: QtBot) -> None:
    type_in(picker, qtbot, "zzz")
    picker.show_search("Offline: these are the models that are known without the hub.")
    assert shown(picker) == []
    assert picker.offers.state.isVisible()
    assert picker.offers.state.text().startswith("Offline")
    assert picker.rect().contains(picker.offers.geometry())
    picker.line.clear()
    qtbot.keyClick(picker.line, Qt.Key.Key_Down)
    assert picker.rect().contains(picker.offers.geometry())
    picker.resize(500, 300)
    qtbot.waitUntil(lambda: picker.rect().contains(picker.offers.geometry()))


def test_that_a_folder_is_named_by_its_whole_path_and_has_no_revision(
    picker: ModelPicker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "model").mkdir()
    monkeypatch.chdir(tmp_path)
    picker.line.setText("model")
    assert picker.choice.id == os.path.realpath(tmp_path / "model")
    assert not picker.revision.isEnabled()
    picker.line.setText(MRPC)
    assert picker.revision.isEnabled()
    assert picker.revision.placeholderText() == "main"


@pytest.mark.parametrize(
    "text",
    [
        "acme/pairs@fp16",
        "https://huggingface.co/acme/pairs/tree/fp16",
        "huggingface.co/acme/pairs/blob/fp16/config.json",
    ],
)
def test_that_an_address_becomes_an_id_and_a_revision(picker: ModelPicker, qtbot: QtBot, text: str) -> None:
    picker.line.setText(text)
    assert picker.choice == ModelChoice("acme/pairs", "fp16")
    assert picker.line.text() == text
    qtbot.keyClick(picker.line, Qt.Key.Key_Return)
    assert (picker.line.text(), picker.revision.text()) == ("acme/pairs", "fp16")
    assert picker.choice == ModelChoice("acme/pairs", "fp16")


def test_that_a_revision_is_a_choice_of_its_own_and_belongs_to_one_model(picker: ModelPicker, qtbot: QtBot) -> None:
    picker.show_choice(ModelChoice("acme/pairs", "v1", trust_remote_code=True))
    assert picker.revision.text() == "v1"
    picker.revision.selectAll()
    qtbot.keyClicks(picker.revision, "v2")
    assert picker.choice == ModelChoice("acme/pairs", "v2")
    qtbot.keyClick(picker.revision, Qt.Key.Key_Return)
    assert picker.choice == ModelChoice("acme/pairs", "v2")
    picker.line.setText("acme/other")
    assert picker.choice == ModelChoice("acme/other")
    assert picker.revision.text() == ""


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
